/** Contributions to the score: their sign is the side that they are on. */
export const evidence = 'Red speaks for the class, blue against it.';

/** Slopes of the score: blue is not evidence against the class, only a pixel that should be darker. */
export const slope = 'Brighter helps the class where red, darker where blue.';
