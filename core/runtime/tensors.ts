import * as ort from 'onnxruntime-node';
import { LoupeError } from '../base/errors.ts';
import { type ElementType, type Tensor, tensor } from '../base/tensor.ts';

const known: ReadonlySet<string> = new Set<ElementType>([
  'float32',
  'int64',
  'int32',
  'bool',
  'uint8',
  'int8',
]);

/** To ONNX Runtime's tensor, without a copy. */
export function toOrt(value: Tensor): ort.Tensor {
  return new ort.Tensor(value.type, value.data as never, [...value.dims]);
}

/** From ONNX Runtime's tensor, without a copy. */
export function fromOrt(value: ort.Tensor): Tensor {
  if (!known.has(value.type)) {
    throw new LoupeError(
      'device',
      `ONNX Runtime returned a tensor of type ${value.type}, which Loupe does not use.`,
    );
  }
  return tensor(value.type as ElementType, value.data as never, value.dims);
}

/** How many elements are NaN or infinite. */
export function countNonFinite(value: Tensor): number {
  if (!(value.data instanceof Float32Array)) return 0;
  let count = 0;
  for (const element of value.data) if (!Number.isFinite(element)) count++;
  return count;
}
