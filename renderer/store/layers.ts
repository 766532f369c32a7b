import type { SubjectView } from '../../core/protocol/resultView.ts';
import { planeOf } from '../viewer/arrays.ts';
import { defaultDisplay } from '../viewer/displayDefaults.ts';
import type { BaseImage, Layer } from '../viewer/layer.ts';
import { type OverlayRef, overlayKey, useBench } from './bench.ts';
import { arrayOf, pictureOf } from './content.ts';
import { api } from '../client.ts';
import { detailsOf, heatmapsOf } from './runs.ts';
import { type Loaded, useLoaded } from './useLoaded.ts';
import { useMemo } from 'react';

/** An overlay whose numbers are there. */
export interface LoadedOverlay extends Omit<Layer, 'display' | 'id'> {
  readonly ref: OverlayRef;
  readonly reading: string;
  readonly subject: SubjectView;
  /** URL of the raw array, and its file name. */
  readonly file: { readonly url: string; readonly name: string };
}

const none: readonly OverlayRef[] = [];

/** What `model` sees of `image`, or the whole picture where there is no model. */
export function useBase(model: string | undefined, image: string | undefined): Loaded<BaseImage> {
  const key = image === undefined ? undefined : `${model ?? ''}:${image}`;
  return useLoaded(
    key,
    async () => {
      if (image === undefined) throw new Error('No image is chosen.');
      if (model !== undefined) return pictureOf(await api.images.fitted({ model, image }));
      const found = (await api.images.list()).find(({ id }) => id === image);
      if (found === undefined) throw new Error('This image is no longer in the workspace.');
      return pictureOf(found.picture);
    },
    true,
  );
}

/** The overlays of an image with their numbers, the topmost last. */
export function useOverlays(
  model: string | undefined,
  image: string | undefined,
): Loaded<readonly LoadedOverlay[]> {
  const key = model === undefined || image === undefined ? '' : overlayKey(model, image);
  const refs = useBench(({ overlays }) => overlays[key]) ?? none;
  const hash = refs.map(({ key: map }) => map).join(' ');
  return useLoaded(
    image === undefined ? undefined : `${key} ${hash}`,
    () => Promise.all(refs.map((ref) => loadOverlay(ref, image))),
    true,
  );
}

async function loadOverlay(ref: OverlayRef, image: string | undefined): Promise<LoadedOverlay> {
  const { subjects } = await detailsOf(ref.run);
  const subject = subjects.find((one) => one.image === image);
  const found =
    subject === undefined ? undefined : heatmapsOf(subject).find(({ map }) => map.sha256 === ref.key);
  if (subject === undefined || found === undefined) {
    throw new Error('A map that lay on this image is no longer in the workspace.');
  }
  return {
    ref,
    title: found.title,
    key: ref.key,
    signed: found.signed,
    reading: found.reading,
    subject,
    plane: planeOf(await arrayOf(found.map), found.map.name),
    file: { url: found.map.url, name: found.map.name },
  };
}

/** Overlays as a viewer draws them. */
export function useLayers(overlays: readonly LoadedOverlay[] | undefined): readonly Layer[] {
  const displays = useBench((bench) => bench.displays);
  return useMemo(
    () =>
      (overlays ?? []).map(({ key, title, plane, signed }) => ({
        id: key,
        key,
        title,
        plane,
        signed,
        display: displays[key] ?? defaultDisplay(plane, signed),
      })),
    [overlays, displays],
  );
}
