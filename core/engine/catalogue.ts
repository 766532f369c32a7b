import { attacks } from '../attacks/registry.ts';
import { attributions } from '../attribution/emit.ts';
import { LoupeError } from '../base/errors.ts';
import { listed, suggestion } from '../base/nearest.ts';
import { defences } from '../defences/registry.ts';
import { features } from '../features/registry.ts';
import type { Method } from '../method/define.ts';
import { evaluations } from '../metrics/registry.ts';
import type { RunCommand } from '../protocol/method.ts';

/** Every method of Loupe by id: what the command line, the documentation and a window list. */
export const catalogue: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...attributions,
  ...features,
  ...attacks,
  ...evaluations,
  ...defences,
]);

/** The methods that a command runs, in the order of the catalogue. */
export function methodsOf(command: RunCommand): readonly Method[] {
  return [...catalogue.values()].filter((method) => method.command === command);
}

/** Any method; a sentence with the nearest names if there is none. */
export function catalogued(id: string): Method {
  const found = catalogue.get(id);
  if (found !== undefined) return found;
  throw new LoupeError(
    'notFound',
    `There is no method "${id}".${suggestion(id, catalogue.keys())} "loupe methods" lists them.`,
  );
}

/** A method of one command; says which command runs it if another one does. */
export function methodFor(command: RunCommand, id: string): Method {
  const known = methodsOf(command);
  const found = known.find((method) => method.id === id);
  if (found !== undefined) return found;
  const other = catalogue.get(id);
  if (other !== undefined) {
    const how = other.command === undefined ? 'with --defence' : `by "loupe ${other.command}"`;
    throw new LoupeError('notFound', `${id} is not run by "loupe ${command}" but ${how}.`);
  }
  const ids = known.map((method) => method.id);
  throw new LoupeError(
    'notFound',
    `There is no method "${id}" for "loupe ${command}".${suggestion(id, ids)} It has ${listed(ids, 'and')}.`,
  );
}
