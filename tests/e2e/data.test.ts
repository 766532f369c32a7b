import { afterAll, describe, expect, it } from 'vitest';
import { dataSources } from '../../core/data/sets/registry.ts';
import { filesIn, loupe, loupeOk, removeFolders, temporaryFolder } from './loupe.ts';

afterAll(removeFolders);

describe('loupe data', () => {
  it('lists every data set', async () => {
    const { out } = await loupeOk('data');
    for (const { id, title } of dataSources.values())
      expect(out).toMatch(new RegExp(`^${id} +${title}\\.`, 'm'));
  });

  it('describes one with its parts and parameters', async () => {
    const { out } = await loupeOk('data', 'shapes');
    expect(out).toContain('made, not read');
    expect(out).toMatch(/^ {2}cueInTest +none \| random \| same/m);
  });

  it.each([
    ['an unknown set', ['data', 'mnits'], 'There is no data set "mnits". Did you mean "mnist"?'],
    ['no set to download', ['data', '--to', 'somewhere'], 'Say which data set is to be downloaded'],
    [
      'a set that is made',
      ['data', 'shapes', '--to', 'somewhere'],
      'There is nothing to download for Shapes.',
    ],
  ])('answers %s in one sentence', async (_, args, sentence) => {
    const folder = temporaryFolder();
    const { code, err } = await loupe(args, { folder });
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(filesIn(folder)).toEqual([]);
  });
});
