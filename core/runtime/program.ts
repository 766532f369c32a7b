import type * as ort from 'onnxruntime-node';
import { LoupeError, expected } from '../base/errors.ts';
import { formatShape, shapesEqual } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Graph, ValueType } from '../graph/ir.ts';
import type { Target } from '../passes/lower/define.ts';
import { runtimeMessage } from './ortError.ts';
import { countNonFinite, fromOrt, toOrt } from './tensors.ts';

export type Feeds = Readonly<Record<string, Tensor>>;

export interface RunResult {
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Number of NaN or infinite elements by output; outputs that are finite are not listed. */
  readonly nonFinite: ReadonlyMap<string, number>;
}

/** A compiled graph on a device. Shapes are fixed. */
export interface Program {
  readonly target: Target;
  readonly inputs: ReadonlyMap<string, ValueType>;
  readonly outputs: readonly string[];
  /** Bytes of its constants, for the cache's bound. */
  readonly byteLength: number;
  /** Runs once. Feeds that the program does not need are ignored; a missing or misshapen one is an error. */
  run(feeds: Feeds): Promise<RunResult>;
  release(): Promise<void>;
}

/** One output of a run; an error if the program has no such output. */
export function outputOf(result: RunResult, name: string): Tensor {
  const value = result.outputs.get(name);
  if (value === undefined) throw new LoupeError('internal', `The program has no output "${name}".`);
  return value;
}

export class OrtProgram implements Program {
  readonly target: Target;
  readonly inputs: ReadonlyMap<string, ValueType>;
  readonly outputs: readonly string[];
  readonly byteLength: number;
  readonly #session: ort.InferenceSession;

  constructor(session: ort.InferenceSession, graph: Graph, target: Target, byteLength: number) {
    this.#session = session;
    this.target = target;
    this.byteLength = byteLength;
    this.outputs = graph.outputs;
    this.inputs = new Map(
      graph.inputs.map(({ name, type }) => [name, graph.types.get(name) ?? { type, shape: [] }]),
    );
  }

  async run(feeds: Feeds): Promise<RunResult> {
    const given: Record<string, ort.Tensor> = {};
    for (const [name, type] of this.inputs) given[name] = toOrt(checkedFeed(name, type, feeds[name]));
    const results = await this.#run(given);
    const outputs = new Map(this.outputs.map((name) => [name, fromOrt(present(results[name], name))]));
    const counts = [...outputs].map(([name, value]): [string, number] => [name, countNonFinite(value)]);
    return { outputs, nonFinite: new Map(counts.filter(([, count]) => count > 0)) };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  async #run(feeds: Record<string, ort.Tensor>): Promise<ort.InferenceSession.ReturnType> {
    try {
      return await this.#session.run(feeds);
    } catch (error) {
      throw new LoupeError('device', `The run failed on ${this.target}: ${runtimeMessage(error)}`, {
        cause: error,
      });
    }
  }
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw new LoupeError('device', `ONNX Runtime did not return the output "${name}".`);
  return value;
}

function checkedFeed(name: string, type: ValueType, feed: Tensor | undefined): Tensor {
  if (feed !== undefined && feed.type === type.type && shapesEqual(feed.dims, type.shape)) return feed;
  throw expected('badArgument', {
    wanted: `a ${type.type} tensor of shape ${formatShape(type.shape)}`,
    for: `input "${name}"`,
    received: feed === undefined ? 'nothing' : `${feed.type} ${formatShape(feed.dims)}`,
  });
}
