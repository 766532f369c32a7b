import type { ErrorCode } from '../../base/errors.ts';
import type {
  CommandLine,
  JobInfo,
  JobProgress,
  JobRequest,
  RunDifference,
  RunInfo,
} from '../../protocol/jobs.ts';
import type { Blob } from '../../protocol/blob.ts';
import type { Recipe } from '../../protocol/recipe.ts';
import type { PictureBlob, SubjectView } from '../../protocol/resultView.ts';
import type { GraphView, LayerInfo, ModelInfo, Prediction, SessionInfo } from '../../protocol/workbench.ts';

/* What crosses between the server and the engine process, by Node's IPC with structured clone. */

/** A model that was opened before; a file that has changed since is refused. */
export interface ModelReference {
  readonly path: string;
  readonly sha256: string;
}

export interface DrawnPicture {
  readonly blob: PictureBlob;
  readonly content: Uint8Array;
}

export interface ReadPicture {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly notes: readonly string[];
  readonly picture: DrawnPicture;
  readonly thumbnail: DrawnPicture;
}

/** A job's request with files instead of identities. */
export interface EngineRun
  extends Pick<JobRequest, 'command' | 'methods' | 'target' | 'defences' | 'seed' | 'memoryBytes'> {
  readonly model: ModelReference;
  readonly images: readonly { readonly path: string; readonly label?: number | undefined }[];
  readonly references: Readonly<Record<string, readonly string[]>>;
  /** An existing empty folder for everything that the run writes. */
  readonly folder: string;
}

/** A run that lies complete in its folder, with `run.json` beside the recipe. */
export interface FinishedRun {
  readonly info: RunInfo;
  readonly comparison?: JobInfo['comparison'];
}

/** `run.json`: what the page needs of a run beside its recipe. */
export interface RunRecord {
  readonly schema: 'loupe-run/1';
  readonly info: RunInfo;
  readonly subjects: SubjectView[];
  readonly files: Blob[];
}

interface Side {
  readonly recipe: Recipe;
  readonly folder: string;
}

/** What the engine can be asked, with what goes in and what comes out. */
export interface EngineCalls {
  describe: { input: undefined; output: Omit<SessionInfo, 'workspace' | 'messages'> };
  openModel: { input: { path: string }; output: Omit<ModelInfo, 'available' | 'opened'> };
  graph: { input: ModelReference; output: GraphView };
  layers: { input: ModelReference; output: LayerInfo[] };
  readImage: { input: { path: string; name: string }; output: ReadPicture };
  fitted: { input: { model: ModelReference; image: string }; output: DrawnPicture };
  predict: {
    input: { model: ModelReference; image: string; top: number };
    output: Pick<Prediction, 'top' | 'nonFinite' | 'notes'>;
  };
  run: { input: EngineRun; output: FinishedRun };
  repeat: { input: { recipe: Recipe; folder: string }; output: FinishedRun };
  diff: { input: { left: Side; right: Side }; output: RunDifference[] };
  commandLine: { input: { recipe: Recipe; recipeFile: string }; output: CommandLine };
}

export type CallName = keyof EngineCalls;
export type InputOf<Name extends CallName> = EngineCalls[Name]['input'];
export type OutputOf<Name extends CallName> = EngineCalls[Name]['output'];

export type ToEngine =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'refused';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
    }
  | {
      readonly kind: 'progress';
      readonly id: number;
      readonly progress: JobProgress;
      /** Bytes of the preview's blobs. */
      readonly blobs: readonly { readonly mediaType: string; readonly content: Uint8Array }[];
    };

/** What a call hears and tells while it runs. */
export interface CallHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (
    progress: JobProgress,
    blobs: readonly { readonly mediaType: string; readonly content: Uint8Array }[],
  ) => void;
}
