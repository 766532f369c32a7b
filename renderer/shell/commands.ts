import type { IconName } from '../components/Icon.tsx';
import { panels } from '../panels/index.ts';
import { openSample } from '../store/actions.ts';
import { redo, undo, useBench } from '../store/bench.ts';
import { runChosenMethod } from '../store/runChosen.ts';
import { attempt, isActive, useServer } from '../store/server.ts';
import { api } from '../client.ts';
import {
  type PresetName,
  addPanel,
  applyPreset,
  closeActivePanel,
  focusPanel,
  openPanel,
  presets,
} from './dock.ts';
import { openDialog } from './dialogs.ts';

/** Something a person can do from the palette or by a key. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly icon: IconName;
  /** As Mantine writes it: `mod+K` is Ctrl, or ⌘ on a Mac. */
  readonly keys?: readonly string[];
  readonly run: () => void;
}

/** Commands that are always there. */
const always: readonly Command[] = [
  {
    id: 'open',
    title: 'Open a model or images…',
    description: 'From this machine, or by a path on the server’s machine',
    icon: 'open',
    keys: ['mod+O'],
    run: () => openDialog('open'),
  },
  {
    id: 'sample',
    title: 'Open the sample model',
    description: 'The bundled network with its pictures, explained',
    icon: 'play',
    run: () => attempt(() => openSample()),
  },
  {
    id: 'run',
    title: 'Run the chosen method',
    icon: 'play',
    keys: ['mod+Enter'],
    run: () => attempt(runChosenMethod),
  },
  {
    id: 'cancel',
    title: 'Cancel the running job',
    icon: 'stop',
    keys: ['mod+.'],
    run: () => {
      const job = useServer.getState().jobs.find(isActive);
      if (job !== undefined) attempt(() => api.jobs.cancel({ job: job.id }));
    },
  },
  { id: 'undo', title: 'Undo the last edit', icon: 'undo', keys: ['mod+Z'], run: undo },
  { id: 'redo', title: 'Redo', icon: 'repeat', keys: ['mod+shift+Z', 'mod+Y'], run: redo },
  {
    id: 'nextPanel',
    title: 'Next panel',
    icon: 'panel',
    keys: ['F6'],
    run: () => focusPanel(1),
  },
  {
    id: 'previousPanel',
    title: 'Previous panel',
    icon: 'panel',
    keys: ['shift+F6'],
    run: () => focusPanel(-1),
  },
  { id: 'closePanel', title: 'Close this panel', icon: 'close', run: closeActivePanel },
  {
    id: 'keys',
    title: 'Keyboard shortcuts',
    icon: 'keyboard',
    keys: ['shift+?', '?'],
    run: () => openDialog('keys'),
  },
];

/** Every command that makes sense now. */
export function commands(): Command[] {
  const { methods = [] } = useServer.getState().session ?? {};
  return [
    ...always,
    ...Object.keys(presets).map(
      (name): Command => ({
        id: `preset ${name}`,
        title: `Layout: ${name}`,
        icon: 'panel',
        run: () => applyPreset(name as PresetName),
      }),
    ),
    ...[...panels.values()].flatMap(({ id, title, description, icon, several }): Command[] => [
      { id: `panel ${id}`, title: `Show ${title}`, description, icon, run: () => openPanel(id) },
      ...(several === true
        ? [{ id: `another ${id}`, title: `Another ${title}`, description, icon, run: () => addPanel(id) }]
        : []),
    ]),
    ...methods
      .filter(({ command }) => command !== undefined)
      .map(
        ({ id, title, description }): Command => ({
          id: `method ${id}`,
          title: `Method: ${title}`,
          description,
          icon: 'settings',
          run: () => {
            useBench.setState({ method: id });
            openPanel('methods');
          },
        }),
      ),
  ];
}

/** Keys that a viewer hears while it has the focus. */
export const viewerKeys: readonly (readonly [keys: string, what: string])[] = [
  ['Wheel', 'zoom at the cursor'],
  ['Drag', 'move the image, with the left or middle button, or Space held'],
  ['Shift + arrows, ↑  ↓', 'move the image'],
  ['Double click, 0', 'fit'],
  ['1', '100 %'],
  ['+  −', 'zoom in, out'],
  ['←  →', 'previous, next image'],
  ['V', 'overlays on or off'],
  ['M  Shift+M', 'next, previous overlay'],
  ['[  ]', 'opacity of the top overlay'],
  ['A', 'automatic range of the top overlay; again: narrower'],
  ['C', 'next way of comparing'],
  ['X (hold)', 'flicker: show the other side'],
  ['G', 'picture in grey or colour'],
  ['L', 'next link group, or none'],
  ['E', 'save the view as PNG'],
];
