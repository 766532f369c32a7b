/** Float32 numbers of IEEE 754 halves, given by their bits; exact. */
export function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return widened(halves, float16Bits);
}

/** Float32 numbers of bfloat16 ones, which are the upper halves of float32; exact. */
export function fromBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return widened(halves, (bits) => bits << 16);
}

/** Makes float32 of 16-bit floats, given how one's bits become the other's. */
function widened(halves: Uint16Array, float32Bits: (bits: number) => number): Float32Array<ArrayBuffer> {
  const words = new Int32Array(halves.length);
  for (let index = 0; index < halves.length; index++) words[index] = float32Bits(halves[index] ?? 0);
  return new Float32Array(words.buffer);
}

/**
 * The float32 bits of an IEEE 754 half: 1 sign, 5 exponent (bias 15), 10 fraction. A normal number moves its
 * exponent to bias 127; exponent 31 is infinity or NaN; exponent 0 is fraction × 2⁻²⁴, which float32 holds normally.
 */
function float16Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13);
}
