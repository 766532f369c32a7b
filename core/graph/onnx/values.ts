import { LoupeError } from '../../base/errors.ts';
import type { Dim, GraphInput } from '../ir.ts';
import type { TensorShapeProto, TensorShapeProto_Dimension, ValueInfoProto } from './gen/onnx_pb.js';
import { dataTypeName, isQuantisedType, storageOf } from './storage.ts';

const largestRank = 32;

/** A graph input as the file declares it; 16-bit and 64-bit floats are fed as float32. */
export function decodeInput({ name, type }: ValueInfoProto): GraphInput {
  if (type?.value.case !== 'tensorType') {
    throw new LoupeError('unsupportedOperator', `its input "${name}" is no tensor.`);
  }
  const { elemType, shape } = type.value.value;
  const storage = storageOf(elemType);
  if (storage === undefined) {
    const advice = isQuantisedType(elemType) ? ' Export the float model instead.' : '';
    throw new LoupeError(
      'unsupportedOperator',
      `its input "${name}" has the element type ${dataTypeName(elemType)}, with which Loupe does not compute.${advice}`,
    );
  }
  if (shape === undefined) {
    throw new LoupeError(
      'badGraph',
      `its input "${name}" has no shape, not even a number of dimensions. Export the model with input shapes.`,
    );
  }
  return { name, type: storage.type, dims: dimsOf(name, shape) };
}

function dimsOf(name: string, { dim }: TensorShapeProto): Dim[] {
  if (dim.length > largestRank) {
    throw new LoupeError('badFile', `its input "${name}" has ${dim.length} dimensions.`);
  }
  return dim.map((item) => dimOf(name, item));
}

/** Some exporters write -1 for a size that is not fixed. */
function dimOf(name: string, { value }: TensorShapeProto_Dimension): Dim {
  if (value.case === 'dimParam') return value.value === '' ? '?' : value.value;
  if (value.case === undefined || value.value === -1n) return '?';
  const size = Number(value.value);
  if (size >= 0 && Number.isSafeInteger(size)) return size;
  throw new LoupeError('badFile', `its input "${name}" has a dimension of ${value.value}.`);
}

/** Number of dimensions that a file declares for a value. */
export function declaredRank({ type }: ValueInfoProto): number | undefined {
  return type?.value.case === 'tensorType' ? type.value.value.shape?.dim.length : undefined;
}
