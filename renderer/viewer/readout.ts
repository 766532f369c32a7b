import { type BaseImage, type Layer, valueAt } from './layer.ts';
import type { Point } from './view.ts';

/** What is under the cursor. */
export interface Readout {
  readonly x: number;
  readonly y: number;
  /** Levels 0 to 255. */
  readonly rgb: readonly [number, number, number];
  /** The raw number of every layer, hidden ones too, in the layers' order. */
  readonly values: readonly { readonly id: string; readonly title: string; readonly value: number }[];
}

export function readoutAt(pixel: Point, base: BaseImage, layers: readonly Layer[]): Readout {
  const { x, y } = pixel;
  const at = (y * base.width + x) * 4;
  return {
    x,
    y,
    rgb: [base.rgba[at] ?? 0, base.rgba[at + 1] ?? 0, base.rgba[at + 2] ?? 0],
    values: layers.map(({ id, title, plane }) => ({ id, title, value: valueAt(plane, x, y, base) })),
  };
}

/**
 * The shortest decimal that is this float32 and no other, as numpy prints it: what is read here can be searched
 * for in the exported array.
 */
export function exactText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+∞' : '−∞';
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return decimal(Number(text));
  }
  return decimal(value);
}

/** Powers of ten below 10⁻⁴, as numpy. */
function decimal(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return text.replaceAll('-', '−');
}
