import { randomOf } from '../../data/seeds.ts';
import { type Examples, valueExamples } from '../../training/examples.ts';

/** Vectors of numbers that belong to classes. */
export interface ClassPoints {
  /** [n, width]. */
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly width: number;
  readonly classes: number;
}

/** Examples with one-hot targets. */
export function classExamples({ inputs, labels, width, classes }: ClassPoints): Examples {
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, n) => {
    targets[n * classes + label] = 1;
  });
  return valueExamples(inputs, targets, { width, outputs: classes, labels });
}

/** Normal clouds about centres that are normal themselves, `distance` times as wide. */
export function clouds(
  seed: number,
  { length, width, classes, distance }: { length: number; width: number; classes: number; distance: number },
): ClassPoints {
  const random = randomOf(seed, 3);
  const centres = Float32Array.from({ length: classes * width }, () => distance * random.normal());
  const labels = Int32Array.from({ length }, (_, n) => n % classes);
  const inputs = Float32Array.from({ length: length * width }, (_, at) => {
    const label = labels[Math.floor(at / width)] ?? 0;
    return (centres[label * width + (at % width)] ?? 0) + random.normal();
  });
  return { inputs, labels, width, classes };
}

/** Interleaved spirals of one turn in the square from −1 to 1: no line comes near to telling them apart. */
export function spirals(
  seed: number,
  { length, classes, noise }: { length: number; classes: number; noise: number },
): ClassPoints {
  const random = randomOf(seed, 4);
  const labels = Int32Array.from({ length }, (_, n) => n % classes);
  const inputs = new Float32Array(2 * length);
  labels.forEach((label, n) => {
    const along = Math.sqrt(random.uniform());
    const angle = 2 * Math.PI * along + (2 * Math.PI * label) / classes;
    inputs[2 * n] = along * Math.cos(angle) + noise * random.normal();
    inputs[2 * n + 1] = along * Math.sin(angle) + noise * random.normal();
  });
  return { inputs, labels, width: 2, classes };
}

/** The same points, of which about `share` are said to belong to the other of two classes. */
export function mislabelled(points: ClassPoints, share: number, seed: number): ClassPoints {
  const random = randomOf(seed, 5);
  return { ...points, labels: points.labels.map((label) => (random.uniform() < share ? 1 - label : label)) };
}

/** The points from `from` up to `to`. */
export function partOf(points: ClassPoints, from: number, to: number): ClassPoints {
  const { inputs, labels, width } = points;
  return { ...points, inputs: inputs.slice(from * width, to * width), labels: labels.slice(from, to) };
}
