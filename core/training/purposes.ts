/**
 * What random numbers of a training are for. Each is drawn from seed, purpose and step, never from a generator that remembers, so that a
 * resumed training draws what an undisturbed one draws.
 */
export const purposes = { masks: 11, attackStart: 12, validationAttack: 13 } as const;
