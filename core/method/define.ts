import { z } from 'zod';
import { LoupeError } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { badParameter } from '../base/parameters.ts';
import type { MethodDescriptor, MethodKind, MethodRequest, RunCommand } from '../protocol/method.ts';

/**
 * What every method says about itself, whatever its kind. Forms, flags, validation, recipes and documentation follow from it;
 * `defineAttribution`, `defineFeature`, `defineAttack`, `defineEvaluation` and `defineDefence` add the mathematics.
 */
export interface Method {
  readonly kind: MethodKind;
  /** The command that runs it; undefined for a stage of other commands. */
  readonly command: RunCommand | undefined;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Paper and equation. */
  readonly citation: string;
  /** Whether it is a pure graph, which `loupe compile` can write as an ONNX model. */
  readonly compiles: boolean;
  /** Schema of the parameters, with defaults from the paper; each has `meta({ title, description, unit? })`. */
  readonly params: z.ZodObject;
}

/** The part of `Method` that a definition writes down. */
export interface MethodText<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly citation: string;
  readonly params: Schema;
}

/** The plugins of a folder by id. */
export function byId<T extends Method>(definitions: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  // A module lists its exports by name, some loaders in the order of its lines.
  const sorted = Object.values(definitions).sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(sorted.map((definition) => [definition.id, definition]));
}

/** The method of this id; a sentence with the nearest names if there is none. `what` is `attribution method`, `attack` … */
export function methodOf<T extends Method>(methods: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = methods.get(id);
  if (found !== undefined) return found;
  throw new LoupeError('notFound', `There is no ${what} "${id}".${suggestion(id, methods.keys())}`);
}

/** JSON Schema of a method's parameters as a person gives them: all optional, with defaults. */
export function paramsSchema({ params }: Pick<Method, 'params'>): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(params, { io: 'input' });
}

export function descriptorOf(method: Method): MethodDescriptor {
  const { id, kind, command, title, description, citation, compiles } = method;
  return { id, kind, command, title, description, citation, compiles, params: paramsSchema(method) };
}

/** A request with all parameters: the defaults filled in, the given ones checked. */
export function requestOf(method: Method, given: Readonly<Record<string, unknown>> = {}): MethodRequest {
  const parsed = z.strictObject(method.params.shape).safeParse(given);
  if (parsed.success) return { id: method.id, params: parsed.data };
  throw badParameter(parsed.error, method.id);
}
