import { useViews } from '../store/views.ts';
import type { BaseImage, Layer } from './layer.ts';
import { type Readout, exactText, readoutAt } from './readout.ts';
import { pixelAt } from './view.ts';

interface ReadoutLineProps {
  readonly base: BaseImage;
  readonly layers: readonly Layer[];
  readonly viewKey: string;
}

/** What is under the cursor: place, colour and the raw float of every overlay. */
export function ReadoutLine({ base, layers, viewKey }: ReadoutLineProps) {
  const cursor = useViews(({ cursors }) => cursors[viewKey]);
  const pixel =
    cursor === undefined ? undefined : pixelAt({ x: cursor.x * base.width, y: cursor.y * base.height }, base);
  const readout = pixel === undefined ? undefined : readoutAt(pixel, base, layers);
  return (
    <div className="readout" data-testid="readout">
      {readout === undefined ? (
        <span className="dimmed">
          {base.width} × {base.height} px · move the cursor over the image to read its values
        </span>
      ) : (
        <>
          <span className="readout-place">
            x {readout.x}, y {readout.y}
          </span>
          <span className="readout-rgb">
            <i className="swatch" style={{ background: `rgb(${readout.rgb.join(' ')})` }} />
            RGB {readout.rgb.join(' ')}
          </span>
          {visibleFirst(readout.values, layers).map(({ id, title, value }) => (
            <span key={id} className="readout-value" title={`${title}: ${exactText(value)}`}>
              <span className="dimmed clip">{title}</span> <b data-layer={id}>{exactText(value)}</b>
            </span>
          ))}
        </>
      )}
    </div>
  );
}

/** The topmost first, and those that are shown before those that are hidden. */
function visibleFirst(values: Readout['values'], layers: readonly Layer[]): Readout['values'] {
  const visible = new Set(layers.filter(({ display }) => display.visible).map(({ id }) => id));
  return values.toReversed().sort((a, b) => Number(visible.has(b.id)) - Number(visible.has(a.id)));
}
