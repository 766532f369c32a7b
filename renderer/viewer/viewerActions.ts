import type { KeyboardEvent } from 'react';
import { stepImage } from '../store/actions.ts';
import { cycleOverlay, setDisplay } from '../store/bench.ts';
import { type ViewerSettings, changeSettings, compareModes, linkGroups, setView } from '../store/views.ts';
import type { Layer } from './layer.ts';
import { autoRange } from './range.ts';
import { type Size, fitted, panBy, scaledTo, zoomAt } from './view.ts';

/** Everything that a key of a viewer may change. */
export interface ViewerContext {
  readonly id: string;
  readonly key: string;
  readonly settings: ViewerSettings;
  readonly layers: readonly Layer[];
  readonly image: Size;
  readonly panel: Size;
  readonly save: () => void;
}

let automatic = { key: '', repetition: 0 };

/** Reacts to a key; false if it means nothing here. */
export function pressViewerKey(event: KeyboardEvent, context: ViewerContext): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const action = viewActions[event.key] ?? layerActions[event.key.toLowerCase()];
  action?.(context, event);
  return action !== undefined;
}

type Action = (context: ViewerContext, event: KeyboardEvent) => void;

const zoomBy =
  (factor: number): Action =>
  ({ key, image, panel }) =>
    setView(key, (view) => zoomAt(view, factor, middle(panel), image, panel));

const middle = ({ width, height }: Size) => ({ x: width / 2, y: height / 2 });

/** Arrows move the image while Shift is held, and go to another image otherwise. */
const horizontal =
  (by: 1 | -1): Action =>
  ({ key, image, panel }, { shiftKey }) => {
    if (shiftKey) setView(key, (view) => panBy(view, -by * 40, 0, image, panel));
    else stepImage(by);
  };

const vertical =
  (by: 1 | -1): Action =>
  ({ key, image, panel }) =>
    setView(key, (view) => panBy(view, 0, -by * 40, image, panel));

const viewActions: Readonly<Record<string, Action>> = {
  '0': ({ key }) => setView(key, () => fitted),
  '1': ({ key, image, panel }) => setView(key, (view) => scaledTo(view, 1, middle(panel), image, panel)),
  '+': zoomBy(1.5),
  '=': zoomBy(1.5),
  '-': zoomBy(1 / 1.5),
  ArrowLeft: horizontal(-1),
  ArrowRight: horizontal(1),
  ArrowUp: vertical(-1),
  ArrowDown: vertical(1),
};

const next = <Value>(values: readonly Value[], value: Value): Value | undefined =>
  values[(values.indexOf(value) + 1) % values.length];

const layerActions: Readonly<Record<string, Action>> = {
  v: ({ layers }) => {
    const anyVisible = layers.some(({ display }) => display.visible);
    const changed = anyVisible ? layers : layers.slice(-1);
    changed.forEach(({ key, display }) => setDisplay(key, { ...display, visible: !anyVisible }));
  },
  m: (_, { shiftKey }) => cycleOverlay(shiftKey ? -1 : 1),
  '[': ({ layers }) => changeOpacity(layers, -0.1),
  ']': ({ layers }) => changeOpacity(layers, 0.1),
  a: ({ layers }) => {
    const layer = topmost(layers);
    if (layer === undefined) return;
    automatic = { key: layer.key, repetition: automatic.key === layer.key ? automatic.repetition + 1 : 0 };
    const { display, plane } = layer;
    setDisplay(layer.key, {
      ...display,
      ...autoRange(plane.values, display.symmetric, automatic.repetition),
    });
  },
  c: ({ id, settings }) => changeSettings(id, { compare: next(compareModes, settings.compare) ?? 'single' }),
  g: ({ id, settings }) => changeSettings(id, { greyBase: !settings.greyBase }),
  l: ({ id, settings }) => changeSettings(id, { link: next([...linkGroups, undefined], settings.link) }),
  e: ({ save }) => save(),
};

/** The overlay that keys are about: the topmost visible one. */
const topmost = (layers: readonly Layer[]): Layer | undefined =>
  layers.findLast(({ display }) => display.visible);

function changeOpacity(layers: readonly Layer[], by: number): void {
  const layer = topmost(layers);
  if (layer === undefined) return;
  const opacity = Math.min(1, Math.max(0, Math.round((layer.display.opacity + by) * 10) / 10));
  setDisplay(layer.key, { ...layer.display, opacity });
}
