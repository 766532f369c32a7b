import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { descriptorOf } from '../../method/define.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { bundledModel } from '../bundled.ts';
import { catalogue } from '../catalogue.ts';
import { loupeVersion } from '../versions.ts';
import type { OutputOf } from './messages.ts';

/** What this installation can do. */
export function describe({ report }: Runtime): OutputOf<'describe'> {
  return {
    version: loupeVersion,
    device: report.device,
    fallbacks: [...report.fallbacks],
    methods: [...catalogue.values()].map(descriptorOf),
    bundled: bundledModels(),
  };
}

/** The bundled models whose file is there; `shapes` is in every installation, and first. */
function bundledModels(): OutputOf<'describe'>['bundled'] {
  const home = path.dirname(path.dirname(bundledModel('shapes').model));
  const names = readdirSync(home).filter((name) => existsSync(path.join(home, name, `${name}.onnx`)));
  return ['shapes', ...names.filter((name) => name !== 'shapes').sort()].map((name) => {
    const { model, samples } = bundledModel(name);
    return {
      name,
      path: model,
      samples: samples.map((sample) => ({ name: path.basename(sample), path: sample })),
    };
  });
}
