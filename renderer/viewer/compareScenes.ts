import type { CompareMode } from '../store/views.ts';
import { pictureDifference, planeDifference } from './arrays.ts';
import { defaultDisplay } from './displayDefaults.ts';
import type { BaseImage, Layer, Plane } from './layer.ts';
import type { Scene } from './scene.ts';

/** What a viewer compares with: its own picture bare, one of its overlays alone, or another picture. */
export interface OtherSide {
  readonly title: string;
  readonly scene: Scene;
  /** The overlay, where it is one. */
  readonly layer?: Layer;
}

export interface Pane {
  readonly title: string;
  readonly scenes: readonly [Scene] | readonly [Scene, Scene];
  /** What is drawn where it is a difference. */
  readonly difference?: Layer;
}

/** The canvases of a viewer by its way of comparing; `flickered` while a person holds the key. */
export function panesOf(
  mode: CompareMode,
  main: { readonly title: string; readonly scene: Scene },
  other: OtherSide,
  flickered: boolean,
): readonly Pane[] {
  const own: Pane = { title: main.title, scenes: [main.scene] };
  const second: Pane = { title: other.title, scenes: [other.scene] };
  switch (mode) {
    case 'single':
    case 'flicker':
      return [flickered ? second : own];
    case 'sideBySide':
      return [own, second];
    case 'swipe':
      return [{ title: main.title, scenes: [main.scene, other.scene] }];
    case 'difference':
      return [differencePane(main, other)];
  }
}

/**
 * The difference as a signed map on the picture in grey: of the two overlays' numbers where both sides have one of the same size,
 * of the pictures' levels otherwise.
 */
function differencePane({ title, scene }: { title: string; scene: Scene }, other: OtherSide): Pane {
  const layer = scene.layers.findLast(({ display }) => display.visible);
  const plane = differencePlane(scene.base, layer, other);
  if (plane === undefined) {
    return {
      title: `${title}; there is no difference to ${other.title}: choose two overlays`,
      scenes: [scene],
    };
  }
  const difference: Layer = {
    id: 'difference',
    key: `${layer?.key ?? scene.base.key} − ${other.layer?.key ?? other.scene.base.key}`,
    title: 'Difference',
    plane,
    signed: true,
    display: { ...defaultDisplay(plane, true), blend: 'normal', opacity: 1 },
  };
  return {
    title: `${layer?.title ?? title} − ${other.title}`,
    scenes: [{ ...scene, layers: [difference] }],
    difference,
  };
}

function differencePlane(base: BaseImage, layer: Layer | undefined, other: OtherSide): Plane | undefined {
  const [a, b] = [layer?.plane, other.layer?.plane];
  if (a !== undefined && b !== undefined) {
    return a.width === b.width && a.height === b.height ? planeDifference(a, b) : undefined;
  }
  const against = other.scene.base;
  if (against.key === base.key || against.width !== base.width || against.height !== base.height) {
    return undefined;
  }
  return pictureDifference(base, against);
}
