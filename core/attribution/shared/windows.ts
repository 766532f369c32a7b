import { expected } from '../../base/errors.ts';

/** A square of an image: rows [top, bottom), columns [left, right). */
export interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface WindowSize {
  readonly side: number;
  readonly stride: number;
}

/** Pixels of side and stride; 0 stands for a seventh of the image's shorter side, and a quarter of the window. */
export function windowSize(window: number, stride: number, height: number, width: number): WindowSize {
  const shorter = Math.min(height, width);
  const side = window === 0 ? Math.max(1, Math.round(shorter / 7)) : window;
  const step = stride === 0 ? Math.max(1, Math.round(side / 4)) : stride;
  if (side > shorter) {
    throw expected('badArgument', {
      wanted: `at most ${shorter} pixels, the image's shorter side,`,
      for: 'the window',
      received: String(side),
    });
  }
  if (step > side) {
    throw expected('badArgument', {
      wanted: `at most ${side} pixels, the window's side,`,
      for: 'the stride',
      received: String(step),
      advice: 'A longer one would leave pixels that no window covers.',
    });
  }
  return { side, stride: step };
}

/** Windows in reading order that cover every pixel: the last of a row and of a column is shifted to the border. */
export function windowsOver(height: number, width: number, size: WindowSize): Window[] {
  const { side } = size;
  return startsOver(height, size).flatMap((top) =>
    startsOver(width, size).map((left) => ({ top, bottom: top + side, left, right: left + side })),
  );
}

function startsOver(length: number, { side, stride }: WindowSize): number[] {
  const count = Math.ceil((length - side) / stride) + 1;
  return Array.from({ length: count }, (_, index) => Math.min(index * stride, length - side));
}
