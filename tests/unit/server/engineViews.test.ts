import { beforeAll, describe, expect, it } from 'vitest';
import { float32, tensor } from '../../../core/base/tensor.ts';
import { bundledModel } from '../../../core/engine/bundled.ts';
import { commandLine } from '../../../core/engine/process/commandLine.ts';
import { progressReporter } from '../../../core/engine/process/progress.ts';
import { graphView } from '../../../core/engine/views/graphView.ts';
import { arrayView, viewOf } from '../../../core/engine/views/resultView.ts';
import { KeptBlobs, blobOf } from '../../../core/engine/views/blobs.ts';
import { type Model, networkOf, openModel } from '../../../core/model/model.ts';
import { listLayers } from '../../../core/model/layers.ts';
import type { JobProgress } from '../../../core/protocol/jobs.ts';
import { resultViewSchema } from '../../../core/protocol/resultView.ts';
import { graphViewSchema } from '../../../core/protocol/workbench.ts';
import type { Recipe } from '../../../core/protocol/recipe.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel(bundledModel('shapes').model);
});

describe('a graph to draw', () => {
  it('has every operator once, edges between known nodes, and every layer', () => {
    const view = graphViewSchema.parse(graphView(model));
    const { graph } = networkOf(model);
    expect(view.nodes).toHaveLength(graph.nodes.length + 2);
    const ids = new Set(view.nodes.map(({ id }) => id));
    expect(ids.size).toBe(view.nodes.length);
    expect(view.edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
    // All but the input are reached by an edge, and all but the output left by one.
    expect(new Set(view.edges.map(({ to }) => to)).size).toBe(ids.size - 1);
    expect(new Set(view.edges.map(({ from }) => from)).size).toBe(ids.size - 1);
    const layers = view.nodes.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
    expect(layers).toEqual(listLayers(networkOf(model)).map(({ name }) => name));
  });

  it('groups nodes by their names, each in the innermost group', () => {
    const { groups, nodes } = graphView(model);
    expect(groups.find(({ id }) => id === 'residual1/first')).toMatchObject({
      parent: 'residual1',
      title: 'first',
    });
    const grouped = groups.flatMap(({ nodes: inside }) => inside);
    expect(grouped.sort()).toEqual(
      nodes.flatMap(({ id, group }) => (group === undefined ? [] : [id])).sort(),
    );
  });
});

const recipe = (changed: Partial<Recipe>): Recipe => ({
  schema: 'loupe-recipe/2',
  command: 'explain',
  versions: { loupe: '1', onnxruntime: '1', node: 'v20', platform: 'linux-x64' },
  device: 'cpu',
  fallbacks: [],
  threads: 0,
  seed: 0,
  memoryBytes: 2 ** 30,
  model: { path: 'm.onnx', sha256: '0'.repeat(64) },
  card: {},
  guesses: [],
  images: [{ path: 'a dog’s.png', sha256: '1'.repeat(64) }],
  references: {},
  target: { kind: 'class', class: 'top', of: 'logit' },
  defences: [],
  methods: [{ id: 'gradCam', params: { layer: 'auto' } }],
  results: [],
  ...changed,
});
const lineOf = (changed: Partial<Recipe>): string | undefined =>
  commandLine(recipe(changed), 'r.json').command;

describe('the command line of a recipe', () => {
  it('leaves out what is usual and quotes what a shell would take apart', () => {
    expect(commandLine(recipe({}), 'my run/recipe.json')).toEqual({
      run: "loupe run 'my run/recipe.json'",
      command: "loupe explain m.onnx 'a dog’s.png' --method gradCam",
    });
    expect(lineOf({ images: [{ path: "it's.png", sha256: '1'.repeat(64) }] })).toContain(
      String.raw`'it'\''s.png'`,
    );
  });

  it('names parameters, target, defences, seed, memory and device', () => {
    const line = lineOf({
      methods: [{ id: 'gradCam', params: { layer: 'stem' } }],
      target: { kind: 'difference', class: 3, against: 4 },
      defences: [{ id: 'jpeg', params: { quality: 30 } }],
      seed: 7,
      memoryBytes: 2 ** 29,
      device: 'webgpu',
      references: { style: [{ path: 's.png', sha256: '2'.repeat(64) }] },
    });
    for (const part of [
      '--layer stem',
      "--target '3 vs 4'",
      '--defence=jpeg:quality=30',
      '--seed 7',
      '--memory 512',
      '--device webgpu',
      '--style s.png',
    ])
      expect(line).toContain(part);
  });

  it('is missing where one line cannot say it', () => {
    const methods = [
      { id: 'gradCam', params: { layer: 'stem' } },
      { id: 'layerCam', params: { layer: 'reduce1' } },
    ];
    expect(lineOf({ methods })).toBeUndefined();
    expect(lineOf({ target: { kind: 'direction', layer: 'stem', vector: [1] } })).toBeUndefined();
    const labelled = [1, 2].map((label) => ({ path: `${label}.png`, sha256: '1'.repeat(64), label }));
    expect(lineOf({ images: labelled })).toBeUndefined();
    expect(lineOf({ images: labelled.slice(0, 1) })).toContain('--label 1');
  });
});

describe('the view of a result', () => {
  it('has null for what is no number, and counts it', () => {
    const values = float32([1, Number.NaN, -2, Number.POSITIVE_INFINITY], [2, 2]);
    expect(arrayView(blobOf('a.npy', new Uint8Array(3)), values)).toMatchObject({
      min: -2,
      max: 1,
      nonFinite: 2,
      dims: [2, 2],
      mediaType: 'application/x-npy',
    });
  });

  it('passes the page’s schema for every type', async () => {
    const image = tensor('float32', new Float32Array(12).fill(0.5), [3, 2, 2]);
    const base = { name: 'x', title: 'X' };
    const map = tensor('float32', new Float32Array(4), [2, 2]);
    const results = [
      { ...base, type: 'heatmap', attribution: image, map, signed: true, reading: '' },
      { ...base, type: 'image', image, facts: [{ label: 'a', value: Number.NaN }] },
      { ...base, type: 'imageGrid', cells: [{ image, caption: ['c'] }] },
      {
        ...base,
        type: 'curve',
        x: { label: 'x', values: [1] },
        y: { label: 'y' },
        series: [{ label: 's', y: [Number.NaN] }],
      },
      { ...base, type: 'table', columns: [{ title: 't' }], rows: [[1, 'a']] },
      { ...base, type: 'model', bytes: new Uint8Array(2) },
    ] as const;
    for (const result of results) {
      const blobs = new KeptBlobs();
      const view = resultViewSchema.parse(await viewOf(result, 'method', 'stem', blobs));
      expect(view.type).toBe(result.type);
      const named = new Set(
        [...JSON.stringify(view).matchAll(/"url":"blob\/([0-9a-f]{64})"/g)].map(([, hash]) => hash),
      );
      const kept = [...blobs.contents].map(([name, content]) => blobOf(name, content).sha256);
      expect(new Set(kept)).toEqual(named);
    }
  });
});

describe('progress', () => {
  it('is told ten times a second at most, with files by their names only', () => {
    const told: JobProgress[] = [];
    const report = progressReporter('m', ['/work/place/dog.png'], {
      onProgress: (progress) => told.push(progress),
    });
    for (let done = 0; done < 1000; done++) report({ done, total: 1000, what: '/work/place/dog.png: masks' });
    expect(told.length).toBeLessThan(5);
    expect(told[0]).toEqual({ done: 0, total: 1000, what: 'dog.png: masks' });
  });
});
