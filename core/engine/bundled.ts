import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LoupeError } from '../base/errors.ts';

/** A model that comes with Loupe. */
export interface BundledModel {
  /** The ONNX file. */
  readonly model: string;
  /** Its sample pictures, in alphabetical order, if it has any. */
  readonly samples: readonly string[];
}

/** Finds `models/bundled/<name>` above this file: the same folder from the sources and from dist/. */
export function bundledModel(name: string, from = import.meta.dirname): BundledModel {
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'models/bundled', name);
    const model = join(home, `${name}.onnx`);
    if (existsSync(model)) return { model, samples: picturesIn(join(home, 'samples')) };
    if (dirname(folder) === folder) break;
  }
  throw new LoupeError(
    'notFound',
    `The bundled model "${name}" is not in this installation; models/bundled/${name} should lie beside dist/.`,
  );
}

function picturesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.png'))
    .sort()
    .map((file) => join(folder, file));
}
