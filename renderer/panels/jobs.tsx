import { Badge, Button, Progress } from '@mantine/core';
import type { JobInfo } from '../../core/protocol/jobs.ts';
import { api } from '../client.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { durationText, timeText } from '../components/timeText.ts';
import { jobTitle, useMethodTitle } from '../store/runTitle.ts';
import { showRun } from '../store/runs.ts';
import { attempt, isActive, useServer } from '../store/server.ts';
import { definePanel } from './define.ts';

export const jobs = definePanel({
  id: 'jobs',
  title: 'Jobs',
  description: 'What is being computed, and what became of it',
  icon: 'jobs',
  component: Jobs,
});

function Jobs() {
  const list = useServer((server) => server.jobs);
  if (list.length === 0) {
    return (
      <div className="panel">
        <EmptyState icon="jobs" title="Nothing is being computed">
          Everything you run appears here, with its progress. Jobs go on when you close this page.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="panel">
      <div className="panel-body">
        {list.toReversed().map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </div>
    </div>
  );
}

const colours = {
  queued: 'gray',
  running: 'blue',
  finished: 'teal',
  failed: 'red',
  cancelled: 'yellow',
} as const;

function JobRow({ job }: { readonly job: JobInfo }) {
  const titleOf = useMethodTitle();
  const title = jobTitle(job, titleOf);
  const { id, state, progress, cancelling, error, run, started, ended, comparison } = job;
  const share = progress.total > 0 ? (100 * progress.done) / progress.total : 0;
  const seconds =
    started === undefined || ended === undefined
      ? undefined
      : (Date.parse(ended) - Date.parse(started)) / 1000;
  return (
    <section className="panel-section" data-job={id} data-state={state}>
      <div style={{ display: 'flex', alignItems: 'center', gap: 8 }}>
        <span className="clip" style={{ flex: 1, fontWeight: 500 }} title={title}>
          {job.kind === 'repeat' ? `Repeat: ${title}` : title}
        </span>
        <Badge size="sm" variant="light" color={colours[state]}>
          {cancelling && isActive(job) ? 'cancelling' : state}
        </Badge>
        {isActive(job) && (
          <IconButton
            icon="stop"
            label="Cancel"
            danger
            disabled={cancelling}
            onClick={() => attempt(() => api.jobs.cancel({ job: id }))}
          />
        )}
      </div>
      {state === 'running' && (
        <>
          <Progress value={share} size="sm" mt={6} mb={4} aria-label={`Progress of ${title}`} />
          <div className="clip dimmed numbers" style={{ fontSize: 12 }}>
            {progress.what}
            {progress.total > 0 && ` · ${Math.round(share)} %`}
          </div>
        </>
      )}
      {error !== undefined && <p style={{ margin: '4px 0 0', overflowWrap: 'anywhere' }}>{error.message}</p>}
      {comparison !== undefined && <p style={{ margin: '4px 0 0' }}>{comparisonText(comparison)}</p>}
      <div style={{ display: 'flex', gap: 8, alignItems: 'center', fontSize: 12 }} className="dimmed numbers">
        <span>{timeText(job.queued)}</span>
        {seconds !== undefined && <span>{durationText(seconds)}</span>}
        {run !== undefined && (
          <Button variant="subtle" size="compact-xs" onClick={() => attempt(() => showRun(run))}>
            Show results
          </Button>
        )}
      </div>
    </section>
  );
}

function comparisonText({ identical, changed, differences }: NonNullable<JobInfo['comparison']>): string {
  if (changed.length === 0) return `All ${identical.length} files came out the same, byte for byte.`;
  const reasons = differences.length === 0 ? '' : ` ${differences.join(' ')}`;
  return `${changed.length} of ${identical.length + changed.length} files came out differently: ${changed.join(', ')}.${reasons}`;
}
