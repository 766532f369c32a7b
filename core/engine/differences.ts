import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeNpy } from '../base/npy.ts';
import { formatShape, shapesEqual } from '../base/shape.ts';
import { floatsOf } from '../base/tensor.ts';
import type { Recipe } from '../protocol/recipe.ts';

/** One thing in which two recipes differ. */
export interface Difference {
  /** `methods.gradCam.params.layer`, `results.dog.jpg.dog.gradCam.npy`. */
  readonly what: string;
  readonly left: string;
  readonly right: string;
}

export interface RecipeSide {
  readonly recipe: Recipe;
  /** The folder of the recipe, in which its arrays lie. */
  readonly folder: string;
}

/** Compares what two runs were asked and what they found; arrays that both folders hold are compared by their numbers. */
export function compareRecipes(left: RecipeSide, right: RecipeSide): Difference[] {
  return [...settingDifferences(left.recipe, right.recipe), ...resultDifferences(left, right)];
}

function settingDifferences(left: Recipe, right: Recipe): Difference[] {
  const keyed = ({ methods, defences, ...rest }: Recipe): Record<string, unknown> => ({
    ...rest,
    results: undefined,
    methods: Object.fromEntries(methods.map(({ id, params }) => [id, params])),
    defences: Object.fromEntries(defences.map(({ id, params }) => [id, params])),
  });
  return walk('', keyed(left), keyed(right));
}

/** The leaves in which two values differ. */
function walk(what: string, left: unknown, right: unknown): Difference[] {
  if (isObject(left) && isObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => walk(what === '' ? key : `${what}.${key}`, left[key], right[key]));
  }
  const texts = [left, right].map(shown);
  const [before = '', after = ''] = texts;
  return before === after ? [] : [{ what, left: shorten(before), right: shorten(after) }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const shown = (value: unknown): string =>
  value === undefined ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);

const shorten = (text: string): string => (text.length > 72 ? `${text.slice(0, 69)}…` : text);

function resultDifferences(left: RecipeSide, right: RecipeSide): Difference[] {
  const found = right.recipe.results;
  const pairs = left.recipe.results.map((before, at) => ({ before, after: found[at] }));
  return pairs.flatMap(({ before, after }) => {
    const what = `results.${path.basename(before.subject)}`;
    if (after === undefined) return [{ what, left: `${before.files.length} files`, right: '(none)' }];
    const { files: ours, ...factsBefore } = before;
    const { files: theirs, ...factsAfter } = after;
    const hashes = new Map(theirs.map(({ path: file, sha256 }) => [file, sha256]));
    const files = ours.flatMap(({ path: file, sha256 }) => {
      const other = hashes.get(file);
      if (other === sha256) return [];
      if (other === undefined) return [{ what: `${what}.${file}`, left: 'written', right: '(none)' }];
      return [fileDifference(`${what}.${file}`, path.join(left.folder, file), path.join(right.folder, file))];
    });
    const added = theirs.filter(({ path: file }) => !ours.some((own) => own.path === file));
    return [
      ...walk(what, factsBefore, factsAfter),
      ...files,
      ...added.map(({ path: file }) => ({ what: `${what}.${file}`, left: '(none)', right: 'written' })),
    ];
  });
}

function fileDifference(what: string, left: string, right: string): Difference {
  const unknown = { what, left: 'other bytes', right: 'other bytes' };
  if (!what.endsWith('.npy') || !existsSync(left) || !existsSync(right)) return unknown;
  const [a, b] = [left, right].map((file) => decodeNpy(readFileSync(file), file));
  if (a === undefined || b === undefined) return unknown;
  if (!shapesEqual(a.dims, b.dims)) return { what, left: formatShape(a.dims), right: formatShape(b.dims) };
  const { greatest, relative, correlation } = compareNumbers(floatsOf(a), floatsOf(b));
  return {
    what,
    left: `greatest difference ${greatest.toPrecision(3)}`,
    right: `relative ${relative.toPrecision(3)}, correlation ${correlation.toFixed(6)}`,
  };
}

/** Greatest |a − b|, ‖a − b‖/‖a‖, and Pearson's correlation. */
function compareNumbers(
  a: Float32Array,
  b: Float32Array,
): { greatest: number; relative: number; correlation: number } {
  const mean = (values: Float32Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [greatest, square, norm, ab, aa, bb] = [0, 0, 0, 0, 0, 0];
  a.forEach((value, at) => {
    const other = b[at] ?? Number.NaN;
    greatest = Math.max(greatest, Math.abs(value - other));
    square += (value - other) ** 2;
    norm += value ** 2;
    ab += (value - meanA) * (other - meanB);
    aa += (value - meanA) ** 2;
    bb += (other - meanB) ** 2;
  });
  return { greatest, relative: Math.sqrt(square / norm), correlation: ab / Math.sqrt(aa * bb) };
}
