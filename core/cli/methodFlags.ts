import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { AttributionDefinition } from '../attribution/define.ts';
import { type MethodRequest, attributionOf, attributions } from '../attribution/emit.ts';
import { LoupeError } from '../base/errors.ts';
import { applicableMethods } from '../engine/applicable.ts';
import type { Model } from '../model/model.ts';
import type { CommandContext } from './command.ts';

/** One parameter as JSON Schema describes it. */
const propertySchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});

type Property = z.infer<typeof propertySchema>;

const describedSchema = z.object({ properties: z.record(z.string(), propertySchema).default({}) });

function propertiesOf(definition: AttributionDefinition): Record<string, Property> {
  return describedSchema.parse(z.toJSONSchema(definition.params, { io: 'input' })).properties;
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds a flag for every parameter of every method, from the methods' schemas. */
export function addMethodFlags(command: Command): void {
  const seen = new Map<string, { property: Property; methods: string[] }>();
  for (const definition of attributions.values()) {
    for (const [name, property] of Object.entries(propertiesOf(definition))) {
      const known = seen.get(name) ?? { property, methods: [] };
      known.methods.push(definition.id);
      seen.set(name, known);
    }
  }
  for (const [name, { property, methods }] of seen) command.addOption(flagFor(name, property, methods));
}

function flagFor(name: string, property: Property, methods: readonly string[]): Option {
  const text = `${property.description ?? name} (${methods.join(', ')})`;
  if (property.type === 'boolean') {
    return new Option(`--${property.default === true ? 'no-' : ''}${kebab(name)}`, text).default(undefined);
  }
  const option = new Option(`--${kebab(name)} <value>`, text);
  if (property.type === 'number' || property.type === 'integer') option.argParser(Number);
  return property.enum === undefined ? option : option.choices(property.enum);
}

const namedIn = (methods: string): string[] =>
  methods
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');

const namesAll = (methods: string): boolean => namedIn(methods).includes('all');

/** Splits `--method a,b` and gives each method those of the given flags that its schema has. */
export function requestsFrom(methods: string, flags: Readonly<Record<string, unknown>>): MethodRequest[] {
  const ids = namedIn(methods);
  const definitions = (namesAll(methods) ? [...attributions.keys()] : ids).map(attributionOf);
  if (definitions.length === 0)
    throw new LoupeError('badArgument', 'No method was named; "loupe methods" lists them.');
  const used = new Set<string>();
  const requests = definitions.map((definition) => {
    const names = Object.keys(propertiesOf(definition)).filter((name) => flags[name] !== undefined);
    for (const name of names) used.add(name);
    return {
      id: definition.id,
      params: parsedParams(definition, Object.fromEntries(names.map((name) => [name, flags[name]]))),
    };
  });
  refuseUnused(flags, used, definitions);
  return requests;
}

/** With `--method all`, leaves out the methods that are not defined on the model, and says which and why. */
export function methodsFor(
  model: Model,
  requests: readonly MethodRequest[],
  methods: string,
  context: CommandContext,
): readonly MethodRequest[] {
  if (!namesAll(methods)) return requests;
  const found = applicableMethods(model, requests);
  for (const { id, reason } of found.leftOut) context.note(`${id} is left out: ${reason}`);
  return found.methods;
}

function parsedParams(
  definition: AttributionDefinition,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const parsed = definition.params.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LoupeError(
    'badArgument',
    `The parameter ${issue?.path.join('.') ?? ''} of ${definition.id} is not valid: ${issue?.message ?? ''}.`,
  );
}

/** A flag that no chosen method has would be ignored in silence otherwise. */
function refuseUnused(
  flags: Readonly<Record<string, unknown>>,
  used: ReadonlySet<string>,
  chosen: readonly AttributionDefinition[],
): void {
  const all = new Set(
    [...attributions.values()].flatMap((definition) => Object.keys(propertiesOf(definition))),
  );
  for (const name of all) {
    // Commander sets a negatable flag to true when it is absent.
    if (flags[name] === undefined || flags[name] === true || used.has(name)) continue;
    throw new LoupeError(
      'badArgument',
      `--${kebab(name)} is no parameter of ${chosen.map(({ id }) => id).join(', ')}.`,
    );
  }
}
