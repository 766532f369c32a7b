import { z } from 'zod';
import { methodRequestSchema } from '../../core/protocol/method.ts';
import { targetSchema } from '../../core/protocol/target.ts';
import { colourMaps, type ColourMapName } from '../../core/base/colourMap.ts';
import { api } from '../client.ts';
import { useBench } from '../store/bench.ts';
import { attempt, useServer } from '../store/server.ts';
import { compareModes, linkGroups, useViews } from '../store/views.ts';
import { blends } from '../viewer/layer.ts';
import { type PresetName, dockLayout, presets, restoreDock, usePreset } from './dock.ts';

/** The name under which the workspace keeps how its window was left. */
const layoutName = 'last';
const saveAfterMs = 700;

const displaySchema = z.object({
  visible: z.boolean(),
  colourMap: z.enum(Object.keys(colourMaps) as [ColourMapName, ...ColourMapName[]]),
  opacity: z.number().min(0).max(1),
  blend: z.enum(blends),
  low: z.number(),
  high: z.number(),
  threshold: z.number().min(0),
  symmetric: z.boolean(),
});

/** What is restored; whatever does not fit is left out, because an older or newer version may have written it. */
const sessionSchema = z.object({
  dock: z.unknown(),
  preset: z.enum(Object.keys(presets) as [PresetName, ...PresetName[]]),
  bench: z.object({
    model: z.string().optional(),
    image: z.string().optional(),
    run: z.string().optional(),
    method: z.string(),
    targets: z.record(z.string(), targetSchema),
    overlays: z.record(
      z.string(),
      z.array(z.object({ run: z.string(), method: z.string(), name: z.string(), key: z.string() })),
    ),
    displays: z.record(z.string(), displaySchema),
    params: z.record(z.string(), z.record(z.string(), z.unknown())),
    defences: z.array(methodRequestSchema),
  }),
  viewers: z.record(
    z.string(),
    z.object({
      link: z.enum(linkGroups).optional(),
      compare: z.enum(compareModes),
      other: z.string(),
      swipe: z.number().min(0).max(1),
      greyBase: z.boolean(),
      layersOpen: z.boolean(),
      image: z.string().optional(),
    }),
  ),
});

/** Restores the window as this workspace was left; false where nothing was kept or it does not fit. */
export async function restoreSession(): Promise<boolean> {
  const layout = await api.layouts.load({ name: layoutName });
  const parsed = sessionSchema.safeParse(layout?.content);
  if (!parsed.success) return false;
  const { bench, viewers, dock, preset } = parsed.data;
  const { models, images, runs } = useServer.getState();
  const known = new Set([...models, ...images, ...runs].map(({ id }) => id));
  const ifKnown = (id: string | undefined): string | undefined =>
    id !== undefined && known.has(id) ? id : undefined;
  const overlays = Object.fromEntries(
    Object.entries(bench.overlays).map(([key, refs]) => [key, refs.filter(({ run }) => known.has(run))]),
  );
  useBench.setState({
    ...bench,
    overlays,
    model: ifKnown(bench.model) ?? models.at(-1)?.id,
    image: ifKnown(bench.image) ?? images[0]?.id,
    run: ifKnown(bench.run),
  });
  useViews.setState({
    settings: Object.fromEntries(
      Object.entries(viewers).map(([id, settings]) => [
        id,
        { ...settings, link: settings.link, image: ifKnown(settings.image) },
      ]),
    ),
  });
  if (restoreDock(dock)) usePreset.setState({ name: preset });
  return true;
}

/** From now on saves the window a while after its last change. */
export function keepSession(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, saveAfterMs);
  };
  useBench.subscribe(later);
  useViews.subscribe(({ settings }, before) => {
    if (settings !== before.settings) later();
  });
  window.addEventListener('pointerup', later);
}

function save(): void {
  if (useServer.getState().connection !== 'open') return;
  const { model, image, run, method, targets, overlays, displays, params, defences } = useBench.getState();
  const bench = { model, image, run, method, targets, overlays, displays, params, defences };
  const content = {
    dock: dockLayout(),
    preset: usePreset.getState().name,
    bench,
    viewers: useViews.getState().settings,
  };
  attempt(() => api.layouts.save({ name: layoutName, content }));
}
