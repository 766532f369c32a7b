/** ITU-T T.81 (JPEG), table K.1: steps for luminance, row by row. */
// biome-ignore format: an 8x8 table
const luminance: readonly number[] = [
  16, 11, 10, 16,  24,  40,  51,  61,
  12, 12, 14, 19,  26,  58,  60,  55,
  14, 13, 16, 24,  40,  57,  69,  56,
  14, 17, 22, 29,  51,  87,  80,  62,
  18, 22, 37, 56,  68, 109, 103,  77,
  24, 35, 55, 64,  81, 104, 113,  92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103,  99,
];

/** Table K.2: steps for chrominance. */
// biome-ignore format: an 8x8 table
const chrominance: readonly number[] = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
];

const tables = { luminance, chrominance };

export type Component = keyof typeof tables;

/**
 * The 64 quantization steps of a quality from 1 to 100, row by row, as libjpeg makes them (jpeg_quality_scaling): table K at 50,
 * finer above, coarser below, whole numbers from 1 to 255.
 */
export function quantizationTable(component: Component, quality: number): number[] {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return tables[component].map((step) => Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))));
}
