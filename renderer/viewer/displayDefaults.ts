import type { LayerDisplay, Plane } from './layer.ts';
import { figureRange } from './range.ts';

/** How an overlay is shown at first: as the exported figure shows it. */
export function defaultDisplay(plane: Plane, signed: boolean): LayerDisplay {
  return {
    visible: true,
    colourMap: signed ? 'blueRed' : 'magma',
    opacity: 0.8,
    blend: 'strength',
    ...figureRange(plane, signed),
    threshold: 0,
    symmetric: signed,
  };
}
