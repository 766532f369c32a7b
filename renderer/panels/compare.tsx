import { Button, MultiSelect, SegmentedControl, Slider, Tooltip } from '@mantine/core';
import { Fragment, useState } from 'react';
import { topClass } from '../../core/protocol/target.ts';
import type { ImageInfo } from '../../core/protocol/workbench.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { Problem } from '../components/Problem.tsx';
import { HeatmapCanvas } from '../results/HeatmapCanvas.tsx';
import { PlainPicture } from '../results/PlainPicture.tsx';
import { start } from '../store/actions.ts';
import { chooseImage, useBench } from '../store/bench.ts';
import { type Explanation, explanationKey, useExplanations } from '../store/explanations.ts';
import { showPanel } from '../store/navigation.ts';
import { useMethodTitle } from '../store/runTitle.ts';
import { attempt, useServer } from '../store/server.ts';
import { symmetricRange } from '../viewer/range.ts';
import { definePanel } from './define.ts';

export const compare = definePanel({
  id: 'compare',
  title: 'Compare',
  description: 'Methods × images in one grid, zoomed together',
  icon: 'compare',
  component: Compare,
});

/** Images of the grid while none are chosen. */
const mostImages = 6;

const scales = [
  { value: 'own', label: 'Own scales' },
  { value: 'method', label: 'One a method' },
] as const;

type Scale = (typeof scales)[number]['value'];

function Compare() {
  const model = useBench((bench) => bench.model);
  const chosen = useBench((bench) => bench.chosenImages);
  const allImages = useServer((server) => server.images);
  const explanations = useExplanations(model);
  const [picked, setPicked] = useState<string[]>();
  const [scale, setScale] = useState<Scale>('own');
  const [side, setSide] = useState(150);
  const images =
    chosen.length > 0 ? allImages.filter(({ id }) => chosen.includes(id)) : allImages.slice(0, mostImages);
  const known = explanations.value ?? new Map<string, Explanation>();
  const columns = picked ?? methodsOf(known, images);
  if (model === undefined || images.length === 0) {
    return (
      <div className="panel">
        <EmptyState icon="compare" title="Methods side by side">
          {model === undefined ? 'Open a model first.' : 'Add images to the project first.'}
        </EmptyState>
      </div>
    );
  }
  const missing = columns.filter((method) => images.some(({ id }) => !known.has(explanationKey(method, id))));
  return (
    <div className="panel">
      <div className="panel-bar">
        <MethodChoice columns={columns} onChange={setPicked} />
        <Tooltip label="Whether colours can be compared down a column">
          <SegmentedControl
            size="xs"
            aria-label="Colour scale"
            value={scale}
            data={[...scales]}
            onChange={setScale}
          />
        </Tooltip>
        <Slider
          aria-label="Size of the cells"
          label={null}
          size="sm"
          w={80}
          min={80}
          max={360}
          value={side}
          onChange={setSide}
        />
        {missing.length > 0 && (
          <Button
            leftSection={<Icon name="play" />}
            onClick={() => attempt(() => compute(model, images, missing))}
          >
            Compute {missing.length === 1 ? '1 method' : `${missing.length} methods`}
          </Button>
        )}
      </div>
      {explanations.error !== undefined && <Problem sentence={explanations.error} />}
      <div className="panel-body">
        <Grid images={images} columns={columns} known={known} scale={scale} side={side} />
      </div>
    </div>
  );
}

interface MethodChoiceProps {
  readonly columns: readonly string[];
  readonly onChange: (methods: string[]) => void;
}

function MethodChoice({ columns, onChange }: MethodChoiceProps) {
  const methods = useServer((server) => server.session?.methods)?.filter(
    ({ command }) => command === 'explain',
  );
  return (
    <MultiSelect
      size="xs"
      flex={1}
      miw={200}
      aria-label="Methods to compare"
      placeholder={columns.length === 0 ? 'Choose methods' : ''}
      data={(methods ?? []).map(({ id, title }) => ({ value: id, label: title }))}
      value={[...columns]}
      searchable
      onChange={onChange}
    />
  );
}

interface GridProps {
  readonly images: readonly ImageInfo[];
  readonly columns: readonly string[];
  readonly known: ReadonlyMap<string, Explanation>;
  readonly scale: Scale;
  readonly side: number;
}

function Grid({ images, columns, known, scale, side }: GridProps) {
  const titleOf = useMethodTitle();
  return (
    <div className="compare-grid" style={{ gridTemplateColumns: `repeat(${columns.length + 1}, ${side}px)` }}>
      <span className="compare-head dimmed">Image</span>
      {columns.map((method) => (
        <span key={method} className="compare-head clip" title={titleOf(method)}>
          {titleOf(method)}
        </span>
      ))}
      {images.map((image) => (
        <Fragment key={image.id}>
          <button
            type="button"
            className="plain-cell"
            style={{ width: side }}
            title={`Look closely at ${image.name}`}
            onClick={() => {
              chooseImage(image.id);
              showPanel('imageViewer');
            }}
          >
            <PlainPicture picture={image.thumbnail} label={image.name} />
            <span className="clip dimmed">{image.name}</span>
          </button>
          {columns.map((method) => (
            <Cell
              key={method}
              explanation={known.get(explanationKey(method, image.id))}
              range={scale === 'method' ? columnRange(known, method, images) : undefined}
              side={side}
            />
          ))}
        </Fragment>
      ))}
    </div>
  );
}

/** Methods that were computed for any of the images. */
function methodsOf(known: ReadonlyMap<string, Explanation>, images: readonly ImageInfo[]): string[] {
  const ids = new Set(images.map(({ id }) => id));
  const found = [...known.values()].filter(({ subject }) => ids.has(subject.image ?? ''));
  return [...new Set(found.map(({ heatmap }) => heatmap.method))].slice(0, 8);
}

interface CellRange {
  readonly low: number;
  readonly high: number;
}

/** The common range of a column: symmetric about zero if the method is signed. */
function columnRange(
  known: ReadonlyMap<string, Explanation>,
  method: string,
  images: readonly ImageInfo[],
): CellRange | undefined {
  const maps = images.flatMap(({ id }) => known.get(explanationKey(method, id))?.heatmap ?? []);
  const range = {
    low: Math.min(0, ...maps.map(({ map }) => map.min ?? 0)),
    high: Math.max(0, ...maps.map(({ map }) => map.max ?? 0)),
  };
  if (range.high === range.low) return undefined;
  return maps.some(({ signed }) => signed) ? symmetricRange(range) : { low: 0, high: range.high };
}

interface CellProps {
  readonly explanation: Explanation | undefined;
  readonly range: CellRange | undefined;
  readonly side: number;
}

function Cell({ explanation, range, side }: CellProps) {
  if (explanation === undefined) {
    return (
      <div className="cell missing" style={{ width: side, height: side }}>
        not computed
      </div>
    );
  }
  const { heatmap, subject, run } = explanation;
  return (
    <div className="cell">
      <div style={{ display: 'flex', width: side, height: side }}>
        <HeatmapCanvas
          result={heatmap}
          subject={subject}
          viewer={`compare ${run} ${heatmap.map.sha256}`}
          viewKey="A"
          {...(range === undefined ? {} : { override: range })}
        />
      </div>
      <span className="clip dimmed" style={{ fontSize: 11 }}>
        {subject.explained?.label ?? ''}
      </span>
    </div>
  );
}

async function compute(
  model: string,
  images: readonly ImageInfo[],
  methods: readonly string[],
): Promise<void> {
  const { params, targets } = useBench.getState();
  await start({
    command: 'explain',
    model,
    images: images.map(({ id }) => ({ image: id })),
    methods: methods.map((id) => ({ id, params: params[id] ?? {} })),
    target: targets[model] ?? topClass,
  });
}
