import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Tensor, float32 } from '../../../core/base/tensor.ts';
import { type Dim, type Graph, type Node, int } from '../../../core/graph/ir.ts';
import { parseCard } from '../../../core/model/card.ts';
import { readCard } from '../../../core/model/readCard.ts';

let folder = '';
let modelPath = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-card-'));
  modelPath = join(folder, 'net.onnx');
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Sketch {
  readonly dims?: readonly Dim[];
  readonly classes?: number;
  /** Nodes before the classifier, each [opType, constant]. */
  readonly first?: readonly (readonly [string, Tensor])[];
  readonly softmax?: boolean;
}

/** input → first… → Flatten → Gemm (→ Softmax), untyped as a file is read. */
function graphOf({ dims = ['N', 3, 224, 224], classes = 1000, first = [], softmax = false }: Sketch): Graph {
  const constants = new Map<string, Tensor>([['w', float32(new Float32Array(classes * 2), [classes, 2])]]);
  const nodes: Node[] = [];
  let value = 'input';
  const add = (
    opType: string,
    inputs: string[],
    output: string,
    attributes: Node['attributes'] = {},
  ): void => {
    nodes.push({
      name: output,
      opType,
      domain: '',
      inputs: [value, ...inputs],
      outputs: [output],
      attributes,
    });
    value = output;
  };
  first.forEach(([opType, constant], index) => {
    constants.set(`c${index}`, constant);
    add(opType, [`c${index}`], `${opType}_${index}`);
  });
  add('Flatten', [], 'flat');
  add('Gemm', ['w'], 'scores', { transB: int(1) });
  if (softmax) add('Softmax', [], 'probabilities');
  const inputs = [{ name: 'input', type: 'float32', dims } as const];
  return { name: 'g', inputs, outputs: [value], nodes, constants, types: new Map(), metadata: {} };
}

const read = (sketch: Sketch, sha256 = '') => readCard({ graph: graphOf(sketch), modelPath, sha256 });
const writeCard = (card: unknown, name = 'net.card.json'): void =>
  writeFileSync(join(folder, name), JSON.stringify(card));

describe('inferring a card', () => {
  it('supposes PyTorch’s preprocessing for photographs, and says each guess', async () => {
    const { card, guesses, origin } = await read({ softmax: true });
    expect(origin).toBe('inferred');
    expect(card).toMatchObject({ name: 'net', logits: 'scores' });
    expect(card.input).toEqual({
      width: 224,
      height: 224,
      channels: 3,
      layout: 'NCHW',
      colourOrder: 'RGB',
      resize: { mode: 'shorterSide', size: 256 },
      range: [0, 1],
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
    expect(card.labels).toHaveLength(1000);
    expect(card.labels[17]).toBe('class 17');
    const fields = guesses.map(({ field }) => field).sort();
    expect(fields).toEqual(
      ['input.colourOrder', 'input.mean', 'input.range', 'input.resize', 'input.std', 'labels'].sort(),
    );
    expect(guesses.every(({ reason }) => reason.length > 5)).toBe(true);
  });

  it('takes digits for 10 classes of 28x28 grey pixels', async () => {
    const { card } = await read({ dims: ['N', 1, 28, 28], classes: 10 });
    expect(card.labels).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(card.input).toMatchObject({
      channels: 1,
      colourOrder: 'grey',
      mean: [0],
      std: [1],
      range: [0, 1],
    });
    expect(card.input.resize).toEqual({ mode: 'shorterSide', size: 28 });
  });

  it('takes CIFAR-10’s classes for 10 classes of 32x32 colours', async () => {
    const { card } = await read({ dims: ['N', 3, 32, 32], classes: 10 });
    expect(card.labels[5]).toBe('dog');
  });

  it('adds no second normalisation to a file that begins with one for bytes', async () => {
    const mean = float32([123.7, 116.3, 103.5], [1, 3, 1, 1]);
    const std = float32([58.4, 57.1, 57.4], [1, 3, 1, 1]);
    const { card, guesses } = await read({
      first: [
        ['Sub', mean],
        ['Div', std],
      ],
    });
    expect(card.input).toMatchObject({ range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1] });
    expect(guesses.find(({ field }) => field === 'input.range')?.reason).toContain('Sub, Div');
  });

  it('leaves [0, 1] to a file that begins with a normalisation of that range', async () => {
    const mean = float32([0.5], []);
    const { card } = await read({ first: [['Sub', mean]] });
    expect(card.input).toMatchObject({ range: [0, 1], mean: [0, 0, 0] });
  });
});

describe('inferring sizes and labels', () => {
  it('fills in a size that the file leaves open, and recognises colours in the last axis', async () => {
    const open = await read({ dims: ['N', 3, 'h', 'w'] });
    expect(open.card.input).toMatchObject({ width: 224, height: 224 });
    expect(open.guesses.map(({ field }) => field)).toContain('input.height');
    const last = await read({ dims: ['N', 192, 160, 3] });
    expect(last.card.input).toMatchObject({
      layout: 'NHWC',
      height: 192,
      width: 160,
      resize: { mode: 'stretch' },
    });
  });

  it('reads the labels that lie beside the model, if their number fits', async () => {
    writeFileSync(join(folder, 'labels.txt'), 'cat\ndog\n');
    expect((await read({ classes: 2 })).card.labels).toEqual(['cat', 'dog']);
    expect((await read({ classes: 3 })).card.labels).toEqual(['class 0', 'class 1', 'class 2']);
    const list = Array.from({ length: 1000 }, (_, index) => ({
      index: 999 - index,
      name: `thing ${index}, item`,
    }));
    writeFileSync(join(folder, 'imagenet_classes.json'), JSON.stringify(list));
    expect((await read({})).card.labels[999]).toBe('thing 0');
  });

  it('refuses inputs that are no pictures', async () => {
    await expect(read({ dims: ['N', 16] })).rejects.toThrow('input of shape Nx16');
    await expect(read({ dims: ['N', 7, 32, 32] })).rejects.toThrow('Expected 1 or 3 channels');
  });
});

describe('known files', () => {
  it('are recognised by their hash, wherever they lie', async () => {
    const sha256 = 'd2295cabfca9bdd7a9694af2dad45a2af8c1159a6d71201bdc2c2a1c20db4125';
    const graph = { ...graphOf({}), nodes: graphOf({}).nodes.map(renamedLogits), outputs: ['logits'] };
    const { card, origin, guesses } = await readCard({ graph, modelPath, sha256 });
    expect(origin).toBe('catalogue');
    expect(card.input).toMatchObject({ range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] });
    // The names of ImageNet's classes are not ours to ship.
    expect(guesses.map(({ field }) => field)).toEqual(['labels']);
  });
});

const renamedLogits = (node: Node): Node =>
  node.outputs[0] === 'scores' ? { ...node, outputs: ['logits'] } : node;

describe('a card file', () => {
  it('beside the model overrides what would be guessed, and only that', async () => {
    writeCard({
      name: 'Mine',
      input: { range: [-1, 1], colourOrder: 'BGR' },
      labels: ['a', 'b'],
      licence: 'MIT',
    });
    const { card, origin, guesses } = await read({ classes: 2 });
    expect(origin).toBe(join(folder, 'net.card.json'));
    expect(card).toMatchObject({ name: 'Mine', labels: ['a', 'b'], licence: 'MIT' });
    // Whoever gives another range and no mean means none.
    expect(card.input).toMatchObject({ range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1], colourOrder: 'BGR' });
    expect(guesses.map(({ field }) => field)).toEqual(['input.resize']);
  });

  it('may be called model.card.json and name a file of labels', async () => {
    writeFileSync(join(folder, 'my.txt'), 'cat\r\ndog');
    writeCard({ labels: 'my.txt' }, 'model.card.json');
    expect((await read({ classes: 2 })).card.labels).toEqual(['cat', 'dog']);
  });

  it.each([
    [{ input: { channels: 1 } }, 'says input.channels 1, but the graph’s input has 3'],
    [{ input: { width: 299 } }, 'says input.width 299, but the graph’s input has 224'],
    [{ labels: ['a', 'b'] }, 'has 2 labels, but the network has 1000 classes'],
    [
      { logits: 'scroes' },
      'names the logits "scroes", but the graph has no such value. Did you mean "scores"?',
    ],
    [{ input: { mean: [0, 0] } }, 'gives 2 numbers in input.mean for 3 channels'],
    [{ input: { colourOrder: 'grey' } }, 'says colour order grey for 3 channels'],
    [{ input: { resize: { mode: 'shorterSide', size: 100 } } }, 'resizes the shorter side to 100'],
    [{ input: { widht: 3 } }, 'has an unknown entry "input.widht". Did you mean "width"?'],
    [{ lables: [] }, 'has an unknown entry "lables". Did you mean "labels"?'],
    [{ input: { range: [1, 0] } }, 'is not valid at "input.range": the first number must be the smaller one'],
    [{ input: { std: [0, 1, 1] } }, 'is not valid at "input.std.0"'],
    [{ labels: 'none.txt' }, 'There is no file of labels at'],
  ])('%j is refused with a sentence', async (content, sentence) => {
    writeCard(content);
    await expect(read({})).rejects.toThrow(sentence.replaceAll('’', "'"));
  });

  it('that is no JSON is named', () => {
    expect(() => parseCard('{', 'x.card.json')).toThrow('The model card x.card.json is not JSON');
  });
});
