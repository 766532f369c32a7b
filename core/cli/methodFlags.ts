import { type Command, Option } from 'commander';
import { z } from 'zod';
import { LoupeError, expected } from '../base/errors.ts';
import { applicableMethods } from '../engine/applicable.ts';
import { type Method, paramsSchema, requestOf } from '../method/define.ts';
import type { Model } from '../model/model.ts';
import type { MethodRequest } from '../protocol/method.ts';
import type { Target } from '../protocol/target.ts';
import type { CommandContext } from './command.ts';
import { numberOrFraction } from './fraction.ts';

/** One parameter as JSON Schema describes it. */
const propertySchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  items: z.object({ type: z.string().optional() }).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});

export type Property = z.infer<typeof propertySchema>;

const describedSchema = z.object({ properties: z.record(z.string(), propertySchema).default({}) });

/** The parameters of a method by name. */
export function propertiesOf(method: Method): Record<string, Property> {
  return describedSchema.parse(paramsSchema(method)).properties;
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A flag that stands for a parameter of some methods. */
interface ParameterFlag {
  readonly property: Property;
  readonly methods: string[];
}

/** Every parameter of `methods` once: those of one name share a flag. */
function flagsOf(methods: readonly Method[]): Map<string, ParameterFlag> {
  const seen = new Map<string, ParameterFlag>();
  for (const method of methods) {
    for (const [name, property] of Object.entries(propertiesOf(method))) {
      const known = seen.get(name) ?? { property, methods: [] };
      known.methods.push(method.id);
      seen.set(name, known);
    }
  }
  return seen;
}

/** Adds a flag for every parameter of every method, from the methods' schemas. */
export function addMethodFlags(command: Command, methods: readonly Method[]): void {
  for (const [name, flag] of flagsOf(methods)) command.addOption(optionFor(name, flag, methods.length > 1));
}

function optionFor(name: string, { property, methods }: ParameterFlag, several: boolean): Option {
  const text = `${property.description ?? name}${several ? ` (${methods.join(', ')})` : ''}`;
  if (property.type === 'boolean') {
    return new Option(`--${property.default === true ? 'no-' : ''}${kebab(name)}`, text).default(undefined);
  }
  const option = new Option(`--${kebab(name)} <value>`, text);
  return property.enum === undefined ? option : option.choices(property.enum);
}

/** The value behind a flag, or behind a name in `--defence id:name=value`, as its schema wants it. */
export function valueFrom(name: string, property: Property, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  switch (property.type) {
    case 'number':
    case 'integer':
      return numberFrom(name, given);
    case 'array': {
      const items = given.split(',').map((item) => item.trim());
      return property.items?.type === 'string' ? items : items.map((item) => numberFrom(name, item));
    }
    case 'boolean':
      return given === 'true' ? true : given === 'false' ? false : given;
    default:
      return given;
  }
}

/** `8/255` is a number too. */
function numberFrom(name: string, text: string): number {
  const value = numberOrFraction(text);
  if (value !== undefined) return value;
  throw expected('badArgument', {
    wanted: 'a number or a fraction such as 8/255',
    for: `--${kebab(name)}`,
    received: `"${text}"`,
  });
}

const namedIn = (methods: string): string[] =>
  methods
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');

const namesAll = (methods: string): boolean => namedIn(methods).includes('all');

export interface MethodChoice {
  /** What was typed behind --method. */
  readonly named: string;
  /** The methods that the command knows. */
  readonly known: readonly Method[];
  /** The method of an id; a sentence for an unknown one. */
  readonly find: (id: string) => Method;
}

/** Splits `--method a,b` and gives each method those of the given flags that its schema has. */
export function requestsFrom(
  { named, known, find }: MethodChoice,
  flags: Readonly<Record<string, unknown>>,
): MethodRequest[] {
  const methods = namesAll(named) ? known : namedIn(named).map(find);
  if (methods.length === 0)
    throw new LoupeError('badArgument', 'No method was named; "loupe methods" lists them.');
  const used = new Set<string>();
  const requests = [...new Set(methods)].map((method) => {
    const given: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(propertiesOf(method))) {
      if (flags[name] === undefined) continue;
      used.add(name);
      given[name] = valueFrom(name, property, flags[name]);
    }
    return requestOf(method, given);
  });
  refuseUnused(flags, used, known, requests);
  return requests;
}

/** With `--method all`, leaves out the methods that are not defined on the model, and says which and why. */
export function methodsFor(
  model: Model,
  requests: readonly MethodRequest[],
  choice: { readonly named: string; readonly target: Target },
  context: CommandContext,
): readonly MethodRequest[] {
  if (!namesAll(choice.named)) return requests;
  const found = applicableMethods(model, requests, choice.target);
  for (const { id, reason } of found.leftOut) context.note(`${id} is left out: ${reason}`);
  return found.methods;
}

/** A flag that no chosen method has would be ignored in silence otherwise. */
function refuseUnused(
  flags: Readonly<Record<string, unknown>>,
  used: ReadonlySet<string>,
  known: readonly Method[],
  chosen: readonly MethodRequest[],
): void {
  for (const name of flagsOf(known).keys()) {
    // Commander sets a negatable flag to true when it is absent.
    if (flags[name] === undefined || flags[name] === true || used.has(name)) continue;
    throw new LoupeError(
      'badArgument',
      `--${kebab(name)} is no parameter of ${chosen.map(({ id }) => id).join(', ')}.`,
    );
  }
}
