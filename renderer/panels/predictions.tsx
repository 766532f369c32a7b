import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ModelInfo, Prediction } from '../../core/protocol/workbench.ts';
import { api } from '../client.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { Problem } from '../components/Problem.tsx';
import { pinTarget, useBench } from '../store/bench.ts';
import { Cache } from '../store/cache.ts';
import { useServer } from '../store/server.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { definePanel } from './define.ts';

export const predictions = definePanel({
  id: 'predictions',
  title: 'Predictions',
  description: 'What the network takes the image for; pin the class that is asked about',
  icon: 'predictions',
  component: Predictions,
});

/** Classes shown without a search, and found by one. */
const shownClasses = 10;
const foundClasses = 50;

/** All classes at once, so that a search needs no further question; predictions never change. */
const known = new Cache<Prediction>(64);

function Predictions() {
  const model = useBench((bench) => bench.model);
  const image = useBench((bench) => bench.image);
  const info = useServer((server) => server.models.find(({ id }) => id === model));
  const key = model === undefined || image === undefined ? undefined : `${model}:${image}`;
  const prediction = useLoaded(
    key,
    () => known.get(key ?? '', () => predict(model ?? '', image ?? '', info?.classes)),
    true,
  );
  if (info === undefined || image === undefined) {
    return (
      <div className="panel">
        <EmptyState icon="predictions" title="What the network takes an image for">
          {info === undefined ? 'Open a model first.' : 'Choose an image.'}
        </EmptyState>
      </div>
    );
  }
  return (
    <div
      className="panel"
      style={{ opacity: prediction.pending && prediction.value !== undefined ? 0.6 : 1 }}
    >
      {prediction.error !== undefined && <Problem sentence={prediction.error} />}
      {prediction.value !== undefined && <Classes model={info} prediction={prediction.value} />}
    </div>
  );
}

const predict = (model: string, image: string, classes = shownClasses): Promise<Prediction> =>
  api.predict({ model, image, top: classes });

function Classes({ model, prediction }: { readonly model: ModelInfo; readonly prediction: Prediction }) {
  const [search, setSearch] = useState('');
  const target = useBench((bench) => bench.targets[model.id]);
  const pinned = target?.kind === 'class' && typeof target.class === 'number' ? target.class : undefined;
  const words = search.trim().toLowerCase();
  const found = prediction.top.filter(
    ({ label, index }) => words === '' || label.toLowerCase().includes(words) || String(index) === words,
  );
  const shown = found.slice(0, words === '' ? shownClasses : foundClasses);
  const pinnedRow = shown.some(({ index }) => index === pinned)
    ? undefined
    : prediction.top.find(({ index }) => index === pinned);
  const rows = pinnedRow === undefined ? shown : [pinnedRow, ...shown];
  return (
    <>
      <div className="panel-bar">
        <TextInput
          flex={1}
          miw={0}
          aria-label="Search classes"
          placeholder={`Search ${model.classes} classes`}
          leftSection={<Icon name="search" size={13} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {target !== undefined && (
          <Button
            variant="default"
            title="Ask about the likeliest class again"
            onClick={() => pinTarget(model.id, undefined)}
          >
            Unpin
          </Button>
        )}
      </div>
      <div className="panel-body" style={{ padding: '4px 0' }}>
        {rows.map((row) => (
          <ClassRow
            key={row.index}
            row={row}
            pinned={row.index === pinned}
            asked={target === undefined && row === prediction.top[0]}
            onPin={() =>
              pinTarget(
                model.id,
                row.index === pinned ? undefined : { kind: 'class', class: row.index, of: 'logit' },
              )
            }
          />
        ))}
        {rows.length === 0 && <p className="dimmed panel-section">No class has this name.</p>}
        {prediction.nonFinite > 0 && (
          <Problem
            sentence={`${prediction.nonFinite} logits are not finite and take no part in the order.`}
          />
        )}
        {[...prediction.notes].map((note) => (
          <p key={note} className="dimmed panel-section" style={{ margin: 0 }}>
            {note}
          </p>
        ))}
      </div>
    </>
  );
}

interface ClassRowProps {
  readonly row: Prediction['top'][number];
  readonly pinned: boolean;
  /** It is asked about because nothing is pinned and it is the likeliest. */
  readonly asked: boolean;
  readonly onPin: () => void;
}

function ClassRow({ row, pinned, asked, onPin }: ClassRowProps) {
  const { label, index, logit, probability } = row;
  const share = probability ?? 0;
  return (
    <div className={`bar-row${pinned ? ' pinned' : ''}`} title={`class ${index} · logit ${logit.toFixed(4)}`}>
      <button type="button" className="label" onClick={onPin}>
        <div className="clip" style={{ fontWeight: pinned || asked ? 600 : 400 }}>
          {label}
        </div>
        <div className="bar-track">
          <div className="bar-fill" style={{ width: `${Math.max(0.3, share * 100)}%` }} />
        </div>
      </button>
      <span className="numbers right">{percentText(probability)}</span>
      <IconButton
        icon="pin"
        label={pinned ? 'Ask about the likeliest class again' : `Ask about ${label}`}
        active={pinned}
        onClick={onPin}
      />
    </div>
  );
}

function percentText(probability: number | null): string {
  if (probability === null) return '–';
  const percent = probability * 100;
  return percent >= 0.1 ? `${percent.toFixed(1)} %` : percent === 0 ? '0 %' : '< 0.1 %';
}
