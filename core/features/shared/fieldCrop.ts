import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';
import { networkOf } from '../../model/model.ts';
import type { Model } from '../../model/model.ts';
import { type ReceptiveField, receptiveFields } from '../../model/receptiveField.ts';
import type { Place } from './place.ts';

/** What one element of a map sees along both axes. */
export interface Field {
  readonly height: ReceptiveField;
  readonly width: ReceptiveField;
}

/** The receptive field of a place; undefined where it is not known, or not smaller than the picture. */
export function fieldAt(model: Model, place: Place): Field | undefined {
  if (place.kind !== 'layer') return undefined;
  const { graph, image } = networkOf(model);
  const [height, width] = (['height', 'width'] as const).map((axis) =>
    receptiveFields(graph, image, axis).get(place.layer.value),
  );
  const { input } = model.card;
  if (height === undefined || width === undefined) return undefined;
  return height.size >= input.height && width.size >= input.width ? undefined : { height, width };
}

const outside = 0.5;

/** The part of an image [C, H, W] that the element at (row, column) sees; mid-grey where it lies beyond the border. */
export function cropAt(image: Tensor, field: Field, row: number, column: number): Tensor {
  const [channels = 1, height = 0, width = 0] = image.dims;
  const source = floatsOf(image);
  const first = ({ start, stride, size }: ReceptiveField, index: number): number =>
    Math.ceil(start + index * stride - (size - 1) / 2);
  const [top, left] = [first(field.height, row), first(field.width, column)];
  const dims = [channels, field.height.size, field.width.size];
  const values = new Float32Array(channels * field.height.size * field.width.size).fill(outside);
  for (let line = 0; line < channels * field.height.size; line++) {
    const [plane, y] = [Math.floor(line / field.height.size), top + (line % field.height.size)];
    if (y < 0 || y >= height) continue;
    const [from, to] = [Math.max(0, left), Math.min(width, left + field.width.size)];
    if (from >= to) continue;
    const start = (plane * height + y) * width;
    values.set(source.subarray(start + from, start + to), line * field.width.size + from - left);
  }
  return tensor('float32', values, dims);
}
