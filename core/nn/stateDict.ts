import { LoupeError } from '../base/errors.ts';
import { listed, suggestion } from '../base/nearest.ts';
import { formatShape, shapesEqual } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { BuiltNetwork } from './buildNetwork.ts';

/** The names of everything that training changes, parameters and running statistics, in the order of the network. */
export function stateNames({ graph, parameters, buffers }: BuiltNetwork): string[] {
  const known = new Set([...parameters, ...buffers]);
  return [...graph.constants.keys()].filter((name) => known.has(name));
}

/** Parameters and running statistics by name: PyTorch's `state_dict()`. */
export function stateDict(built: BuiltNetwork): Map<string, Tensor> {
  return new Map(
    stateNames(built).flatMap((name) => {
      const value = built.graph.constants.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/**
 * The network with these values in place of its own. Counters of batch norm (`num_batches_tracked`) and what belongs to parts
 * that the network leaves out are passed over, and names may begin with `module.`, as data-parallel training saves them.
 *
 * @param source what a sentence calls the dictionary: `resnet18.safetensors`.
 * @throws LoupeError mismatch where a name is missing, unknown, or of another shape.
 */
export function loadStateDict(
  built: BuiltNetwork,
  tensors: ReadonlyMap<string, Tensor>,
  source = 'the state dictionary',
): BuiltNetwork {
  const given = relevant(built, tensors);
  const names = stateNames(built);
  checkNames(names, [...given.keys()], `the parameters of ${built.graph.name} in ${source}`);
  const constants = new Map(built.graph.constants);
  for (const name of names) {
    const [wanted, value] = [constants.get(name), given.get(name)];
    if (wanted === undefined || value === undefined) continue;
    if (value.type !== wanted.type || !shapesEqual(value.dims, wanted.dims)) {
      throw new LoupeError(
        'mismatch',
        `Expected ${wanted.type} ${formatShape(wanted.dims)} for "${name}" of ${built.graph.name} but received ${value.type} ${formatShape(value.dims)} from ${source}.${adviceFor(name, built)}`,
      );
    }
    constants.set(name, value);
  }
  return { ...built, graph: { ...built.graph, constants } };
}

function relevant(
  { omitted }: BuiltNetwork,
  tensors: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  const isParallel = tensors.size > 0 && [...tensors.keys()].every((name) => name.startsWith('module.'));
  const plain = (name: string): string => (isParallel ? name.slice('module.'.length) : name);
  const isPassedOver = (name: string): boolean =>
    /(^|\.)num_batches_tracked$/.test(name) || omitted.some((part) => name.startsWith(`${part}.`));
  return new Map(
    [...tensors]
      .map(([name, value]) => [plain(name), value] as const)
      .filter(([name]) => !isPassedOver(name)),
  );
}

function checkNames(wanted: readonly string[], given: readonly string[], what: string): void {
  const [known, present] = [new Set(wanted), new Set(given)];
  const missing = wanted.filter((name) => !present.has(name));
  const unexpected = given.filter((name) => !known.has(name));
  const [first] = unexpected;
  const parts = [
    ...(missing.length === 0 ? [] : [`it lacks ${some(missing)}`]),
    ...(first === undefined ? [] : [`it has ${some(unexpected)}, which the network has not`]),
  ];
  if (parts.length === 0) return;
  const near = missing.length === 0 || first === undefined ? '' : suggestion(first, missing);
  throw new LoupeError('mismatch', `Expected ${what}, but ${parts.join(', and ')}.${near}`);
}

/** The first few names in quotes, and how many more there are. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : listed(shown, 'and');
}

/** A classifier of another size means another number of classes. */
function adviceFor(name: string, { parameters }: BuiltNetwork): string {
  return parameters.slice(-2).includes(name) ? ' Build it with as many classes as the file has.' : '';
}
