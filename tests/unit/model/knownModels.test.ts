import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import catalogue from '../../../models/catalogue.json' with { type: 'json' };
import { openOnnx } from '../../../core/graph/onnx/open.ts';
import { openModel } from '../../../core/model/model.ts';
import { readCard } from '../../../core/model/readCard.ts';

const folder = join(import.meta.dirname, '../../../../shared/models');

/** Where the shared files are not there, these tests are skipped and say so. */
const known = catalogue.map((entry) => ({ ...entry, path: join(folder, entry.file) }));

describe.skipIf(!existsSync(folder))('the models of ../shared', () => {
  it.each(known)('$file is recognised by its hash and needs no guess', async ({ path, sha256, card }) => {
    const model = await openModel(path);
    expect(model.sha256).toBe(sha256);
    expect(model).toMatchObject({ cardOrigin: 'catalogue', guesses: [], name: card.name });
    expect(model.card.input).toEqual(card.input);
    expect(model.card.labels).toHaveLength(card.labels === 'imagenet' ? 1000 : 10);
  });

  it.each(known.filter(({ file }) => !file.startsWith('mobilenet')))(
    '$file gets the same preprocessing and labels when it is not recognised',
    async ({ path, card, sha256 }) => {
      const graph = openOnnx(path);
      const { card: inferred, origin } = await readCard({ graph, modelPath: path });
      expect(origin).toBe('inferred');
      expect(inferred.input).toEqual(card.input);
      const { card: exact } = await readCard({ graph, modelPath: path, sha256 });
      expect(inferred.labels).toEqual(exact.labels);
    },
  );
});
