import { z } from 'zod';
import { LoupeError } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';

type Schema = z.core.$ZodType;

/** The sentence for a configuration that `schema` does not take; `source` is what it is called there. */
export function configRefusal(schema: z.ZodObject, error: z.ZodError, source: string): LoupeError {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const where = path.join('.');
  if (issue?.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    const near = suggestion(unknown, fieldsAt(schema, path));
    return new LoupeError(
      'badArgument',
      `No training has a field "${[...path, unknown].join('.')}", but ${source} gives one.${near}`,
    );
  }
  if (issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return new LoupeError('badArgument', `The field ${where} is missing in ${source}.`);
  }
  const fault = issue?.message ?? '';
  return new LoupeError(
    'badArgument',
    where === ''
      ? `Expected the fields of a training for ${source}: ${fault}.`
      : `The field ${where} of ${source} is not valid: ${fault}.`,
  );
}

/** Names of the fields of the object at `path`; none where there is no object with fixed fields. */
function fieldsAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  const object = bare(schema);
  if (!(object instanceof z.ZodObject)) return [];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(object.shape);
  const inner: unknown = object.shape[String(key)];
  return inner instanceof z.ZodType ? fieldsAt(inner, rest) : [];
}

/** A schema without its default. */
function bare(schema: Schema): Schema {
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? bare(schema.unwrap()) : schema;
}
