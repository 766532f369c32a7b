import { useMemo } from 'react';
import type { ResultViewOf, SubjectView } from '../../core/protocol/resultView.ts';
import { useBench } from '../store/bench.ts';
import { arrayOf, pictureOf } from '../store/content.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { ImageCanvas } from '../viewer/ImageCanvas.tsx';
import { planeOf } from '../viewer/arrays.ts';
import { defaultDisplay } from '../viewer/displayDefaults.ts';
import type { LayerDisplay } from '../viewer/layer.ts';
import type { Scene } from '../viewer/scene.ts';

interface HeatmapCanvasProps {
  readonly result: ResultViewOf<'heatmap'>;
  readonly subject: SubjectView;
  readonly viewer: string;
  readonly viewKey: string;
  /** Replaces parts of how the map is shown: a common range. */
  readonly override?: Partial<LayerDisplay>;
}

/** A map on the picture that the network saw, shown as the image viewer shows it. */
export function HeatmapCanvas({ result, subject, viewer, viewKey, override }: HeatmapCanvasProps) {
  const { map, signed, title } = result;
  const display = useBench((bench) => bench.displays[map.sha256]);
  const { input } = subject;
  const loaded = useLoaded(input === undefined ? undefined : `${map.sha256} ${input.sha256}`, async () => {
    if (input === undefined) throw new Error('This map has no picture to lie on.');
    const [array, base] = await Promise.all([arrayOf(map), pictureOf(input)]);
    return { plane: planeOf(array, map.name), base };
  });
  const scene = useMemo((): Scene | undefined => {
    if (loaded.value === undefined) return undefined;
    const { plane, base } = loaded.value;
    const shown = { ...(display ?? defaultDisplay(plane, signed)), ...override, visible: true };
    const layer = { id: map.sha256, key: map.sha256, title, plane, signed, display: shown };
    return { base, layers: [layer], greyBase: true };
  }, [loaded.value, display, override, map.sha256, title, signed]);
  if (scene === undefined) return <div className="image-canvas" title={loaded.error} />;
  return (
    <ImageCanvas scenes={[scene]} viewer={viewer} viewKey={viewKey} label={`${title} of ${subject.title}`} />
  );
}
