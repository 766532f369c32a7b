import { LoupeError } from '../../base/errors.ts';
import { type ElementType, type Tensor, numbersOf, tensor, tensorFromNumbers } from '../../base/tensor.ts';
import { dataTypeOf } from '../../graph/onnx/storage.ts';

const elementTypes: readonly ElementType[] = ['float32', 'int64', 'int32', 'bool', 'uint8', 'int8'];
const typesByCode: ReadonlyMap<number, ElementType> = new Map(
  elementTypes.map((type) => [dataTypeOf[type], type]),
);

/** The element type behind a TensorProto.DataType, as attributes such as Cast's `to` hold it. */
export function elementTypeOf(code: number): ElementType {
  const type = typesByCode.get(code);
  if (type !== undefined) return type;
  throw new LoupeError(
    'badGraph',
    `its element type number ${code} is one that Loupe does not compute with.`,
  );
}

/** The elements of `source` as `type`: floats are cut towards zero, anything but 0 is true. */
export function converted(source: Tensor, type: ElementType): Tensor {
  if (source.type === type) return source;
  if (type !== 'int64') return tensorFromNumbers(type, numbersOf(source), source.dims);
  return tensor('int64', BigInt64Array.from(numbersOf(source), wide), source.dims);
}

/** What x86 makes of a float that no int64 can hold is the least one. */
function wide(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}
