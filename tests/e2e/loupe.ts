import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { decodeNpy } from '../../core/base/npy.ts';
import type { Tensor } from '../../core/base/tensor.ts';
import { type Recipe, recipeSchema } from '../../core/protocol/recipe.ts';

export const root = join(import.meta.dirname, '../..');

/** The bundled model and its pictures, as a person in the checkout types them. */
export const shapes = 'models/bundled/shapes/shapes.onnx';
export const samples = readdirSync(join(root, 'models/bundled/shapes/samples'))
  .filter((name) => name.endsWith('.png'))
  .map((name) => `models/bundled/shapes/samples/${name}`);

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Called once, with what ends the program, as soon as it runs. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  readonly command?: readonly string[];
  /** Where it is started; the root of the checkout unless told. */
  readonly folder?: string;
}

/** Runs the command line in a process of its own, as a person does. */
export async function loupe(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const [program = '', ...first] = options.command ?? [process.execPath, join(root, 'bin/loupe.js')];
  const child = spawn(program, [...first, ...args], {
    cwd: options.folder ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  options.onStart?.((signal) => child.kill(signal));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, out, err };
}

/** As `loupe`, and fails with the error's text unless it went well. */
export async function loupeOk(...args: string[]): Promise<Ended> {
  const ended = await loupe(args);
  expect(ended.code, ended.err).toBe(0);
  return ended;
}

const folders: string[] = [];

/** A fresh folder that `removeFolders` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loupe-e2e-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** All files below a folder, relative and sorted; none where there is no such folder. */
export function filesIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

export function readNpy(path: string): Tensor {
  return decodeNpy(readFileSync(path), path);
}

/** The recipe that a run left in its folder. */
export const recipeIn = (folder: string): Recipe =>
  recipeSchema.parse(JSON.parse(readFileSync(join(folder, 'recipe.json'), 'utf8')));
