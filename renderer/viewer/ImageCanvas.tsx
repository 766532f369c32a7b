import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { useViews, viewOf } from '../store/views.ts';
import { sharedPainter } from './createPainter.ts';
import { drawFrame } from './drawing.ts';
import type { Scene } from './scene.ts';
import { useGestures } from './useGestures.ts';
import { usePanelSize } from './usePanelSize.ts';

interface ImageCanvasProps {
  /** One scene, or two that `swipe` divides. */
  readonly scenes: readonly [Scene] | readonly [Scene, Scene];
  readonly swipe?: number;
  /** Under which key zoom, pan and cursor are shared. */
  readonly viewKey: string;
  /** Who this is among those that share a view. */
  readonly viewer: string;
  /** What a screen reader says. */
  readonly label: string;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly onKeyUp?: (event: KeyboardEvent) => void;
}

/** A picture with its overlays that can be zoomed and panned; fills its parent. */
export function ImageCanvas(props: ImageCanvasProps) {
  const { scenes, swipe = 1, viewKey, viewer, label } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const panel = usePanelSize(frame);
  const view = useViews((views) => viewOf(views, viewKey));
  const cursor = useViews(({ cursors }) => cursors[viewKey]);
  const dark = useComputedColorScheme('dark') === 'dark';
  const pixelRatio = window.devicePixelRatio;
  const crossHair = cursor !== undefined && cursor.from !== viewer ? cursor : undefined;
  useGestures(canvas, { key: viewKey, viewer, view, image: scenes[0].base, panel });

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || panel.width === 0) return undefined;
    const request = requestAnimationFrame(() => {
      resize(context.canvas, panel.width * pixelRatio, panel.height * pixelRatio);
      drawFrame(context, sharedPainter(), { scenes, swipe, view, panel, pixelRatio, crossHair, dark });
    });
    return () => cancelAnimationFrame(request);
  });

  return (
    <div ref={frame} className="image-canvas">
      <canvas
        ref={canvas}
        tabIndex={0}
        aria-label={label}
        role="img"
        data-painter={sharedPainter().kind}
        data-view={`${view.centreX} ${view.centreY} ${view.span}`}
        style={{ width: panel.width, height: panel.height }}
        onKeyDown={props.onKeyDown}
        onKeyUp={props.onKeyUp}
      />
    </div>
  );
}

function resize(canvas: HTMLCanvasElement, width: number, height: number): void {
  const [columns, rows] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
}
