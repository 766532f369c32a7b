import type { Random } from '../../base/random.ts';
import { colourJitter } from './colourJitter.ts';
import { crop } from './crop.ts';
import { cutout } from './cutout.ts';
import { flip } from './flip.ts';
import type { AugmentationStep, Frame } from './frame.ts';
import type { Augmentation } from './schema.ts';
import { turnAndScale } from './turnAndScale.ts';

/** In the order in which they are done: geometry, colours, holes. Their places number their random streams. */
const steps: readonly {
  readonly isOn: (augmentation: Augmentation) => boolean;
  readonly step: AugmentationStep;
}[] = [
  { isOn: ({ rotation, scale }) => rotation > 0 || scale > 0, step: turnAndScale },
  { isOn: ({ crop: padding }) => padding > 0, step: crop },
  { isOn: ({ flip: isOn }) => isOn, step: flip },
  {
    isOn: ({ brightness, contrast, saturation }) => brightness + contrast + saturation > 0,
    step: colourJitter,
  },
  { isOn: ({ cutout: side }) => side > 0, step: cutout },
];

/** Changes a frame by every step that is on; `randomFor` gives the generator of a step. */
export function augment(frame: Frame, augmentation: Augmentation, randomFor: (step: number) => Random): void {
  steps.forEach(({ isOn, step }, index) => {
    if (isOn(augmentation)) step(frame, augmentation, randomFor(index));
  });
}

/** The number of a stream that no step uses. */
export const mixStream = steps.length;
