/** A decoded picture: 8-bit sRGB, interleaved, row by row from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** width · height · 3 bytes. */
  readonly rgb: Uint8Array;
}

/** A picture that came from a file. */
export interface PictureFile extends Picture {
  readonly path: string;
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
  /** What was done to the file's pixels beyond decoding them, a sentence each. */
  readonly notes: readonly string[];
}
