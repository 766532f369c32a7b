import { create } from 'zustand';
import type { Point, View } from '../viewer/view.ts';
import { fitted } from '../viewer/view.ts';

export const linkGroups = ['A', 'B', 'C'] as const;

export type LinkGroup = (typeof linkGroups)[number];

export const compareModes = ['single', 'sideBySide', 'swipe', 'flicker', 'difference'] as const;

export type CompareMode = (typeof compareModes)[number];

/** What one viewer shows beside its picture. */
export interface ViewerSettings {
  /** Viewers of one group share zoom, pan and cross-hair. */
  readonly link: LinkGroup | undefined;
  readonly compare: CompareMode;
  /** What is compared with: an overlay's key, or `picture`, the bare one. */
  readonly other: string;
  /** Where a swipe divides the panel, 0 to 1. */
  readonly swipe: number;
  readonly greyBase: boolean;
  readonly layersOpen: boolean;
  /** An image of its own; otherwise it shows the one that is looked at. */
  readonly image: string | undefined;
}

const firstSettings: ViewerSettings = {
  link: 'A',
  compare: 'single',
  other: 'picture',
  swipe: 0.5,
  greyBase: true,
  layersOpen: true,
  image: undefined,
};

interface Views {
  /** By link group or, for viewers without one, by viewer. */
  readonly views: Readonly<Record<string, View>>;
  /** The place under the cursor as shares of the image, by the same keys. */
  readonly cursors: Readonly<Record<string, (Point & { readonly from: string }) | undefined>>;
  readonly settings: Readonly<Record<string, ViewerSettings>>;
}

export const useViews = create<Views>(() => ({ views: {}, cursors: {}, settings: {} }));

const { getState, setState } = useViews;

export const settingsOf = ({ settings }: Views, viewer: string): ViewerSettings =>
  settings[viewer] ?? firstSettings;

export const viewOf = ({ views }: Views, key: string): View => views[key] ?? fitted;

/** Under which key a viewer's view is kept. */
export const viewKey = ({ link }: ViewerSettings, viewer: string): string => link ?? viewer;

export function setView(key: string, change: (view: View) => View): void {
  setState(({ views }) => ({ views: { ...views, [key]: change(views[key] ?? fitted) } }));
}

export function setCursor(key: string, cursor: (Point & { from: string }) | undefined): void {
  setState(({ cursors }) => ({ cursors: { ...cursors, [key]: cursor } }));
}

export function changeSettings(viewer: string, change: Partial<ViewerSettings>): void {
  const before = settingsOf(getState(), viewer);
  setState(({ settings, views }) => {
    // A viewer that leaves its group keeps the view it had.
    const own = viewKey(before, viewer);
    const key = viewKey({ ...before, ...change }, viewer);
    return {
      settings: { ...settings, [viewer]: { ...before, ...change } },
      views: views[key] === undefined ? { ...views, [key]: views[own] ?? fitted } : views,
    };
  });
}
