export interface OcclusionQuestion {
  /** [C, H, W] and the colour, one number a channel, that covers. */
  readonly image: readonly number[];
  readonly colour: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly window: number;
  readonly stride: number;
  readonly score: (image: readonly number[]) => number;
}

/** Zeiler and Fergus 2014, sec. 4.2, pixel by pixel: the mean drop over the windows that cover it. */
export function occlusionOf(question: OcclusionQuestion): number[] {
  const { height, width, window, score, image } = question;
  const tops = starts(height, question);
  const lefts = starts(width, question);
  const whole = score(image);
  const drops = new Map(
    tops.flatMap((top) =>
      lefts.map((left) => [`${top},${left}`, whole - score(cover(question, top, left))] as const),
    ),
  );
  const map: number[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const covering = tops
        .filter((top) => top <= row && row < top + window)
        .flatMap((top) =>
          lefts
            .filter((left) => left <= column && column < left + window)
            .map((left) => drops.get(`${top},${left}`) ?? 0),
        );
      map.push(covering.reduce((left, right) => left + right, 0) / covering.length);
    }
  }
  return map;
}

/** 0, s, 2s … as long as the window fits, and the last place at which it does. */
function starts(length: number, { window, stride }: OcclusionQuestion): number[] {
  const places: number[] = [];
  for (let place = 0; place + window <= length; place += stride) places.push(place);
  if (places.at(-1) !== length - window) places.push(length - window);
  return places;
}

function cover(
  { image, colour, height, width, window }: OcclusionQuestion,
  top: number,
  left: number,
): number[] {
  return image.map((value, at) => {
    const [channel, row, column] = [
      Math.floor(at / (height * width)),
      Math.floor(at / width) % height,
      at % width,
    ];
    const inside = row >= top && row < top + window && column >= left && column < left + window;
    return inside ? (colour[channel] ?? 0) : value;
  });
}
