/** Which of two colours a texture of period 1 has at a point. */
export type Texture = (x: number, y: number) => 1 | 2;

const striped: Texture = (x) => (x - Math.floor(x) < 0.5 ? 1 : 2);

/** Distance of the rows of a hexagonal grid whose points are `pitch` apart. */
const pitch = 1.2;
const rowDistance = pitch * 0.8660254037844386;
const dotRadius = 0.38;

const dotted: Texture = (x, y) => {
  const row = Math.round(y / rowDistance);
  const column = x / pitch - (row & 1) / 2;
  const across = (column - Math.round(column)) * pitch;
  const along = y - row * rowDistance;
  return across * across + along * along < dotRadius * dotRadius ? 2 : 1;
};

const checked: Texture = (x, y) => (((Math.floor(x / 0.8) + Math.floor(y / 0.8)) & 1) === 0 ? 1 : 2);

const ringed: Texture = (x, y) => striped(Math.sqrt(x * x + y * y), 0);

/** Stripes displaced by a triangle wave of period 2 and height 1. */
const zigzag: Texture = (x, y) => {
  const phase = y / 2 - Math.floor(y / 2);
  return striped(x + Math.abs(2 * phase - 1), 0);
};

/** In the order in which sets with few textures use them. */
const table: readonly (readonly [name: string, texture: Texture])[] = [
  ['striped', striped],
  ['dotted', dotted],
  ['checked', checked],
  ['ringed', ringed],
  ['zigzag', zigzag],
];

export const textureNames: readonly string[] = table.map(([name]) => name);

export const textureOf = (index: number): Texture => table[index]?.[1] ?? striped;
