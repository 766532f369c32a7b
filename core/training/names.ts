/** Inputs and outputs of the programs of a training. */
export const names = {
  images: 'images',
  targets: 'targets',
  theta: 'theta',
  buffers: 'buffers',
  learningRate: 'learningRate',
  /** Moving average of θ. */
  average: 'average',
  state: (name: string): string => `state/${name}`,
  scalar: (name: string): string => `scalar/${name}`,
  next: (name: string): string => `next/${name}`,
  /** Mean over the batch, without penalties. */
  loss: 'loss',
  /** Loss and penalties, what a search lowers. */
  objective: 'objective',
  /** Of each example, [N]. */
  losses: 'losses',
  logits: 'logits',
  gradient: 'gradient',
  /** L2 norm of the gradient of everything that is lowered, before clipping. */
  gradientNorm: 'gradientNorm',
  /** Images after a step of the inner attack, and what else its program takes. */
  attacked: 'attacked',
  clean: 'clean',
  epsilon: 'epsilon',
  stepSize: 'stepSize',
  /** Of each activation layer. */
  variances: 'variances',
  deadShares: 'deadShares',
} as const;
