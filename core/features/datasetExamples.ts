import path from 'node:path';
import { z } from 'zod';
import { LoupeError } from '../base/errors.ts';
import { floatsOf, tensor } from '../base/tensor.ts';
import type { PictureInput } from '../method/context.ts';
import { count, layerReference } from '../method/params.ts';
import type { ImageGridResult, Progress, Result, TableResult } from '../protocol/results.ts';
import { defineFeature } from './define.ts';
import { type Field, cropAt, fieldAt } from './shared/fieldCrop.ts';
import { objectivesOf } from './shared/objectives.ts';
import type { Place } from './shared/place.ts';
import { type Example, activationsOf } from './shared/topExamples.ts';

const params = z.object({
  layer: layerReference(),
  channels: z.string().default('').meta({
    title: 'Channels',
    description: 'of the layer, such as 0-15,30 or all, a result each; empty: whatever is the target',
  }),
  count: count(9, 'Examples', 'of each channel', 1000),
});

export const datasetExamples = defineFeature({
  id: 'datasetExamples',
  title: 'Dataset examples',
  description:
    'The parts of the given pictures that activate a channel most: for each picture the strongest position, cut out to what the unit there can see.',
  citation: 'Zeiler and Fergus 2014, sec. 4.1 and fig. 2',
  command: 'examples',
  takes: 'images',
  params,
  async *run(run, given): AsyncGenerator<Progress, readonly Result[]> {
    const { context, images: pictures } = run;
    if (pictures.length === 0)
      throw new LoupeError('badArgument', 'Dataset examples need pictures to choose from.');
    const { place, objectives } = objectivesOf(run, { ...given, objective: 'channel' });
    const passes = activationsOf({ context, place, objectives, pictures });
    let pass = await passes.next();
    for (; pass.done !== true; pass = await passes.next()) {
      yield { done: pass.value, total: pictures.length, what: 'pictures' };
    }
    const field = fieldAt(context.model, place);
    const findings = pass.value.map((examples, index): Finding => {
      // A map that is 0 everywhere in a picture has no strongest position.
      const active = examples.filter(({ activation }) => Number.isFinite(activation) && activation !== 0);
      return { place, name: objectives[index]?.name ?? '', active, field, pictures, count: given.count };
    });
    const silent = findings.filter(({ active }) => active.length === 0);
    const grids = findings.filter(({ active }) => active.length > 0).map(gridOf);
    return silent.length === 0 ? grids : [...grids, silentTable(silent)];
  },
});

interface Finding {
  readonly place: Place;
  readonly name: string;
  /** Where each picture activates it most, without those that do not. */
  readonly active: readonly Example[];
  readonly field: Field | undefined;
  readonly pictures: readonly PictureInput[];
  readonly count: number;
}

function gridOf({ place, name, active, field, pictures, count }: Finding): ImageGridResult {
  const best = active.toSorted((a, b) => b.activation - a.activation).slice(0, count);
  const cells = best.flatMap(({ picture, activation, row, column }) => {
    const found = pictures[picture];
    if (found === undefined) return [];
    const { values } = found.fitted;
    const image = tensor('float32', floatsOf(values), values.dims.slice(1));
    const caption = [path.basename(found.file.path), String(Number(activation.toPrecision(4)))];
    return [{ image: field === undefined ? image : cropAt(image, field, row, column), caption }];
  });
  const where = place.kind === 'layer' ? place.layer.name : 'the classes';
  return {
    type: 'imageGrid',
    name: name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 40),
    title: `${where}, ${name}`,
    cells,
    columns: Math.ceil(Math.sqrt(cells.length)),
    facts: [
      { label: 'pictures', value: pictures.length },
      { label: 'pictures that activate it', value: active.filter(({ activation }) => activation > 0).length },
      ...(best[0] === undefined ? [] : [{ label: 'greatest activation', value: best[0].activation }]),
    ],
    notes: field === undefined ? ['A unit here can see the whole picture, so nothing was cut out.'] : [],
  };
}

function silentTable(silent: readonly Finding[]): TableResult {
  return {
    type: 'table',
    name: 'silent',
    title: 'What no picture activates',
    columns: [{ title: 'Objective' }],
    rows: silent.map(({ name }) => [name]),
  };
}
