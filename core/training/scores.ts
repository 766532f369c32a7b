import { indexOfGreatest } from '../base/logits.ts';
import type { Misclassified } from '../protocol/training.ts';

/** Index of the greatest of `count` values from `offset`. */
export function greatestAt(values: Float32Array, offset: number, count: number): number {
  return indexOfGreatest(values.subarray(offset, offset + count));
}

/** Rows of logits [n, K] whose greatest is at the same place as that of the targets [n, K]. */
export function countCorrect(logits: Float32Array, targets: Float32Array, outputs: number): number {
  let correct = 0;
  for (let offset = 0; offset < logits.length; offset += outputs) {
    if (greatestAt(logits, offset, outputs) === greatestAt(targets, offset, outputs)) correct++;
  }
  return correct;
}

/** Softmax probability of one class of a row of logits. */
function probabilityAt(logits: Float32Array, offset: number, count: number, index: number): number {
  let sum = 0;
  const reference = logits[offset + index] ?? 0;
  for (let other = 0; other < count; other++) sum += Math.exp((logits[offset + other] ?? 0) - reference);
  return 1 / sum;
}

/** Examples that were mistaken, the most confident first. */
export function mistakesOf(
  logits: Float32Array,
  labels: Int32Array,
  outputs: number,
  most: number,
): Misclassified[] {
  const wrong: Misclassified[] = [];
  labels.forEach((label, index) => {
    const predicted = greatestAt(logits, index * outputs, outputs);
    if (predicted === label) return;
    const probability = probabilityAt(logits, index * outputs, outputs, predicted);
    wrong.push({ index, label, predicted, probability });
  });
  return wrong.sort((a, b) => b.probability - a.probability).slice(0, most);
}

/** Examples of class r taken for class c, [r][c]. */
export function confusionOf(logits: Float32Array, labels: Int32Array, outputs: number): number[][] {
  const counts = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  labels.forEach((label, index) => {
    const row = counts[label];
    const predicted = greatestAt(logits, index * outputs, outputs);
    if (row !== undefined) row[predicted] = (row[predicted] ?? 0) + 1;
  });
  return counts;
}
