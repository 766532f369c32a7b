import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  writeSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { LoupeError } from '../base/errors.ts';
import { type FileStamp, type Tensor, byteLengthOf } from '../base/tensor.ts';
import type { Graph } from '../graph/ir.ts';
import { encodeOnnx } from '../graph/onnx/encode.ts';
import { checkUnchanged, withFile } from '../graph/onnx/files.ts';
import type { Target } from '../passes/lower/define.ts';
import { constantBytes } from './memory.ts';
import { runtimeMessage } from './ortError.ts';

/** Models whose constants are smaller than this go to ONNX Runtime as one array of bytes. */
const inlineLimitBytes = 24 * 2 ** 20;

/** Constants up to this size stay in the model itself: shapes and scalars must. */
const smallConstantBytes = 4096;

export interface SessionOptions {
  readonly target: Target;
  /** Threads inside an operator; 0 lets ONNX Runtime choose (the physical cores). */
  readonly threads: number;
}

/**
 * Creates an ONNX Runtime session for a lowered, verified graph.
 *
 * Large weights are given by file range: those of the user's file are read from that file (hard
 * linked into the session's folder, since ONNX Runtime refuses paths outside the model's folder),
 * derived ones from a file of our own. ONNX Runtime maps both, so weights are not held twice.
 */
export async function createSession(graph: Graph, options: SessionOptions): Promise<ort.InferenceSession> {
  try {
    if (constantBytes(graph) < inlineLimitBytes) {
      return await ort.InferenceSession.create(encodeOnnx(graph), sessionOptions(options));
    }
    return await createFromFolder(graph, options);
  } catch (error) {
    if (error instanceof LoupeError) throw error;
    throw new LoupeError('device', `ONNX Runtime refused the program: ${runtimeMessage(error)}`, {
      cause: error,
    });
  }
}

function sessionOptions({ target, threads }: SessionOptions): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: target === 'webgpu' ? ['webgpu'] : ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    // Pre-packed copies of the weights cost memory and start-up time and gain nothing measurable;
    // spinning workers that outlive a run steal the processor from everything else.
    extra: { session: { disable_prepacking: '1', force_spinning_stop: '1' } },
  };
}

async function createFromFolder(graph: Graph, options: SessionOptions): Promise<ort.InferenceSession> {
  const folder = mkdtempSync(path.join(temporaryRoot(), 'program-'));
  try {
    const file = path.join(folder, 'program.onnx');
    const weights = new WeightFiles(folder);
    try {
      writeFileSync(file, encodeOnnx(graph, { external: (name, value) => weights.place(name, value) }));
    } finally {
      weights.close();
    }
    return await ort.InferenceSession.create(file, sessionOptions(options));
  } finally {
    // A mapped file may be unlinked where the system allows it; elsewhere it goes with the process's folder.
    rmSync(folder, { recursive: true, force: true, maxRetries: 0 });
  }
}

/** The weights of one program as files in its folder. */
class WeightFiles {
  readonly #folder: string;
  readonly #links = new Map<string, string>();
  #derived: number | undefined;
  #offset = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  place(_name: string, value: Tensor): { location: string; offset: number; byteLength: number } | undefined {
    const byteLength = byteLengthOf(value);
    if (byteLength <= smallConstantBytes) return undefined;
    if (value.file !== undefined) {
      return {
        location: this.#linked(value.file.path, value.file.stamp),
        offset: value.file.offset,
        byteLength,
      };
    }
    return this.#append(value, byteLength);
  }

  close(): void {
    if (this.#derived !== undefined) closeSync(this.#derived);
  }

  #linked(source: string, stamp: FileStamp): string {
    const known = this.#links.get(source);
    if (known !== undefined) return known;
    withFile(source, 'file of weights', (_handle, now) => {
      checkUnchanged(source, stamp, now);
    });
    const location = `weights-${this.#links.size}.bin`;
    const target = path.join(this.#folder, location);
    try {
      linkSync(source, target);
    } catch {
      // Another file system, or one without hard links.
      copyFileSync(source, target);
    }
    this.#links.set(source, location);
    return location;
  }

  #append(value: Tensor, byteLength: number): { location: string; offset: number; byteLength: number } {
    const location = 'derived.bin';
    this.#derived ??= openSync(path.join(this.#folder, location), 'w');
    const { data } = value;
    const offset = Math.ceil(this.#offset / 64) * 64;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let done = 0; done < byteLength; ) {
      done += writeSync(this.#derived, bytes, done, byteLength - done, offset + done);
    }
    this.#offset = offset + byteLength;
    return { location, offset, byteLength };
  }
}

let root: string | undefined;

/** This process's folder for programs; removed when it ends. */
function temporaryRoot(): string {
  if (root === undefined) {
    root = path.join(tmpdir(), `loupe-${process.pid}-${randomUUID().slice(0, 8)}`);
    mkdirSync(root, { recursive: true });
    const folder = root;
    process.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
  }
  return root;
}
