import { type Random, gaussianNoise } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { correlatedColours } from './colour.ts';
import { frequencyScale, halfWidth, inverseRealDft } from './fourier.ts';
import type { Extent } from './photograph.ts';

/** How pictures are written as numbers θ, on which the gradient works: it decides which directions are near. */
export interface Parameterization {
  /** Shape of θ of n pictures; the first axis is n. */
  readonly shape: (pictures: number, channels: 1 | 3, extent: Extent) => readonly number[];
  /** Emits values [N, C, H, W] of θ, before colours and limits. */
  readonly emit: (b: GraphBuilder, theta: string, extent: Extent) => string;
}

export const parameterizationNames = ['fourier', 'pixel'] as const;

export type ParameterizationName = (typeof parameterizationNames)[number];

/** What Lucid divides its inverse transforms by. */
const fourierGain = 1 / 4;

export const parameterizations: Readonly<Record<ParameterizationName, Parameterization>> = {
  /** Coefficients of the real DFT, scaled to the power that photographs have at their frequency (Olah et al. 2017). */
  fourier: {
    shape: (pictures, channels, { height, width }) => [pictures, channels, 2 * height, halfWidth(width)],
    emit: (b, theta, extent) => {
      const scale = b.constant(frequencyScale(extent), 'frequencyScale');
      const spectrum = b.add('Mul', [b.add('Mul', [theta, scale]), b.scalar(fourierGain)]);
      return inverseRealDft(b, spectrum, extent);
    },
  },
  /** Pixels themselves. */
  pixel: {
    shape: (pictures, channels, { height, width }) => [pictures, channels, height, width],
    emit: (_b, theta) => theta,
  },
};

export interface PictureForm {
  readonly parameterization: ParameterizationName;
  /** Whether the three channels of θ are the decorrelated colours of photographs; grey pictures have no colours. */
  readonly decorrelate: boolean;
  readonly channels: 1 | 3;
  readonly extent: Extent;
}

/** Emits the pictures x = σ(colours(values(θ))), [N, C, H, W] in (0, 1). */
export function emitPictures(b: GraphBuilder, theta: string, form: PictureForm): string {
  const values = parameterizations[form.parameterization].emit(b, theta, form.extent);
  const coloured = form.decorrelate && form.channels === 3 ? correlatedColours(b, values) : values;
  return b.add('Sigmoid', [coloured], {}, { name: 'picture' });
}

export function thetaShape(pictures: number, form: PictureForm): readonly number[] {
  return parameterizations[form.parameterization].shape(pictures, form.channels, form.extent);
}

/** Standard deviation of the first θ (Lucid). */
const initialDeviation = 0.01;

/** A first θ of one picture, without the axis of pictures. */
export function initialTheta(random: Random, form: PictureForm): Float32Array {
  return gaussianNoise(random, sizeOf(thetaShape(1, form)), initialDeviation);
}
