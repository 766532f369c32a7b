import { create } from 'zustand';
import type { MethodRequest } from '../../core/protocol/method.ts';
import type { Target } from '../../core/protocol/target.ts';
import type { LayerDisplay } from '../viewer/layer.ts';

/** An overlay that is shown on an image: a heat map of a run. */
export interface OverlayRef {
  readonly run: string;
  readonly method: string;
  readonly name: string;
  /** SHA-256 of the map; its display is kept under it. */
  readonly key: string;
}

/** Overlays of one image are kept up to so many; the oldest goes. */
const mostOverlays = 12;

/** What a person has chosen and edited in this window: what undo takes back and a reload restores. */
export interface Edits {
  /** The class or unit that is asked about, by model; the likeliest class where nothing is pinned. */
  readonly targets: Readonly<Record<string, Target>>;
  /** By model and image (`overlayKey`), the topmost last. */
  readonly overlays: Readonly<Record<string, readonly OverlayRef[]>>;
  readonly displays: Readonly<Record<string, LayerDisplay>>;
  /** Parameters that differ from the defaults, by method. */
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Stages in front of the network. */
  readonly defences: readonly MethodRequest[];
}

export interface Bench extends Edits {
  readonly model: string | undefined;
  readonly image: string | undefined;
  /** The run whose results are looked at. */
  readonly run: string | undefined;
  /** The method whose settings are shown. */
  readonly method: string;
  /** The images of the compare grid and of runs over several images. */
  readonly chosenImages: readonly string[];
  /** Further images by role (`style`, `guide`). */
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly past: readonly Edits[];
  readonly future: readonly Edits[];
}

export const useBench = create<Bench>(() => ({
  model: undefined,
  image: undefined,
  run: undefined,
  method: 'gradCam',
  chosenImages: [],
  references: {},
  targets: {},
  overlays: {},
  displays: {},
  params: {},
  defences: [],
  past: [],
  future: [],
}));

const { getState, setState } = useBench;

export const overlayKey = (model: string, image: string): string => `${model}:${image}`;

const longestPast = 100;
/** Edits of one kind that follow each other faster are one step of undo: a drag of a slider. */
const oneStepMs = 700;

let last = { what: '', at: 0 };

/** Changes what undo takes back. `what` names the thing that is edited. */
export function edit(what: string, change: (edits: Edits) => Partial<Edits>): void {
  const now = Date.now();
  const continues = what === last.what && now - last.at < oneStepMs;
  last = { what, at: now };
  setState((bench) => ({
    ...change(bench),
    past: continues ? bench.past : [...bench.past, editsOf(bench)].slice(-longestPast),
    future: [],
  }));
}

function editsOf({ targets, overlays, displays, params, defences }: Edits): Edits {
  return { targets, overlays, displays, params, defences };
}

export function undo(): void {
  setState((bench) => {
    const before = bench.past.at(-1);
    if (before === undefined) return {};
    return { ...before, past: bench.past.slice(0, -1), future: [...bench.future, editsOf(bench)] };
  });
}

export function redo(): void {
  setState((bench) => {
    const after = bench.future.at(-1);
    if (after === undefined) return {};
    return { ...after, future: bench.future.slice(0, -1), past: [...bench.past, editsOf(bench)] };
  });
}

export function chooseModel(model: string | undefined): void {
  setState({ model });
}

export function chooseImage(image: string | undefined): void {
  setState({ image });
}

export function chooseRun(run: string | undefined): void {
  setState({ run });
}

export function chooseMethod(method: string): void {
  setState({ method });
}

export function pinTarget(model: string, target: Target | undefined): void {
  edit('target', ({ targets }) => {
    const { [model]: _, ...others } = targets;
    return { targets: target === undefined ? others : { ...others, [model]: target } };
  });
}

export function setParams(method: string, params: Readonly<Record<string, unknown>>): void {
  edit(`params ${method}`, (edits) => ({ params: { ...edits.params, [method]: params } }));
}

export function setDisplay(key: string, display: LayerDisplay): void {
  edit(`display ${key}`, ({ displays }) => ({ displays: { ...displays, [key]: display } }));
}

/** Puts maps on top of an image's overlays; the first of them is shown and what lay there before is hidden. */
export function addOverlays(
  model: string,
  image: string,
  added: readonly { readonly ref: OverlayRef; readonly display: LayerDisplay }[],
): void {
  const key = overlayKey(model, image);
  setState(({ overlays, displays }) => {
    const keys = new Set(added.map(({ ref }) => ref.key));
    const kept = (overlays[key] ?? []).filter((ref) => !keys.has(ref.key));
    const hidden = kept.map((ref) => [ref.key, withVisible(displays[ref.key], false)] as const);
    const shown = added.map(
      ({ ref, display }, at) => [ref.key, withVisible(displays[ref.key] ?? display, at === 0)] as const,
    );
    return {
      overlays: {
        ...overlays,
        [key]: [...kept, ...added.map(({ ref }) => ref).toReversed()].slice(-mostOverlays),
      },
      displays: { ...displays, ...Object.fromEntries([...hidden, ...shown].filter(isDefined)) },
    };
  });
}

const withVisible = (display: LayerDisplay | undefined, visible: boolean): LayerDisplay | undefined =>
  display === undefined ? undefined : { ...display, visible };

const isDefined = (
  entry: readonly [string, LayerDisplay | undefined],
): entry is readonly [string, LayerDisplay] => entry[1] !== undefined;

export function removeOverlay(model: string, image: string, key: string): void {
  const at = overlayKey(model, image);
  edit('overlays', ({ overlays }) => ({
    overlays: { ...overlays, [at]: (overlays[at] ?? []).filter((ref) => ref.key !== key) },
  }));
}

/** Moves an overlay up (+1) or down (−1) by one. */
export function moveOverlay(model: string, image: string, key: string, by: 1 | -1): void {
  const at = overlayKey(model, image);
  edit('overlays', ({ overlays }) => {
    const list = [...(overlays[at] ?? [])];
    const from = list.findIndex((ref) => ref.key === key);
    const [moved] = list.splice(from, 1);
    if (moved !== undefined) list.splice(Math.min(list.length, Math.max(0, from + by)), 0, moved);
    return { overlays: { ...overlays, [at]: list } };
  });
}

/** Shows one overlay of an image alone. */
export function soloOverlay(model: string, image: string, key: string): void {
  edit('solo', ({ overlays, displays }) => {
    const changed: Record<string, LayerDisplay> = {};
    for (const ref of overlays[overlayKey(model, image)] ?? []) {
      const display = displays[ref.key];
      if (display !== undefined) changed[ref.key] = { ...display, visible: ref.key === key };
    }
    return { displays: { ...displays, ...changed } };
  });
}

/** Shows the next (or previous) overlay of the current image alone. */
export function cycleOverlay(by: 1 | -1): void {
  const { model, image, overlays, displays } = getState();
  if (model === undefined || image === undefined) return;
  const list = [...(overlays[overlayKey(model, image)] ?? [])].toReversed();
  const current = list.findIndex((ref) => displays[ref.key]?.visible === true);
  const next = list[(current + by + list.length) % list.length];
  if (next !== undefined) soloOverlay(model, image, next.key);
}
