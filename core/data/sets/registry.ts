import { z } from 'zod';
import { LoupeError } from '../../base/errors.ts';
import { suggestion } from '../../base/nearest.ts';
import type { DataSet } from '../dataSet.ts';
import type { DataSource, LoadRequest } from './define.ts';
import * as definitions from './index.ts';

/** Every source of data sets, by id. */
export const dataSources: ReadonlyMap<string, DataSource> = new Map(
  Object.values(definitions).map((definition) => [definition.id, definition]),
);

/** The source of this id; a sentence with the nearest names if there is none. */
export function dataSourceOf(id: string): DataSource {
  const found = dataSources.get(id);
  if (found !== undefined) return found;
  const near = suggestion(id, dataSources.keys());
  throw new LoupeError(
    'notFound',
    `There is no data set "${id}".${near} There are ${[...dataSources.keys()].join(', ')}.`,
  );
}

export async function loadDataSet(id: string, request: LoadRequest): Promise<DataSet> {
  return dataSourceOf(id).load(request);
}

/** JSON Schema of a source's parameters as a person gives them: all optional, with defaults. */
export function paramsSchemaOf({ params }: Pick<DataSource, 'params'>): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(params, { io: 'input' });
}
