import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openOnnx } from '../../core/graph/onnx/open.ts';
import { saveOnnx } from '../../core/graph/onnx/save.ts';
import { fixturePath } from '../unit/onnxFixtures.ts';
import { loupe, removeFolders, root, samples, shapes, temporaryFolder } from './loupe.ts';

afterAll(removeFolders);

const folder = temporaryFolder();
const picture = samples[0] ?? '';
const modelBytes = readFileSync(join(root, shapes));

/** Writes a file that the test needs and returns its path. */
function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A copy of the bundled model with a card beside it that says `changes`. */
function modelWithCard(name: string, changes: Record<string, unknown>): string {
  const card = readFileSync(join(root, shapes.replace('.onnx', '.card.json')), 'utf8');
  file(`${name}.card.json`, JSON.stringify({ ...(JSON.parse(card) as object), ...changes }));
  return file(`${name}.onnx`, modelBytes);
}

/** A copy of the bundled model in which another operator stands for ReLU. */
function modelWithOperator(opType: string): string {
  const path = modelWithCard(opType, {});
  const graph = openOnnx(join(root, shapes));
  const nodes = graph.nodes.map((node) => (node.opType === 'Relu' ? { ...node, opType } : node));
  saveOnnx({ ...graph, nodes }, path);
  return path;
}

/** The first 57 bytes of a PNG picture: it declares its size, and holds no pixels. */
function declaredPng(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(17);
  header.write('IHDR', 'latin1');
  header.writeUInt32BE(width, 4);
  header.writeUInt32BE(height, 8);
  header.set([8, 2, 0, 0, 0], 12);
  const chunk = (body: Buffer): Buffer[] => {
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length - 4);
    checksum.writeUInt32BE(crc32(body));
    return [length, body, checksum];
  };
  const pixels = Buffer.from('IDAT\x78\x9c\x03\x00\x00\x00\x00\x01', 'latin1');
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunk(header), ...chunk(pixels)]);
}

interface Case {
  readonly what: string;
  readonly model?: () => string;
  readonly image?: () => string;
  readonly flags?: readonly string[];
  /** Parts that the sentence must have. */
  readonly says: readonly (string | RegExp)[];
}

const cases: readonly Case[] = [
  {
    what: 'a class index out of range',
    flags: ['--target', '8'],
    says: ['class index from 0 to 7', 'received 8'],
  },
  {
    what: 'a negative class index',
    flags: ['--target=-1'],
    says: ['class index from 0 to 7', 'received -1'],
  },
  { what: 'a typo in a label', flags: ['--target', 'haert'], says: ['There is no class "haert"', '"heart"'] },
  {
    what: 'a label that fits several classes',
    flags: ['--target', 're'],
    says: [/"re" fits \d classes/, 'square', 'Give the index'],
  },
  { what: 'a typo in a method', flags: ['--method', 'gradcm'], says: ['"gradcm"', '"gradCam"'] },
  {
    what: 'a typo in a layer',
    flags: ['--method', 'gradCam', '--layer', 'fetures/features.2/Relu'],
    says: ['There is no layer "fetures/features.2/Relu"', '"features/features.2/Relu"'],
  },
  {
    what: 'a flag that the method does not have',
    flags: ['--method', 'cam', '--layer', 'x'],
    says: ['--layer'],
  },
  {
    what: 'a picture that is none',
    image: () => file('text.png', 'hello, world'),
    says: ['text.png', 'hello'],
  },
  { what: 'a picture that is missing', image: () => join(folder, 'nothing.png'), says: ['no picture at'] },
  {
    what: 'a folder without pictures',
    image: () => temporaryFolder(),
    says: ['Expected pictures in the folder'],
  },
  {
    what: 'a picture that is cut off',
    image: () => file('cut.png', readFileSync(join(root, picture)).subarray(0, 5000)),
    says: ['cut.png is damaged'],
  },
  {
    what: 'a picture that declares a huge size',
    image: () => file('huge.png', declaredPng(60_000, 60_000)),
    says: ['60000x60000', '100 million'],
  },
  {
    what: 'a text as the model',
    model: () => file('text.onnx', 'def f(): pass'),
    says: ['text.onnx', 'def f(): pass'],
  },
  {
    what: 'a picture as the model',
    model: () => join(root, picture),
    says: ['not an ONNX model but begins like a PNG picture'],
  },
  { what: 'an empty model', model: () => file('empty.onnx', ''), says: ['empty.onnx', 'empty'] },
  {
    what: 'a model that is cut off',
    model: () => file('cut.onnx', modelBytes.subarray(0, modelBytes.length >> 1)),
    says: ['cut.onnx', 'truncated'],
  },
  {
    what: 'a model that is missing',
    model: () => 'models/bundled/shapes/shape.onnx',
    says: ['"shapes.onnx"'],
  },
  {
    what: 'a model whose weights lie in a missing file',
    model: () => {
      const path = join(folder, 'external.onnx');
      copyFileSync(fixturePath('external.onnx'), path);
      return path;
    },
    says: ['external.onnx.data'],
  },
  {
    what: 'a model with an unknown operator',
    model: () => modelWithOperator('Rleu'),
    says: ['Rleu.onnx cannot be used: the Rleu node "', 'does not know'],
  },
  {
    what: 'a model with a quantised operator',
    model: () => modelWithOperator('QLinearConv'),
    says: ['QLinearConv.onnx cannot be used: it is a quantised model', 'Export the float model'],
  },
  {
    what: 'a typo in a part of a layer',
    flags: ['--method', 'gradCam', '--layer', 'fetures.2'],
    says: ['There is no layer "fetures.2"', 'Did you mean "features.2"'],
  },
  {
    what: 'a card of too few labels',
    model: () => modelWithCard('labels', { labels: ['disc', 'square'] }),
    says: ['has 2 labels, but the network has 8 classes'],
  },
  {
    what: 'a card with logits that the graph lacks',
    model: () => modelWithCard('logits', { logits: 'logit' }),
    says: ['names the logits "logit"', '"logits"'],
  },
  {
    what: 'a card of a size that the graph does not take',
    model: () => modelWithCard('size', { input: { width: 64, height: 64 } }),
    says: ['says input.width 64', '96'],
  },
  {
    what: 'a card with a misspelt field',
    model: () => modelWithCard('field', { lables: [] }),
    says: ['field.card.json', 'lables'],
  },
  {
    what: 'a card that is no JSON',
    model: () => (file('json.card.json', '{'), file('json.onnx', modelBytes)),
    says: ['JSON'],
  },
];

describe('loupe explain answers in one sentence, without a stack, and writes nothing, when it is given', () => {
  it.concurrent.each(cases)('$what', async ({ what, model, image, flags, says }) => {
    const out = join(folder, what.replaceAll(' ', '-'));
    const args = ['explain', model?.() ?? shapes, image?.() ?? picture, ...(flags ?? []), '--out', out];
    const { code, out: printed, err } = await loupe(args);
    const lines = err.trimEnd().split('\n');
    expect(lines, err).toHaveLength(1);
    expect(err).toMatch(/^loupe: /);
    for (const part of says) {
      if (part instanceof RegExp) expect(err).toMatch(part);
      else expect(err).toContain(part);
    }
    expect(err).not.toMatch(/bug in Loupe|\bat .*:\d+:\d+/);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(existsSync(out)).toBe(false);
  });
});

describe('an unknown output folder', () => {
  it('is refused when it is a file', async () => {
    const out = file('taken', 'mine');
    const { code, err } = await loupe(['explain', shapes, picture, '--out', out]);
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });
});
