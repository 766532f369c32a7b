import { Anchor, Button, Text } from '@mantine/core';
import type { RunDetails } from '../../core/protocol/jobs.ts';
import type { ResultView as Result, SubjectView } from '../../core/protocol/resultView.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { Problem } from '../components/Problem.tsx';
import { HeatmapCanvas } from '../results/HeatmapCanvas.tsx';
import { Facts, ResultView } from '../results/ResultView.tsx';
import { chooseImage, useBench } from '../store/bench.ts';
import { showPanel } from '../store/navigation.ts';
import { runTitle, useMethodTitle } from '../store/runTitle.ts';
import { detailsOf } from '../store/runs.ts';
import { useServer } from '../store/server.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { definePanel } from './define.ts';

export const results = definePanel({
  id: 'results',
  title: 'Results',
  description: 'Everything that a run found: maps, pictures, curves, tables, files',
  icon: 'results',
  component: Results,
});

function Results() {
  const chosen = useBench((bench) => bench.run);
  const model = useBench((bench) => bench.model);
  const newest = useServer((server) => server.runs.find((one) => one.model.id === model)?.id);
  const run = chosen ?? newest;
  const details = useLoaded(run, () => detailsOf(run ?? ''), true);
  if (run === undefined) {
    return (
      <div className="panel">
        <EmptyState icon="results" title="Everything that a run found">
          Run a method, or choose a run in the history.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="panel">
      {details.error !== undefined && <Problem sentence={details.error} />}
      {details.value !== undefined && <RunResults details={details.value} />}
    </div>
  );
}

function RunResults({ details: { info, subjects, archive } }: { readonly details: RunDetails }) {
  const image = useBench((bench) => bench.image);
  const title = runTitle(info, useMethodTitle());
  // The image that is looked at comes first.
  const ordered = [...subjects].sort((a, b) => Number(b.image === image) - Number(a.image === image));
  return (
    <>
      <div className="panel-bar">
        <span className="clip" style={{ flex: 1, fontWeight: 500 }} title={title}>
          {title}
        </span>
        <Button
          component="a"
          href={archive}
          download
          variant="default"
          leftSection={<Icon name="download" />}
        >
          All files
        </Button>
      </div>
      <div className="panel-body">
        {ordered.map((subject) => (
          <Subject key={subject.image ?? subject.title} subject={subject} />
        ))}
      </div>
    </>
  );
}

function Subject({ subject }: { readonly subject: SubjectView }) {
  const { title, image, explained, results: found } = subject;
  return (
    <section className="panel-section">
      <div style={{ display: 'flex', alignItems: 'baseline', gap: 8, marginBottom: 6 }}>
        <Text fw={600} size="sm" className="clip">
          {title}
        </Text>
        {explained !== undefined && (
          <Text size="xs" c="dimmed" className="clip numbers">
            {explained.description}
            {explained.probability !== null && ` · ${(100 * explained.probability).toFixed(1)} %`}
          </Text>
        )}
        <span style={{ flex: 1 }} />
        {image !== undefined && (
          <button
            type="button"
            className="link"
            onClick={() => {
              chooseImage(image);
              showPanel('imageViewer');
            }}
          >
            look closely
          </button>
        )}
      </div>
      {found.map((result) => (
        <OneResult key={`${result.method} ${result.name}`} result={result} subject={subject} />
      ))}
    </section>
  );
}

function OneResult({ result, subject }: { readonly result: Result; readonly subject: SubjectView }) {
  return (
    <article style={{ margin: '0 0 16px' }}>
      <Text size="sm" mb={4}>
        {result.title}
      </Text>
      {result.type === 'heatmap' ? (
        <div style={{ display: 'flex', width: 256, height: 256, maxWidth: '100%' }}>
          <HeatmapCanvas
            result={result}
            subject={subject}
            viewer={`results ${result.map.sha256}`}
            viewKey="A"
          />
        </div>
      ) : (
        <ResultView result={result} />
      )}
      {result.notes.map((note) => (
        <Text key={note} size="xs" c="dimmed" mt={4}>
          {note}
        </Text>
      ))}
      <div style={{ marginTop: 6 }}>
        <Facts facts={result.facts} />
      </div>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '2px 12px', marginTop: 6 }}>
        {result.files.map(({ url, name }) => (
          <Anchor key={name} href={url} download={name} size="xs">
            {name}
          </Anchor>
        ))}
      </div>
    </article>
  );
}
