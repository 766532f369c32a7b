import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { Problem } from '../components/Problem.tsx';
import { useBase, useLayers, useOverlays } from '../store/layers.ts';
import { attempt, useServer } from '../store/server.ts';
import { changeSettings, settingsOf, useViews, viewKey, viewOf } from '../store/views.ts';
import { ColourBar } from './ColourBar.tsx';
import { ImageCanvas } from './ImageCanvas.tsx';
import { LayerList } from './LayerList.tsx';
import { ReadoutLine } from './ReadoutLine.tsx';
import { SwipeHandle } from './SwipeHandle.tsx';
import { ViewerBar } from './ViewerBar.tsx';
import { type OtherSide, type Pane, panesOf } from './compareScenes.ts';
import { saveCanvas, saveScene } from './exportView.ts';
import type { BaseImage, Layer } from './layer.ts';
import type { Scene } from './scene.ts';
import { usePanelSize } from './usePanelSize.ts';
import { scaleOf } from './view.ts';
import { pressViewerKey } from './viewerActions.ts';

interface ViewerProps {
  readonly id: string;
  readonly model: string | undefined;
  readonly image: string | undefined;
  readonly onImage: (image: string) => void;
}

const noLayers: readonly Layer[] = [];

/** An image with its overlays: looking closely, reading values, comparing. */
export function Viewer({ id, model, image, onImage }: ViewerProps) {
  const base = useBase(model, image);
  const overlays = useOverlays(model, image);
  const layers = useLayers(overlays.value);
  const fault = base.error ?? overlays.error;
  const readings = new Map(overlays.value?.map(({ key, reading }) => [key, reading] as const));
  const downloads = (overlays.value ?? []).map(({ title, file }) => ({
    title: `${title}: raw values (.npy)`,
    run: () => download(file),
  }));
  if (image === undefined) {
    return (
      <EmptyState icon="image" title="No image is chosen">
        Drop a picture here, paste one, or choose one in the project panel.
      </EmptyState>
    );
  }
  if (base.value === undefined) {
    return base.error === undefined ? <div className="image-canvas" /> : <Problem sentence={base.error} />;
  }
  return (
    <>
      <LoadedViewer
        id={id}
        model={model}
        image={image}
        base={base.value}
        layers={overlays.value === undefined ? noLayers : layers}
        readings={readings}
        downloads={downloads}
        onImage={onImage}
      />
      {fault !== undefined && <Problem sentence={fault} />}
    </>
  );
}

interface LoadedViewerProps extends ViewerProps {
  readonly image: string;
  readonly base: BaseImage;
  readonly layers: readonly Layer[];
  readonly readings: ReadonlyMap<string, string>;
  readonly downloads: readonly { readonly title: string; readonly run: () => void }[];
}

function LoadedViewer({ id, model, image, base, layers, readings, downloads, onImage }: LoadedViewerProps) {
  const canvases = useRef<HTMLDivElement>(null);
  const size = usePanelSize(canvases);
  const images = useServer((server) => server.images);
  const settings = useViews((views) => settingsOf(views, id));
  const key = viewKey(settings, id);
  const view = useViews((views) => viewOf(views, key));
  const [flickered, setFlickered] = useState(false);
  const main = useMemo(() => mainSide(base, layers, settings.greyBase), [base, layers, settings.greyBase]);
  const other = useMemo(
    () => otherSide(base, layers, settings.other, settings.greyBase),
    [base, layers, settings.other, settings.greyBase],
  );
  const panes = useMemo(
    () => panesOf(settings.compare, main, other, flickered),
    [settings.compare, main, other, flickered],
  );
  const panel = { width: (size.width - 2 * (panes.length - 1)) / panes.length, height: size.height };
  const name = (images.find((one) => one.id === image)?.name ?? 'image').replace(/\.[^.]+$/, '');
  const save = (): void => saveFirstCanvas(canvases.current, name);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === 'x') setFlickered(true);
    else if (pressViewerKey(event, { id, key, settings, layers, image: base, panel, save }))
      event.preventDefault();
  };
  const saves = [
    { title: 'The view (PNG)', run: save },
    {
      title: 'Picture and overlays, pixel for pixel (PNG)',
      run: () => attempt(() => saveScene(main.scene, `${name}.overlay.png`)),
    },
    ...downloads,
  ];
  return (
    <>
      <ViewerBar
        id={id}
        viewKey={key}
        settings={settings}
        scale={scaleOf(view, base, panel)}
        others={othersOf(layers)}
        images={images.map((one) => ({ value: one.id, label: one.name }))}
        image={image}
        onImage={onImage}
        saves={saves}
      />
      <div className="viewer">
        <div className="viewer-main">
          <div className="viewer-canvases" ref={canvases}>
            {panes.map((pane, at) => (
              <PaneView
                key={at}
                pane={pane}
                viewer={`${id}/${at}`}
                viewKey={key}
                label={`${name}: ${pane.title}`}
                swipe={settings.swipe}
                swiped={settings.compare === 'swipe' ? other.title : undefined}
                onSwipe={(swipe) => changeSettings(id, { swipe })}
                onKeyDown={onKeyDown}
                onKeyUp={(event) => event.key.toLowerCase() === 'x' && setFlickered(false)}
              />
            ))}
          </div>
          <ReadoutLine
            base={base}
            layers={[...layers, ...panes.flatMap(({ difference }) => difference ?? [])]}
            viewKey={key}
          />
        </div>
        {settings.layersOpen && model !== undefined && (
          <aside className="viewer-side" aria-label="Overlays">
            <LayerList model={model} image={image} layers={layers} readings={readings} />
          </aside>
        )}
      </div>
    </>
  );
}

function saveFirstCanvas(place: HTMLElement | null, name: string): void {
  const canvas = place?.querySelector('canvas');
  if (canvas !== null && canvas !== undefined) attempt(() => saveCanvas(canvas, `${name}.view.png`));
}

interface PaneViewProps {
  readonly pane: Pane;
  readonly viewer: string;
  readonly viewKey: string;
  readonly label: string;
  readonly swipe: number;
  /** What lies on the right of a swipe. */
  readonly swiped: string | undefined;
  readonly onSwipe: (swipe: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onKeyUp: (event: KeyboardEvent) => void;
}

/** One canvas of a viewer with what is written on it. */
function PaneView({ pane, swiped, onSwipe, ...canvas }: PaneViewProps) {
  const { title, scenes, difference } = pane;
  return (
    <div style={{ position: 'relative', display: 'flex', flex: 1, minWidth: 0 }}>
      <ImageCanvas scenes={scenes} {...canvas} />
      <span className="canvas-label">{title}</span>
      {difference !== undefined && (
        <div className="canvas-scale">
          <ColourBar {...difference.display} />
        </div>
      )}
      {swiped !== undefined && (
        <>
          <span className="canvas-label right">{swiped}</span>
          <SwipeHandle position={canvas.swipe} onMove={onSwipe} />
        </>
      )}
    </div>
  );
}

/** Grey only where an overlay's colours lie on the picture. */
function mainSide(
  base: BaseImage,
  layers: readonly Layer[],
  greyBase: boolean,
): { title: string; scene: Scene } {
  const visible = layers.filter(({ display }) => display.visible);
  const titles = visible.map(({ title }) => title).toReversed();
  return {
    title: titles.length === 0 ? 'Picture' : titles.join(' + '),
    scene: { base, layers, greyBase: greyBase && visible.length > 0 },
  };
}

function otherSide(base: BaseImage, layers: readonly Layer[], other: string, greyBase: boolean): OtherSide {
  const layer = layers.find(({ key }) => key === other);
  if (layer === undefined) return { title: 'Picture', scene: { base, layers: [], greyBase: false } };
  const shown: Layer = { ...layer, display: { ...layer.display, visible: true } };
  return { title: layer.title, scene: { base, layers: [shown], greyBase }, layer: shown };
}

const othersOf = (layers: readonly Layer[]) => [
  { value: 'picture', label: 'the picture' },
  ...layers.toReversed().map(({ key, title }) => ({ value: key, label: title })),
];

function download({ url, name }: { readonly url: string; readonly name: string }): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
