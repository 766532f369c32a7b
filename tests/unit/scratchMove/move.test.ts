// @ts-nocheck
import * as ort from 'onnxruntime-node';
import { expect, it, describe } from 'vitest';
import { encode } from './moveEncode.ts';
import { operators, newBuilder } from '../../../core/ops/registry.ts';
import { backward } from '../../../core/autodiff/backward.ts';
import { lowerGraph } from '../../../core/passes/lower/lower.ts';
import { placeSample } from '../../conformance/samples.ts';
import { seededRandom, normals } from '../../../core/base/random.ts';
import { float32, numbersOf } from '../../../core/base/tensor.ts';
import { sizeOf } from '../../../core/base/shape.ts';

const mine = 'Concat Split Slice Pad Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Where DepthToSpace SpaceToDepth Dropout Cast CastLike Shape Size ConstantOfShape Range OneHot NonZero EyeLike Trilu Gather GatherElements GatherND ScatterElements ScatterND GridSample Identity Resize loupe.ResizeGrad'.split(' ');
ort.env.logLevel = 'error';
const target = process.env.TARGET ?? 'cpu';
const toOrt = (t) => new ort.Tensor(t.type, t.data, t.dims);
async function session(graph) {
  const s = await ort.InferenceSession.create(encode(lowerGraph(graph, target)), { logSeverityLevel: 3, executionProviders: [target] });
  return async (feeds) => {
    const r = await s.run(Object.fromEntries(graph.inputs.filter((i)=>s.inputNames.includes(i.name)).map((i) => [i.name, toOrt(feeds[i.name])])));
    return r;
  };
}
function gradGraph(graph, floats, inputs) {
  const b = newBuilder(graph);
  const cts = floats.map((n) => b.input('ct/' + n, { type: 'float32', shape: graph.types.get(n).shape }));
  // scalar sum ct*y via separate backward calls added
  let total;
  floats.forEach((n, i) => {
    const g = backward(b, { of: n, cotangent: cts[i], wrt: inputs });
    total = total ? total.map((t, k) => b.add('Add', [t, g[k]])) : g;
  });
  const outs = total.map((t, k) => { const o = b.add('Identity', [t], {}, { name: 'g/' + inputs[k] }); return o; });
  return { graph: b.build(outs), cts, outs };
}
async function fd(graph, outputs, wrt, feeds) {
  const g = gradGraph(graph, outputs, wrt);
  const f = await session(graph), gf = await session(g.graph);
  const random = seededRandom(5);
  const ctv = Object.fromEntries(g.cts.map((c) => { const d = g.graph.types.get(c).shape; return [c, float32(normals(random, sizeOf(d)), d)]; }));
  const gr = await gf({ ...feeds, ...ctv });
  const value = async (fe) => { const r = await f(fe); let s = 0; outputs.forEach((o, i) => { const c = ctv[g.cts[i]].data; r[o].data.forEach((v, k) => s += v * c[k]); }); return s; };
  const bad = [];
  for (const [k, name] of wrt.entries()) for (let trial = 0; trial < 3; trial++) {
    const d = normals(random, feeds[name].data.length); const h = 1e-3;
    const move = (s) => ({ ...feeds, [name]: float32(feeds[name].data.map((v, i) => v + s * h * d[i]), feeds[name].dims) });
    const a = await value(move(1)), c = await value(move(-1));
    const num = (a - c) / 2 / h; let prod = 0, norm = 0; gr[g.outs[k]].data.forEach((v, i) => { prod += v * d[i]; norm += Math.abs(v * d[i]); });
    if (Math.abs(num - prod) > 1e-3 * Math.max(1, norm)) bad.push(`${name}: num ${num} rule ${prod}`);
  }
  return { bad, g, ctv };
}
describe.each(mine)('%s', (key) => {
  const def = operators.get(key);
  for (const sample of def.samples) it(sample.title, async () => {
    const b = newBuilder();
    const p = placeSample(b, def, sample);
    const graph = b.build(p.outputs);
    const r = await (await session(graph))(p.feeds);
    p.outputs.forEach((o, i) => {
      const ty = graph.types.get(o);
      expect([...r[o].dims]).toEqual([...ty.shape]); expect(r[o].type).toBe(ty.type);
    });
    const node = graph.nodes[0];
    const types = node.inputs.map((n) => n === '' ? undefined : graph.types.get(n));
    const ev = def.evaluateFromTypes?.(types, node) ?? def.evaluate?.(node.inputs.map((n) => graph.constants.get(n) ?? p.feeds[n]), node, node.outputs.map((n) => graph.types.get(n)));
    ev?.forEach((t, i) => { expect(numbersOf(t).map(Math.fround)).toEqual(Array.from(r[p.outputs[i]].data, Number)); expect([...t.dims]).toEqual([...r[p.outputs[i]].dims]); });
    if (typeof def.vjp !== 'function' || p.inputs.length === 0 || p.floats.length === 0) return;
    const one = await fd(graph, p.floats, p.inputs, p.feeds);
    expect(one.bad).toEqual([]);
    const two = await fd(one.g.graph, one.g.outs, [...p.inputs, ...one.g.cts], { ...p.feeds, ...one.ctv });
    expect(two.bad).toEqual([]);
  });
});
