import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { rolldown } from 'rolldown';
import type { Target } from '../../../core/passes/lower/define.ts';
import type { Answer, Question } from './child.ts';
import type { Errors } from './compare.ts';

/** Software Vulkan, as Debian's chromium package brings it. */
export const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** What became of one case: its errors, or why there are none. */
export type Outcome = Errors | string;

const answerLimitMs = 90_000;

/**
 * Runs cases on WebGPU in a child process: a provider that ends the process ends only the child. A
 * batch that fails is halved until the case that failed stands alone.
 */
export class WebgpuChild {
  readonly #bundle: string;
  #child: ChildProcess | undefined;

  private constructor(bundle: string) {
    this.#bundle = bundle;
  }

  /** Node runs no TypeScript by itself, so the child's program is bundled first. */
  static async create(): Promise<WebgpuChild> {
    const file = path.resolve('node_modules/.cache/loupe/webgpuChild.mjs');
    const build = await rolldown({
      input: path.join(import.meta.dirname, 'child.ts'),
      platform: 'node',
      external: ['onnxruntime-node'],
    });
    await build.write({ file, format: 'esm' });
    await build.close();
    return new WebgpuChild(file);
  }

  async run(keys: readonly string[], lowering: Target = 'webgpu'): Promise<Map<string, Outcome>> {
    const answer = await this.#ask({ keys, lowering });
    if ('errors' in answer) return new Map(Object.entries(answer.errors));
    if (keys.length <= 1) return new Map(keys.map((key) => [key, answer.failure]));
    const middle = keys.length >> 1;
    const first = await this.run(keys.slice(0, middle), lowering);
    return new Map([...first, ...(await this.run(keys.slice(middle), lowering))]);
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #ask(question: Question): Promise<Answer> {
    const child = (this.#child ??= this.#start());
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => finish({ failure: `no answer within ${answerLimitMs / 1000} s` }, true),
        answerLimitMs,
      );
      const finish = (answer: Answer, gone: boolean): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        if (gone) this.close();
        resolve(answer);
      };
      const onMessage = (answer: Answer): void => finish(answer, false);
      const onExit = (code: number | null, signal: string | null): void =>
        finish({ failure: `the process ended with ${signal ?? `code ${code}`}` }, true);
      child.on('message', onMessage).on('exit', onExit);
      child.send(question);
    });
  }

  #start(): ChildProcess {
    const env = { ...process.env, VK_ICD_FILENAMES: swiftShader };
    return fork(this.#bundle, {
      env,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }
}
