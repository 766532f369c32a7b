import { messageOf } from '../base/errors.ts';
import { type Tensor, floatsOf } from '../base/tensor.ts';
import type { ValueType } from '../graph/ir.ts';
import type { Target } from '../passes/lower/define.ts';
import { type Feeds, type Program, type RunResult, outputOf } from './program.ts';

/**
 * Relative L2 error above which a device is called wrong. Two right implementations of a deep ReLU
 * network differ by up to 3e-2 (kinks flip on 1e-6 differences); the known faults are 0.2 and more.
 */
const tolerance = 0.1;

/**
 * A program on WebGPU whose first run is repeated on the CPU and compared, because the provider is
 * known to be silently wrong on some shapes. After a mismatch or a failed run the CPU's program is used.
 */
export class CheckedProgram implements Program {
  readonly inputs: ReadonlyMap<string, ValueType>;
  readonly outputs: readonly string[];
  readonly #compileReference: () => Promise<Program>;
  readonly #onFallback: (reason: string) => void;
  #program: Program;
  /** The first run; later ones wait for what it finds. */
  #first: Promise<RunResult> | undefined;
  #checked = false;

  constructor(
    program: Program,
    compileReference: () => Promise<Program>,
    onFallback: (reason: string) => void,
  ) {
    this.#program = program;
    this.#compileReference = compileReference;
    this.#onFallback = onFallback;
    this.inputs = program.inputs;
    this.outputs = program.outputs;
  }

  get target(): Target {
    return this.#program.target;
  }

  get byteLength(): number {
    return this.#program.byteLength;
  }

  async run(feeds: Feeds): Promise<RunResult> {
    while (!this.#checked) {
      if (this.#first === undefined) return this.#startFirst(feeds);
      await this.#first.catch(() => undefined);
    }
    return this.#program.run(feeds);
  }

  async release(): Promise<void> {
    await this.#program.release();
  }

  /** A first run that fails (a wrong feed) decides nothing: the next one is the first again. */
  async #startFirst(feeds: Feeds): Promise<RunResult> {
    this.#first = this.#firstRun(feeds);
    try {
      return await this.#first;
    } finally {
      this.#first = undefined;
    }
  }

  async #firstRun(feeds: Feeds): Promise<RunResult> {
    const reference = await this.#compileReference();
    let wanted: RunResult;
    try {
      wanted = await reference.run(feeds);
    } catch (error) {
      await reference.release();
      throw error;
    }
    const { result, fault } = await this.#attempt(feeds, wanted);
    this.#checked = true;
    if (result !== undefined && fault === undefined) {
      await reference.release();
      return result;
    }
    this.#onFallback(fault ?? 'WebGPU returned nothing');
    await this.#program.release();
    this.#program = reference;
    return wanted;
  }

  async #attempt(feeds: Feeds, wanted: RunResult): Promise<{ result?: RunResult; fault?: string }> {
    try {
      const result = await this.#program.run(feeds);
      for (const name of this.outputs) {
        const error = relativeError(outputOf(result, name), outputOf(wanted, name));
        if (!(error <= tolerance)) {
          return {
            result,
            fault: `WebGPU differs from the CPU by ${error.toPrecision(2)} (relative) in "${name}"`,
          };
        }
      }
      return { result };
    } catch (error) {
      return { fault: messageOf(error) };
    }
  }
}

/** ‖a − b‖₂ / ‖b‖₂ over the elements where b is finite; outputs that are not floats count as equal. */
function relativeError(a: Tensor, b: Tensor): number {
  if (a.type !== 'float32' || b.type !== 'float32') return 0;
  const [left, right] = [floatsOf(a), floatsOf(b)];
  let [difference, norm] = [0, 0];
  right.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    difference += ((left[index] ?? Number.NaN) - value) ** 2;
    norm += value ** 2;
  });
  return norm === 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
}
