import { z } from 'zod';
import { usualMemoryBytes } from '../../method/context.ts';
import { paramsSchema } from '../../method/define.ts';
import type { CommandLine } from '../../protocol/jobs.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { Recipe } from '../../protocol/recipe.ts';
import type { Target } from '../../protocol/target.ts';
import { catalogued } from '../catalogue.ts';

const propertiesSchema = z.object({
  properties: z.record(z.string(), z.object({ default: z.unknown().optional() })).default({}),
});

/**
 * What a person would type to run a recipe anew. One command line gives all methods the same value of a parameter, one class to all
 * pictures, and a direction only as a file: where the recipe says more, only `loupe run` can repeat it.
 */
export function commandLine(recipe: Recipe, recipeFile: string): CommandLine {
  const run = words('loupe', 'run', recipeFile);
  const flags = flagsOf(recipe);
  if (flags === undefined) return { run };
  const images = recipe.images.map(({ path }) => path);
  return { run, command: words('loupe', recipe.command, recipe.model.path, ...images, ...flags) };
}

function flagsOf(recipe: Recipe): string[] | undefined {
  const parts = [
    methodFlags(recipe.methods),
    targetFlag(recipe),
    labelFlag(recipe.images),
    recipe.defences.map(defenceFlag),
  ];
  if (parts.includes(undefined)) return undefined;
  const references = Object.entries(recipe.references).flatMap(([role, files]) => [
    `--${role}`,
    ...files.map(({ path }) => path),
  ]);
  return [
    ...parts.flatMap((part) => part ?? []),
    ...references,
    ...(recipe.seed === 0 ? [] : ['--seed', String(recipe.seed)]),
    ...(recipe.memoryBytes === usualMemoryBytes ? [] : ['--memory', String(recipe.memoryBytes / 2 ** 20)]),
    ...(recipe.device === 'cpu' ? [] : ['--device', recipe.device]),
    ...(recipe.threads === 0 ? [] : ['--threads', String(recipe.threads)]),
  ];
}

/** `--method a,b` and every parameter that is not at its default; undefined where two methods would need two values of one. */
function methodFlags(methods: readonly MethodRequest[]): string[] | undefined {
  const all = methods.flatMap(parametersOf);
  const changed = new Map(all.filter(({ usual }) => !usual).map(({ name, text }) => [name, text]));
  if (all.some(({ name, text }) => changed.has(name) && changed.get(name) !== text)) return undefined;
  const flags = [...changed].flatMap(([name, text]) => parameterFlag(name, text));
  return ['--method', methods.map(({ id }) => id).join(','), ...flags];
}

function parametersOf({ id, params }: MethodRequest) {
  const { properties } = propertiesSchema.parse(paramsSchema(catalogued(id)));
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const usual = JSON.stringify(value) === JSON.stringify(properties[name]?.default);
      return { name, usual, text: Array.isArray(value) ? value.join(',') : String(value) };
    });
}

function parameterFlag(name: string, text: string): string[] {
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (text === 'true') return [`--${flag}`];
  if (text === 'false') return [`--no-${flag}`];
  return [`--${flag}`, text];
}

function defenceFlag({ id, params }: MethodRequest): string {
  const changed = parametersOf({ id, params }).filter(({ usual }) => !usual);
  const settings = changed.map(({ name, text }) => `${name}=${text}`).join(',');
  return `--defence=${id}${settings === '' ? '' : `:${settings}`}`;
}

/** Only commands with a target have the flag; the usual one needs none. */
function targetFlag({ target }: Recipe): string[] | undefined {
  if (target.kind === 'class' && target.class === 'top' && target.of === 'logit') return [];
  const text = targetText(target);
  return text === undefined ? undefined : ['--target', text];
}

function targetText(target: Target): string | undefined {
  switch (target.kind) {
    case 'class':
      return target.of === 'logit' ? String(target.class) : `logProbability:${target.class}`;
    case 'difference':
      return `${target.class} vs ${target.against}`;
    case 'channel':
      return `channel:${target.layer}:${target.channel}`;
    case 'unit':
      return `unit:${target.layer}:${target.channel}:${target.row}:${target.column}`;
    case 'layer':
      return `layer:${target.layer}`;
    case 'direction':
      return undefined;
  }
}

function labelFlag(images: Recipe['images']): string[] | undefined {
  const labels = new Set(images.map(({ label }) => label));
  if (labels.size > 1) return undefined;
  const [label] = labels;
  return label === undefined ? [] : ['--label', String(label)];
}

/** Words for a POSIX shell. */
const words = (...parts: readonly string[]): string => parts.map(quoted).join(' ');

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
