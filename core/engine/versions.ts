import { arch, platform } from 'node:process';
import * as ort from 'onnxruntime-node';
import manifest from '../../package.json' with { type: 'json' };
import type { Recipe } from '../protocol/recipe.ts';

/** The version of Loupe in this checkout or package. */
export const loupeVersion = manifest.version;

/** What a result may depend on. */
export function versions(): Recipe['versions'] {
  return {
    loupe: loupeVersion,
    onnxruntime: ort.env.versions.node ?? ort.env.versions.common,
    node: process.version,
    platform: `${platform}-${arch}`,
  };
}
