import path from 'node:path';

/** The name of a picture's results: its file name without the ending, made unique in the run. */
export function resultName(file: string, taken: Set<string>): string {
  const stem = path.parse(file).name;
  let name = stem;
  for (let count = 2; taken.has(name); count++) name = `${stem}-${count}`;
  taken.add(name);
  return name;
}
