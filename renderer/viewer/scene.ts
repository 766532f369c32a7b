import type { BaseImage, Layer } from './layer.ts';

/** Everything that is drawn in one place: a picture under its overlays, the last on top. */
export interface Scene {
  readonly base: BaseImage;
  readonly layers: readonly Layer[];
  /** Draw the picture in grey, so that colours mean only the maps. */
  readonly greyBase: boolean;
}
