import { type Tensor, floatsOf, tensor } from '../../base/tensor.ts';

/** Moves [N, C, H, W] down and to the right by whole pixels; what leaves on one side comes in on the other. */
export function roll(image: Tensor, down: number, right: number): Tensor {
  const [height = 1, width = 1] = image.dims.slice(2);
  const source = floatsOf(image);
  const result = new Float32Array(source.length);
  const shift = modulo(right, width);
  for (let row = 0; row < source.length / width; row++) {
    const plane = row - (row % height);
    const to = (plane + modulo((row % height) + down, height)) * width;
    const from = row * width;
    result.set(source.subarray(from, from + width - shift), to + shift);
    result.set(source.subarray(from + width - shift, from + width), to);
  }
  return tensor('float32', result, image.dims);
}

const modulo = (value: number, length: number): number => ((value % length) + length) % length;
