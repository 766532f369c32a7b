import { Button, NativeSelect, Select, Slider, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { JobInfo, JobRequestInput, RunInfo } from '../../core/protocol/jobs.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { Problem } from '../components/Problem.tsx';
import { timeText } from '../components/timeText.ts';
import { PlainPicture } from '../results/PlainPicture.tsx';
import { Facts, ResultView } from '../results/ResultView.tsx';
import { start } from '../store/actions.ts';
import { useBench } from '../store/bench.ts';
import { useModelLayers } from '../store/modelLayers.ts';
import { jobTitle, runTitle, useMethodTitle } from '../store/runTitle.ts';
import { detailsOf } from '../store/runs.ts';
import { attempt, useServer } from '../store/server.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { definePanel } from './define.ts';

export const gallery = definePanel({
  id: 'gallery',
  title: 'Features',
  description: 'What channels and layers have learned: visualizations, dataset examples, dreams',
  icon: 'features',
  component: Gallery,
});

const galleryCommands: ReadonlySet<string> = new Set(['features', 'examples', 'dream', 'style']);

function Gallery() {
  const model = useBench((bench) => bench.model);
  const runs = useServer((server) => server.runs).filter(
    (run) => galleryCommands.has(run.command) && run.model.id === model,
  );
  const titleOf = useMethodTitle();
  const job = useServer((server) =>
    server.jobs.find(
      ({ state, request }) =>
        state === 'running' &&
        request !== undefined &&
        request.model === model &&
        galleryCommands.has(request.command),
    ),
  );
  const [shown, setShown] = useState<string>();
  const [side, setSide] = useState(130);
  const run = runs.find(({ id }) => id === shown) ?? runs[0];
  if (model === undefined) {
    return (
      <div className="panel">
        <EmptyState icon="features" title="What channels and layers have learned">
          Open a model first.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="panel">
      <AskBar model={model} onStarted={() => setShown(undefined)} />
      <div className="panel-bar">
        <NativeSelect
          aria-label="Run"
          flex={1}
          maw={420}
          disabled={runs.length === 0}
          value={run?.id ?? ''}
          data={
            runs.length === 0
              ? [{ value: '', label: 'No runs yet' }]
              : runs.map((one) => runOption(one, titleOf))
          }
          onChange={(event) => setShown(event.currentTarget.value)}
        />
        <span className="grow" />
        <Slider
          aria-label="Size of the pictures"
          label={null}
          size="sm"
          w={90}
          min={60}
          max={320}
          value={side}
          onChange={setSide}
        />
      </div>
      <div className="panel-body">
        {job !== undefined && <LivePreview job={job} />}
        {run === undefined && job === undefined && (
          <EmptyState icon="features" title="No pictures of features yet">
            Choose a layer and channels above, then press Visualize: gradient ascent draws what each channel
            responds to most.
          </EmptyState>
        )}
        {run !== undefined && <Pictures run={run.id} side={side} />}
      </div>
    </div>
  );
}

const runOption = (run: RunInfo, titleOf: (method: string) => string) => ({
  value: run.id,
  label: `${timeText(run.created)} · ${runTitle(run, titleOf)}`,
});

function AskBar({ model, onStarted }: { readonly model: string; readonly onStarted: () => void }) {
  const layers = useModelLayers(model);
  const images = useServer((server) => server.images);
  const chosenImages = useBench((bench) => bench.chosenImages);
  const [layer, setLayer] = useState('auto');
  const [channels, setChannels] = useState('0-11');
  const params = useBench((bench) => bench.params);
  const ask = (id: string, command: 'features' | 'examples', own: Record<string, unknown>): void => {
    const subjects = chosenImages.length > 0 ? chosenImages : images.map((image) => image.id);
    const request: JobRequestInput = {
      command,
      model,
      images: command === 'features' ? [] : subjects.map((image) => ({ image })),
      methods: [{ id, params: { ...params[id], ...own } }],
    };
    attempt(() => start(request));
    onStarted();
  };
  return (
    <div className="panel-bar">
      <Select
        aria-label="Layer"
        searchable
        allowDeselect={false}
        w={190}
        data={['auto', ...(layers.value ?? []).map(({ name }) => name).toReversed()]}
        value={layer}
        onChange={(value) => value !== null && setLayer(value)}
      />
      <TextInput
        aria-label="Channels"
        title="Such as 0-15,30 or all"
        placeholder="channels"
        w={96}
        value={channels}
        onChange={(event) => setChannels(event.currentTarget.value)}
      />
      <Button
        leftSection={<Icon name="play" />}
        onClick={() => ask('featureVisualization', 'features', { layer, channels })}
      >
        Visualize
      </Button>
      <Button
        variant="default"
        disabled={images.length === 0}
        title="The parts of the project’s pictures that excite each channel most"
        onClick={() => ask('datasetExamples', 'examples', { layer, channels })}
      >
        Dataset examples
      </Button>
      <Button variant="default" onClick={() => ask('firstLayerWeights', 'features', {})}>
        First-layer weights
      </Button>
    </div>
  );
}

/** What a running job looks like so far. */
function LivePreview({ job }: { readonly job: JobInfo }) {
  const title = jobTitle(job, useMethodTitle());
  const { preview, what } = job.progress;
  return (
    <section className="panel-section" aria-label="So far">
      <Text size="sm" mb={6} className="numbers">
        {title}
        {what !== '' && `: ${what}`}
      </Text>
      {preview !== undefined && preview.type !== 'heatmap' && <ResultView result={preview} />}
    </section>
  );
}

function Pictures({ run, side }: { readonly run: string; readonly side: number }) {
  const details = useLoaded(run, () => detailsOf(run), true);
  if (details.error !== undefined) return <Problem sentence={details.error} />;
  return (
    <>
      {details.value?.subjects.flatMap(({ title, results }) =>
        results.map((result) => (
          <section className="panel-section" key={`${title} ${result.method} ${result.name}`}>
            <Text fw={600} size="sm" mb={6}>
              {result.title}
            </Text>
            {result.type === 'imageGrid' ? (
              <div className="tiles" style={{ gridTemplateColumns: `repeat(auto-fill, ${side}px)` }}>
                {result.cells.map(({ picture, caption }, at) => (
                  <figure key={at}>
                    <PlainPicture picture={picture} label={caption.join(', ')} side={side} />
                    {caption.map((line) => (
                      <figcaption key={line} className="clip dimmed" title={line}>
                        {line}
                      </figcaption>
                    ))}
                  </figure>
                ))}
              </div>
            ) : (
              result.type !== 'heatmap' && <ResultView result={result} />
            )}
            {result.notes.map((note) => (
              <Text key={note} size="xs" c="dimmed" mt={4}>
                {note}
              </Text>
            ))}
            <Facts facts={result.facts} />
          </section>
        )),
      )}
    </>
  );
}
