import path from 'node:path';

/** Contents of source files by their path from the repository's root. */
export type Sources = ReadonlyMap<string, string>;

/** A folder imports from folders of a lower rank and from itself. */
const ranks: readonly (readonly string[])[] = [
  ['core/base'],
  ['core/protocol'],
  ['core/graph'],
  ['core/ops'],
  ['core/autodiff'],
  ['core/passes'],
  ['core/runtime'],
  ['core/model', 'core/nn', 'core/importers', 'core/data'],
  ['core/method'],
  ['models'],
  ['core/attribution', 'core/features', 'core/attacks', 'core/defences', 'core/training'],
  ['core/metrics'],
  ['core/lessons'],
  ['core/engine'],
  ['core/server'],
  ['core/cli'],
];

/** Hosts and data may only use what is named; tools may use everything. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  renderer: ['core/base', 'core/protocol'],
  electron: ['core/base', 'core/protocol'],
  models: ['core/base', 'core/graph', 'core/nn', 'core/method'],
};

const tools: ReadonlySet<string> = new Set(['scripts', 'tests']);

/** Folders of plugins: every file of theirs is listed in their index.ts and knows no sibling. */
const pluginFolders: readonly string[] = [
  'core/ops',
  'core/autodiff/rules',
  'core/passes/lower',
  'core/importers',
  'core/data/sets',
  'core/attribution',
  'core/features',
  'core/attacks',
  'core/defences',
  'core/metrics',
  'core/lessons',
  'core/training/losses',
  'core/training/optimizers',
  'core/training/schedules',
  'core/cli/commands',
  'models/architectures',
  'renderer/panels',
];

/** Files of a plugin folder that are no plugins: the contract, the lookup, and the folder's own function. */
const machinery = new Set(['index', 'define', 'registry', 'lower', 'emit', 'attribute', 'stage', 'attack']);

/** No file may be longer, in lines; from `noticeableLength` on a file is named. */
export const greatestLength = 400;
export const noticeableLength = 250;

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]/g;

/** The source files that `file` imports by relative path, types included; data (.json) has no layer. */
function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(importPattern)]
    .map(([, statement, expression]) =>
      path.posix.join(path.posix.dirname(file), statement ?? expression ?? ''),
    )
    .filter((imported) => /\.tsx?$/.test(imported));
}

const folderOf = (file: string): string => {
  const parts = file.split('/');
  return parts[0] === 'core' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
};

function rankFaults(file: string, imported: string): string[] {
  const [from, to] = [folderOf(file), folderOf(imported)];
  if (from === to || tools.has(from)) return [];
  const list = allowed[from];
  if (list !== undefined) {
    return list.includes(to)
      ? []
      : [`${file} imports ${imported}; ${from} may import ${list.join(', ')} only`];
  }
  const rankOf = (folder: string): number => ranks.findIndex((folders) => folders.includes(folder));
  if (rankOf(from) < 0) return [`${file} lies in a folder without a rank`];
  return rankOf(to) >= 0 && rankOf(to) < rankOf(from)
    ? []
    : [`${file} imports ${imported}, which is not below it`];
}

const isPlugin = (file: string): boolean =>
  pluginFolders.includes(path.posix.dirname(file)) && !machinery.has(path.posix.parse(file).name);

function pluginFaults(file: string, imports: readonly string[], sources: Sources): string[] {
  if (!isPlugin(file)) return [];
  const folder = path.posix.dirname(file);
  const siblings = imports
    .filter((imported) => path.posix.dirname(imported) === folder && isPlugin(imported))
    .map((imported) => `${file} imports its sibling ${imported}; put what both need into ${folder}/shared`);
  const listed = importsOf(`${folder}/index.ts`, sources.get(`${folder}/index.ts`) ?? '').includes(file);
  return listed ? siblings : [...siblings, `${file} is not in ${folder}/index.ts`];
}

/** One sentence for each import cycle found by a depth-first walk. */
function cycleFaults(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const faults: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      faults.push(`Import cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...trail, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return faults;
}

export const isGenerated = (file: string): boolean => file.includes('/gen/');

export const lengthOf = (text: string): number => text.trimEnd().split('\n').length;

/** Everything about `sources` that breaks the layering. */
export function layerFaults(sources: Sources): string[] {
  const imports = new Map([...sources].map(([file, text]) => [file, importsOf(file, text)]));
  const perFile = [...imports].flatMap(([file, imported]) => [
    ...imported
      .filter((name) => !sources.has(name))
      .map((name) => `${file} imports ${name}, which does not exist`),
    ...imported.flatMap((name) => rankFaults(file, name)),
    ...pluginFaults(file, imported, sources),
  ]);
  const long = [...sources]
    .filter(([file, text]) => !isGenerated(file) && lengthOf(text) > greatestLength)
    .map(([file, text]) => `${file} has ${lengthOf(text)} lines; ${greatestLength} are the most`);
  return [...perFile, ...cycleFaults(imports), ...long];
}
