import type { DockviewApi, SerializedDockview } from 'dockview-react';
import { create } from 'zustand';
import { panels } from '../panels/index.ts';
import { useBench } from '../store/bench.ts';
import { setOpener } from '../store/navigation.ts';
import { useServer } from '../store/server.ts';

/* The one place that knows the docking library: everything else asks for panels by their kind. */

let api: DockviewApi | undefined;

export function setDock(dock: DockviewApi): void {
  api = dock;
  setOpener(openPanel);
}

/** In CSS pixels. */
const leastPanelWidth = 200;

const kindOf = (id: string): string => id.split('-')[0] ?? id;

/** Brings a panel of this kind to the front, opening one if there is none. */
export function openPanel(kind: string): void {
  const open = api?.panels.find(({ id }) => kindOf(id) === kind);
  if (open === undefined) addPanel(kind);
  else open.api.setActive();
}

/** Opens one more panel of this kind beside the active one. */
export function addPanel(kind: string): void {
  const definition = panels.get(kind);
  if (api === undefined || definition === undefined) return;
  // Beside its like, where there is one; otherwise behind the panel that is in use.
  const like = definition.several === true ? api.panels.findLast(({ id }) => kindOf(id) === kind) : undefined;
  const reference = like ?? api.activePanel;
  api.addPanel({
    id: freeId(kind),
    component: 'panel',
    title: definition.title,
    params: { kind },
    minimumWidth: leastPanelWidth,
    ...(reference === undefined
      ? {}
      : { position: { referencePanel: reference.id, direction: like === undefined ? 'within' : 'right' } }),
  });
}

function freeId(kind: string): string {
  if (api?.getPanel(kind) === undefined) return kind;
  let count = 2;
  while (api.getPanel(`${kind}-${count}`) !== undefined) count++;
  return `${kind}-${count}`;
}

export function closeActivePanel(): void {
  api?.activePanel?.api.close();
}

/** Moves the focus to the next panel (F6) or the previous one. */
export function focusPanel(by: 1 | -1): void {
  if (api === undefined) return;
  const { groups, activeGroup } = api;
  const at = activeGroup === undefined ? -1 : groups.indexOf(activeGroup);
  const next = groups[(at + by + groups.length) % groups.length];
  next?.activePanel?.api.setActive();
  next?.element.querySelector<HTMLElement>('canvas[tabindex], input, select, button.row, button')?.focus();
}

export function dockLayout(): SerializedDockview | undefined {
  return api?.toJSON();
}

/** Restores a layout that `dockLayout` gave; false where it does not fit this version's panels. */
export function restoreDock(layout: unknown): boolean {
  if (api === undefined || typeof layout !== 'object' || layout === null) return false;
  try {
    api.fromJSON(layout as SerializedDockview);
  } catch {
    return false;
  }
  return api.panels.every(({ id }) => panels.has(kindOf(id))) && api.panels.length > 0;
}

interface Placed {
  readonly kind: string;
  readonly beside?: string;
  readonly direction?: 'left' | 'right' | 'above' | 'below' | 'within';
  /** In CSS pixels, of its group. */
  readonly width?: number;
  readonly height?: number;
  /** Behind the panel it shares a group with. */
  readonly behind?: boolean;
}

const left: readonly Placed[] = [
  { kind: 'project', direction: 'left', width: 240 },
  { kind: 'history', beside: 'project', direction: 'within', behind: true },
  { kind: 'jobs', beside: 'project', direction: 'within', behind: true },
];

/** Arrangements for what people come to do; the first panel of each fills the middle. */
export const presets = {
  Explain: [
    { kind: 'imageViewer' },
    ...left,
    { kind: 'predictions', beside: 'imageViewer', direction: 'right', width: 330 },
    { kind: 'methods', beside: 'predictions', direction: 'below', height: 430 },
    { kind: 'results', beside: 'methods', direction: 'within', behind: true },
  ],
  Compare: [
    { kind: 'compare' },
    ...left,
    { kind: 'methods', beside: 'compare', direction: 'right', width: 330 },
    { kind: 'predictions', beside: 'methods', direction: 'within', behind: true },
  ],
  Features: [
    { kind: 'gallery' },
    ...left,
    { kind: 'model', beside: 'gallery', direction: 'right', width: 400 },
    { kind: 'methods', beside: 'model', direction: 'within', behind: true },
  ],
  Attack: [
    { kind: 'attack' },
    ...left,
    { kind: 'methods', beside: 'attack', direction: 'right', width: 330 },
    { kind: 'predictions', beside: 'methods', direction: 'within', behind: true },
    { kind: 'results', beside: 'methods', direction: 'within', behind: true },
  ],
} satisfies Record<string, readonly Placed[]>;

export type PresetName = keyof typeof presets;

/** What the settings show in an arrangement, unless a method of the same command is chosen already. */
const presetMethods: Readonly<Record<PresetName, string>> = {
  Explain: 'gradCam',
  Compare: 'gradCam',
  Features: 'featureVisualization',
  Attack: 'pgd',
};

function adoptMethod(id: string): void {
  const methods = useServer.getState().session?.methods ?? [];
  const commandOf = (method: string) => methods.find((one) => one.id === method)?.command;
  const { method: chosen } = useBench.getState();
  if (commandOf(id) !== undefined && commandOf(chosen) !== commandOf(id)) useBench.setState({ method: id });
}

/** The arrangement that was chosen last; panels may have been moved since. */
export const usePreset = create<{ readonly name: PresetName }>(() => ({ name: 'Explain' }));

export function applyPreset(name: PresetName): void {
  if (api === undefined) return;
  usePreset.setState({ name });
  api.clear();
  adoptMethod(presetMethods[name]);
  const placed: readonly Placed[] = presets[name];
  for (const { kind, beside, direction, width, height, behind } of placed) {
    api.addPanel({
      id: kind,
      component: 'panel',
      title: panels.get(kind)?.title ?? kind,
      params: { kind },
      minimumWidth: leastPanelWidth,
      inactive: behind === true,
      ...(width === undefined ? {} : { initialWidth: width }),
      ...(height === undefined ? {} : { initialHeight: height }),
      ...(direction === undefined
        ? {}
        : {
            position: {
              direction,
              ...(beside === undefined ? {} : { referencePanel: beside }),
            },
          }),
    });
  }
  api.getPanel(placed[0]?.kind ?? '')?.api.setActive();
}
