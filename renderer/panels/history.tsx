import { Button, Code, Menu, Modal, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RunInfo } from '../../core/protocol/jobs.ts';
import { api } from '../client.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { Problem } from '../components/Problem.tsx';
import { durationText, timeText } from '../components/timeText.ts';
import { removeRun, repeat } from '../store/actions.ts';
import { useBench } from '../store/bench.ts';
import { showPanel } from '../store/navigation.ts';
import { runTitle, useMethodTitle } from '../store/runTitle.ts';
import { detailsOf, showRun } from '../store/runs.ts';
import { attempt, notify, useServer } from '../store/server.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { definePanel } from './define.ts';

export const history = definePanel({
  id: 'history',
  title: 'History',
  description: 'Every run of this workspace: look again, repeat, copy as a command, compare',
  icon: 'history',
  component: History,
});

function History() {
  const runs = useServer((server) => server.runs);
  const titleOf = useMethodTitle();
  const [search, setSearch] = useState('');
  const [compared, setCompared] = useState<string>();
  const [difference, setDifference] = useState<readonly [string, string]>();
  const [recipe, setRecipe] = useState<string>();
  if (runs.length === 0) {
    return (
      <div className="panel">
        <EmptyState icon="history" title="No runs yet">
          Every finished run is kept here with its recipe, and can be repeated bit for bit.
        </EmptyState>
      </div>
    );
  }
  const words = search.toLowerCase();
  const found = runs.filter((run) =>
    `${runTitle(run, titleOf)} ${run.model.name}`.toLowerCase().includes(words),
  );
  return (
    <div className="panel">
      <div className="panel-bar">
        <TextInput
          flex={1}
          aria-label="Search runs"
          placeholder="Search runs"
          leftSection={<Icon name="search" size={13} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      {compared !== undefined && (
        <div className="panel-bar">
          <Text size="xs" flex={1}>
            Choose the run to compare it with.
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => setCompared(undefined)}>
            Leave it
          </Button>
        </div>
      )}
      <div className="panel-body">
        {found.map((run) => (
          <RunRow
            key={run.id}
            run={run}
            onOpen={() => {
              if (compared === undefined) attempt(() => showRun(run.id));
              else if (compared !== run.id) {
                setDifference([compared, run.id]);
                setCompared(undefined);
              }
            }}
            onCompare={() => setCompared(run.id)}
            onRecipe={() => setRecipe(run.id)}
          />
        ))}
      </div>
      <Modal
        opened={difference !== undefined}
        onClose={() => setDifference(undefined)}
        title="Difference"
        size="xl"
      >
        {difference !== undefined && <Difference left={difference[0]} right={difference[1]} />}
      </Modal>
      <Modal opened={recipe !== undefined} onClose={() => setRecipe(undefined)} title="Recipe" size="xl">
        {recipe !== undefined && <Recipe run={recipe} />}
      </Modal>
    </div>
  );
}

interface RunRowProps {
  readonly run: RunInfo;
  readonly onOpen: () => void;
  readonly onCompare: () => void;
  readonly onRecipe: () => void;
}

function RunRow({ run, onOpen, onCompare, onRecipe }: RunRowProps) {
  const current = useBench((bench) => bench.run === run.id);
  const title = runTitle(run, useMethodTitle());
  return (
    <div
      className="row"
      role="button"
      tabIndex={0}
      aria-current={current}
      data-run={run.id}
      onClick={onOpen}
      onKeyDown={(event) => event.key === 'Enter' && event.target === event.currentTarget && onOpen()}
    >
      <span className="grow">
        <div className="clip" title={title}>
          {title}
        </div>
        <div className="clip dimmed numbers" style={{ fontSize: 11 }}>
          {timeText(run.created)} · {durationText(run.seconds)} · {run.model.name}
        </div>
      </span>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <button
            type="button"
            className="plain-button"
            aria-label={`More about ${title}`}
            onClick={(event) => event.stopPropagation()}
          >
            <Icon name="more" />
          </button>
        </Menu.Target>
        <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
          <Menu.Item
            leftSection={<Icon name="repeat" />}
            onClick={() => {
              attempt(() => repeat(run.id));
              showPanel('jobs');
            }}
          >
            Repeat and compare
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="copy" />} onClick={() => attempt(() => copyCommand(run.id))}>
            Copy as command line
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="results" />} onClick={onRecipe}>
            Show the recipe
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="compare" />} onClick={onCompare}>
            Compare with another run…
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="download" />} component="a" href={`run/${run.id}.zip`} download>
            Download everything (.zip)
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<Icon name="trash" />}
            onClick={() => attempt(() => removeRun(run.id))}
          >
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

async function copyCommand(run: string): Promise<void> {
  const { command, run: byRecipe } = await api.runs.commandLine({ run });
  const text = command ?? byRecipe;
  await navigator.clipboard.writeText(text);
  notify('note', `Copied: ${text}`);
}

function Difference({ left, right }: { readonly left: string; readonly right: string }) {
  const rows = useLoaded(`${left} ${right}`, () => api.runs.diff({ left, right }));
  if (rows.error !== undefined) return <Problem sentence={rows.error} />;
  if (rows.value?.length === 0) return <Text>Both runs asked the same and found the same.</Text>;
  return (
    <Table verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What</Table.Th>
          <Table.Th>First</Table.Th>
          <Table.Th>Second</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.value?.map(({ what, left: first, right: second }) => (
          <Table.Tr key={what}>
            <Table.Td>{what}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{first}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{second}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Recipe({ run }: { readonly run: string }) {
  const details = useLoaded(run, () => detailsOf(run));
  if (details.error !== undefined) return <Problem sentence={details.error} />;
  if (details.value === undefined) return null;
  const text = JSON.stringify(details.value.recipe, undefined, 2);
  return (
    <>
      <Button
        mb="xs"
        variant="default"
        leftSection={<Icon name="copy" />}
        onClick={() => attempt(() => navigator.clipboard.writeText(text))}
      >
        Copy
      </Button>
      <Code block mah="60vh" style={{ overflow: 'auto' }}>
        {text}
      </Code>
    </>
  );
}
