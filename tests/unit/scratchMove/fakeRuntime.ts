// @ts-nocheck
import * as ort from 'onnxruntime-node';
import { encode } from './moveEncode.ts';
import { lowerGraph } from '../../../core/passes/lower/lower.ts';
const target = process.env.TARGET ?? 'cpu';
ort.env.logLevel='error';
export class Runtime { async dispose() {} async compile(graph) { const s = await ort.InferenceSession.create(encode(lowerGraph(graph,target)), {executionProviders:[target]}); return { run: async () => { const r = await s.run({}); return new Map(Object.entries(r).map(([k, v]) => [k, { type: v.type, dims: [...v.dims], data: v.data }])); } }; } }
export const outputOf = (r, n) => r.get(n);
