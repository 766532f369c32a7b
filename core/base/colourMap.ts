import { cividis, magma, viridis } from './colourTables.ts';

/** 256 colours: 768 bytes. */
export type ColourTable = Uint8Array;

/**
 * Lightness, chroma and hue (degrees) of the diverging map's ends in Oklab (Ottosson 2020), and the
 * lightness of its neutral middle. Both ends have the same lightness and nearly the same chroma, so neither sign looks
 * stronger.
 */
const diverging = { endLightness: 0.42, middleLightness: 0.97, chroma: 0.16, blue: 258, red: 27 };

/** The colour maps: one for signed values, the others for values from zero up. */
export const colourMaps = {
  viridis: fromHex(viridis),
  magma: fromHex(magma),
  cividis: fromHex(cividis),
  grey: Uint8Array.from({ length: 768 }, (_, index) => Math.floor(index / 3)),
  blueRed: divergingTable(),
} satisfies Record<string, ColourTable>;

export type ColourMapName = keyof typeof colourMaps;

function fromHex(hex: string): ColourTable {
  return Uint8Array.from({ length: 768 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

/** Writes the colour of `position` in [0, 1] to `target` at byte `offset`. */
export function paint(table: ColourTable, position: number, target: Uint8Array, offset: number): void {
  const index = Math.round(Math.min(1, Math.max(0, position)) * 255) * 3;
  target.set(table.subarray(index, index + 3), offset);
}

/**
 * Blue through white to red: lightness falls linearly from the middle to both ends. The chroma rises fast
 * at first and then levels off, so that small values are already told apart by hue.
 */
function divergingTable(): ColourTable {
  const table = new Uint8Array(768);
  for (let index = 0; index < 256; index++) {
    const signed = (index - 127.5) / 127.5;
    const strength = Math.abs(signed);
    const { endLightness, middleLightness } = diverging;
    const lightness = middleLightness + (endLightness - middleLightness) * strength;
    const chroma = diverging.chroma * Math.sin((Math.PI / 2) * Math.min(1, strength * 1.15));
    table.set(insideGamut(lightness, chroma, signed < 0 ? diverging.blue : diverging.red), index * 3);
  }
  return table;
}

/** The colour as sRGB bytes, its chroma lowered until sRGB can show it. */
function insideGamut(lightness: number, chroma: number, hue: number): number[] {
  for (let reduced = chroma; ; reduced *= 0.98) {
    const rgb = oklchToLinear(lightness, reduced < 0.001 ? 0 : reduced, hue);
    const inside = rgb.every((value) => value >= -0.0005 && value <= 1.0005);
    if (inside || reduced < 0.001) return rgb.map(encodeSrgb);
  }
}

/** Oklab in polar form to linear sRGB, by Ottosson's matrices. */
function oklchToLinear(lightness: number, chroma: number, hue: number): number[] {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** A linear channel to an sRGB byte. */
function encodeSrgb(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
