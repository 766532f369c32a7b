import { Button, Checkbox, Group, NativeSelect, NumberInput, Slider, Stack, Text } from '@mantine/core';
import { useRef } from 'react';
import type { ColourMapName } from '../../core/base/colourMap.ts';
import { ColourBar } from './ColourBar.tsx';
import { HistogramEditor, withEnd } from './HistogramEditor.tsx';
import { type Blend, type Layer, type LayerDisplay, blendTitles, blends } from './layer.ts';
import { autoRange, extent, figureRange, symmetricRange } from './range.ts';

const colourMapTitles: Readonly<Record<ColourMapName, string>> = {
  blueRed: 'Blue to red',
  viridis: 'Viridis',
  magma: 'Magma',
  cividis: 'Cividis',
  grey: 'Grey',
};

interface LayerSettingsProps {
  readonly layer: Layer;
  readonly onChange: (display: LayerDisplay) => void;
}

/** Everything about how one overlay is shown. Its numbers stay as they are. */
export function LayerSettings({ layer, onChange }: LayerSettingsProps) {
  const { display, plane, signed } = layer;
  const change = (part: Partial<LayerDisplay>): void => onChange({ ...display, ...part });
  return (
    <Stack gap={8} className="layer-settings">
      <RangeEditor layer={layer} onChange={onChange} />
      <ColourBar colourMap={display.colourMap} low={display.low} high={display.high} />
      <Group gap={8} grow wrap="nowrap">
        <NativeSelect
          label="Colours"
          value={display.colourMap}
          data={Object.entries(colourMapTitles).map(([value, label]) => ({ value, label }))}
          onChange={(event) => change({ colourMap: event.currentTarget.value as ColourMapName })}
        />
        <NativeSelect
          label="Blend"
          value={display.blend}
          data={blends.map((value) => ({ value, label: blendTitles[value] }))}
          onChange={(event) => change({ blend: event.currentTarget.value as Blend })}
        />
      </Group>
      <LabelledSlider
        label="Opacity"
        text={`${Math.round(display.opacity * 100)} %`}
        value={display.opacity}
        max={1}
        onChange={(opacity) => change({ opacity })}
      />
      <LabelledSlider
        label="Hide below"
        text={display.threshold === 0 ? 'nothing hidden' : `|value| < ${display.threshold.toPrecision(3)}`}
        value={display.threshold}
        max={symmetricRange(extent(plane.values)).high || 1}
        onChange={(threshold) => change({ threshold })}
      />
      {signed && (
        <Checkbox
          size="xs"
          label="Symmetric about zero"
          checked={display.symmetric}
          onChange={(event) =>
            change(
              event.currentTarget.checked
                ? { symmetric: true, ...symmetricRange(display) }
                : { symmetric: false },
            )
          }
        />
      )}
    </Stack>
  );
}

function RangeEditor({ layer, onChange }: LayerSettingsProps) {
  const { display, plane, signed } = layer;
  const repetition = useRef(0);
  const auto = (): void => {
    onChange({ ...display, ...autoRange(plane.values, display.symmetric, repetition.current) });
    repetition.current += 1;
  };
  const reset = (): void => {
    repetition.current = 0;
    onChange({ ...display, ...figureRange(plane, signed), symmetric: signed });
  };
  return (
    <>
      <Group gap={6} justify="space-between">
        <Text size="xs">Range of the colours</Text>
        <Button.Group>
          <Button
            size="compact-xs"
            variant="default"
            onClick={auto}
            title="1–99 % of the values; again for a narrower range (A)"
          >
            Auto
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={reset}
            title="The range of the exported figure"
          >
            Reset
          </Button>
        </Button.Group>
      </Group>
      <HistogramEditor layer={layer} onChange={onChange} />
      <Group gap={8} wrap="nowrap" grow>
        {(['low', 'high'] as const).map((end) => (
          <NumberInput
            key={end}
            aria-label={end === 'low' ? 'Least value of the colours' : 'Greatest value of the colours'}
            leftSection={<Text size="xs">{end === 'low' ? 'min' : 'max'}</Text>}
            leftSectionWidth={36}
            value={Number(display[end].toPrecision(5))}
            hideControls
            onChange={(value) => typeof value === 'number' && onChange(withEnd(display, end, value))}
          />
        ))}
      </Group>
    </>
  );
}

interface LabelledSliderProps {
  readonly label: string;
  readonly text: string;
  readonly value: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

function LabelledSlider({ label, text, value, max, onChange }: LabelledSliderProps) {
  return (
    <div>
      <Group justify="space-between" gap={4}>
        <Text size="xs">{label}</Text>
        <Text size="xs" c="dimmed" className="numbers">
          {text}
        </Text>
      </Group>
      <Slider
        aria-label={label}
        size="sm"
        label={null}
        min={0}
        max={max}
        step={max / 100}
        value={value}
        onChange={onChange}
      />
    </div>
  );
}
