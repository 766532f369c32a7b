/** Where a training takes its examples from. */
export interface Examples {
  readonly length: number;
  /** Class of each example; undefined where targets are numbers. */
  readonly labels: Int32Array | undefined;
  /**
   * Writes examples and their targets one after the other. In training they are augmented for an epoch; what an example becomes depends on
   * nothing but the epoch and its index.
   */
  write(request: WriteRequest): void;
}

export interface WriteRequest {
  readonly indices: Int32Array;
  /** undefined: as they are. */
  readonly epoch: number | undefined;
  /** [n, …example], pixels in [0, 1]. */
  readonly images: Float32Array;
  /** [n, K]. */
  readonly targets: Float32Array;
}

/** Rows of numbers with rows of targets: regression, and points in a plane. */
export function valueExamples(
  inputs: Float32Array,
  targets: Float32Array,
  { width, outputs, labels }: { width: number; outputs: number; labels?: Int32Array },
): Examples {
  return {
    length: inputs.length / width,
    labels,
    write({ indices, images, targets: wanted }) {
      indices.forEach((index, at) => {
        images.set(inputs.subarray(index * width, (index + 1) * width), at * width);
        wanted.set(targets.subarray(index * outputs, (index + 1) * outputs), at * outputs);
      });
    },
  };
}
