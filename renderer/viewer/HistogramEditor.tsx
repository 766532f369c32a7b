import { useEffect, useMemo, useRef } from 'react';
import { colourMaps } from '../../core/base/colourMap.ts';
import type { Layer, LayerDisplay } from './layer.ts';
import { placeOf } from './layer.ts';
import { type Histogram, histogramOf } from './range.ts';

const height = 56;
const width = 240;

interface HistogramEditorProps {
  readonly layer: Layer;
  readonly onChange: (display: LayerDisplay) => void;
}

/** How often each value occurs, in the layer's colours, with two handles for the ends of the colour map. */
export function HistogramEditor({ layer, onChange }: HistogramEditorProps) {
  const { plane, display } = layer;
  const histogram = useMemo(() => histogramOf(plane.values), [plane]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const dragged = useRef<'low' | 'high' | undefined>(undefined);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context !== null && context !== undefined) draw(context, histogram, display);
  }, [histogram, display]);

  const extent = histogram.high - histogram.low || 1;
  const valueAt = (clientX: number): number => {
    const box = canvas.current?.getBoundingClientRect();
    const share = box === undefined ? 0 : (clientX - box.left) / box.width;
    return histogram.low + Math.min(1, Math.max(0, share)) * extent;
  };
  const move = (end: 'low' | 'high', value: number): void => onChange(withEnd(display, end, value));

  return (
    <div
      className="histogram"
      title="Drag to set the ends of the colour map"
      onPointerDown={(event) => {
        const value = valueAt(event.clientX);
        const nearer = Math.abs(value - display.low) < Math.abs(value - display.high) ? 'low' : 'high';
        dragged.current = nearer;
        event.currentTarget.setPointerCapture(event.pointerId);
        move(nearer, value);
      }}
      onPointerMove={(event) =>
        dragged.current !== undefined && move(dragged.current, valueAt(event.clientX))
      }
      onPointerUp={() => {
        dragged.current = undefined;
      }}
    >
      <canvas ref={canvas} width={width * 2} height={height * 2} aria-label="Histogram of the values" />
      {(['low', 'high'] as const).map((end) => {
        const share = (display[end] - histogram.low) / extent;
        return share < 0 || share > 1 ? null : (
          <div key={end} className="histogram-handle" style={{ left: `${share * 100}%` }} />
        );
      })}
    </div>
  );
}

/** Moves one end; a symmetric range moves both, and the ends never cross. */
export function withEnd(display: LayerDisplay, end: 'low' | 'high', value: number): LayerDisplay {
  if (display.symmetric) {
    const limit = Math.abs(value);
    return limit === 0 ? display : { ...display, low: -limit, high: limit };
  }
  const changed = { ...display, [end]: value };
  return changed.low < changed.high ? changed : display;
}

function draw(context: CanvasRenderingContext2D, histogram: Histogram, display: LayerDisplay): void {
  const { width: columns, height: rows } = context.canvas;
  const { counts, low, high } = histogram;
  const table = colourMaps[display.colourMap];
  // Square roots, because most maps have one bin (zero) that would flatten all others.
  const tallest = Math.sqrt(counts.reduce((most, count) => Math.max(most, count), 1));
  context.clearRect(0, 0, columns, rows);
  const step = columns / counts.length;
  counts.forEach((count, bin) => {
    const value = low + ((bin + 0.5) / counts.length) * (high - low);
    const at = Math.round(placeOf(value, display) * 255) * 3;
    const outside = value < display.low || value > display.high;
    context.globalAlpha = outside ? 0.35 : 1;
    context.fillStyle = `rgb(${[...table.subarray(at, at + 3)].join(' ')})`;
    const bar = (Math.sqrt(count) / tallest) * (rows - 4);
    context.fillRect(bin * step, rows - bar, step - 1, bar);
  });
}
