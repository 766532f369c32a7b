import { Text } from '@mantine/core';
import { useState } from 'react';
import { IconButton } from '../components/IconButton.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { moveOverlay, removeOverlay, setDisplay, soloOverlay } from '../store/bench.ts';
import { colourGradient } from './ColourBar.tsx';
import { LayerSettings } from './LayerSettings.tsx';
import type { Layer } from './layer.ts';

interface LayerListProps {
  readonly model: string;
  readonly image: string;
  /** The topmost last. */
  readonly layers: readonly Layer[];
  /** How the colours of each layer read, by key. */
  readonly readings: ReadonlyMap<string, string>;
}

/** The overlays of an image, the topmost first, and how the chosen one is shown. */
export function LayerList({ model, image, layers, readings }: LayerListProps) {
  const [chosen, setChosen] = useState<string>();
  const selected =
    layers.find(({ key }) => key === chosen) ??
    layers.findLast(({ display }) => display.visible) ??
    layers.at(-1);
  if (selected === undefined) {
    return (
      <EmptyState icon="layers" title="No overlays yet">
        Run a method: its map appears here, as a layer over the image.
      </EmptyState>
    );
  }
  const reading = readings.get(selected.key);
  return (
    <>
      <h3 className="section-title" style={{ padding: '10px 10px 0' }}>
        Overlays
      </h3>
      <div role="listbox" aria-label="Overlays">
        {layers.toReversed().map((layer) => (
          <LayerRow
            key={layer.key}
            layer={layer}
            model={model}
            image={image}
            selected={layer === selected}
            onSelect={() => setChosen(layer.key)}
          />
        ))}
      </div>
      <LayerSettings layer={selected} onChange={(display) => setDisplay(selected.key, display)} />
      {reading !== undefined && selected.signed && (
        <Text size="xs" c="dimmed" px={10} pb={10}>
          {reading}
        </Text>
      )}
    </>
  );
}

interface LayerRowProps {
  readonly layer: Layer;
  readonly model: string;
  readonly image: string;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function LayerRow({ layer, model, image, selected, onSelect }: LayerRowProps) {
  const { key, title, display } = layer;
  return (
    <div
      className="row"
      role="option"
      aria-selected={selected}
      tabIndex={0}
      onClick={onSelect}
      onDoubleClick={() => soloOverlay(model, image, key)}
      onKeyDown={(event) => event.key === 'Enter' && onSelect()}
    >
      <IconButton
        icon={display.visible ? 'eye' : 'eyeOff'}
        label={display.visible ? `Hide ${title}` : `Show ${title}`}
        onClick={() => setDisplay(key, { ...display, visible: !display.visible })}
      />
      <span className={`grow clip ${display.visible ? '' : 'dimmed'}`} title={title}>
        {title}
      </span>
      <span className="row-actions">
        <IconButton icon="solo" label="Show alone" onClick={() => soloOverlay(model, image, key)} />
        <IconButton icon="arrowUp" label="Move up" onClick={() => moveOverlay(model, image, key, 1)} />
        <IconButton icon="close" label="Remove" onClick={() => removeOverlay(model, image, key)} />
      </span>
      <span
        aria-hidden="true"
        style={{
          width: 26,
          height: 8,
          borderRadius: 2,
          flexShrink: 0,
          background: colourGradient(display.colourMap),
        }}
      />
    </div>
  );
}
