import type { Model } from '../model/model.ts';
import type { MethodRequest, RunCommand } from '../protocol/method.ts';
import type { Progress, Result } from '../protocol/results.ts';
import type { Target } from '../protocol/target.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { PictureInput } from '../method/context.ts';
import type { PictureFile } from '../data/picture.ts';

/** A picture that a run is about, and the class that a person said is right. */
export interface ImageRequest {
  readonly path: string;
  readonly label?: number | undefined;
}

/** What hears of a run while it goes on. */
export interface RunHooks {
  readonly signal?: AbortSignal | undefined;
  /** `done` of `total` steps, what comes next, and what it looks like so far. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A run of methods of one command on one model: what a recipe repeats. */
export interface RunRequest extends RunHooks {
  readonly command: RunCommand;
  readonly model: Model;
  readonly runtime: Runtime;
  readonly methods: readonly MethodRequest[];
  readonly target: Target;
  /** Stages in front of the network, in order. */
  readonly defences: readonly MethodRequest[];
  readonly images: readonly ImageRequest[];
  /** Pictures by role. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly seed: number;
  /** What one program may take; batches are sized by it. */
  readonly memoryBytes: number;
}

/** The class that was explained or attacked. */
export interface ExplainedTarget {
  /** `tabby`, `tabby against tiger cat`, `channel 3 of fire9`. */
  readonly description: string;
  readonly index: number;
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}

/** What one method found about one subject. */
export interface MethodFinding {
  readonly method: MethodRequest;
  readonly results: readonly Result[];
  /** Names of the layers it used. */
  readonly layers: readonly string[];
}

/** What a run found about one subject: a picture, or the network itself. */
export interface Finding {
  /** The picture's path, or the model's name. */
  readonly subject: string;
  /** Undefined where the subject is the network. */
  readonly picture: PictureInput | undefined;
  readonly explained: ExplainedTarget | undefined;
  readonly findings: readonly MethodFinding[];
  /** NaN and infinite elements by output. */
  readonly nonFinite: ReadonlyMap<string, number>;
  /** Every picture that was read for it, main ones and references, by role; `image` is the main role. */
  readonly read: readonly {
    readonly role: string;
    readonly file: PictureFile;
    readonly label: number | undefined;
  }[];
}
