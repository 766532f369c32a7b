import { Button, MultiSelect, Select, Text, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { MethodDescriptor, RunCommand } from '../../core/protocol/method.ts';
import type { ModelInfo } from '../../core/protocol/workbench.ts';
import { Icon } from '../components/Icon.tsx';
import { MethodForm } from '../forms/MethodForm.tsx';
import { fieldsOf } from '../forms/fields.ts';
import { chooseMethod, edit, setParams, useBench } from '../store/bench.ts';
import { referenceRoles } from '../store/references.ts';
import { useModelLayers } from '../store/modelLayers.ts';
import { imagesFor, needsImage, obstacle, runChosenMethod } from '../store/runChosen.ts';
import { attempt, useServer } from '../store/server.ts';
import { targetText } from '../store/targetText.ts';
import { definePanel } from './define.ts';

export const methods = definePanel({
  id: 'methods',
  title: 'Method',
  description: 'Choose a method, set its parameters, run it',
  icon: 'settings',
  component: Methods,
});

const commandTitles: Readonly<Record<RunCommand, string>> = {
  explain: 'Explain',
  features: 'Features',
  examples: 'Dataset examples',
  dream: 'DeepDream',
  style: 'Style',
  attack: 'Attack',
  robustness: 'Robustness',
};

const noMethods: readonly MethodDescriptor[] = [];

function Methods() {
  const list = useServer((server) => server.session?.methods) ?? noMethods;
  const id = useBench((bench) => bench.method);
  const method = list.find((one) => one.id === id);
  const groups = Object.entries(commandTitles).map(([command, group]) => ({
    group,
    items: list
      .filter((one) => one.command === command)
      .map(({ id: value, title }) => ({ value, label: title })),
  }));
  return (
    <div className="panel">
      <div className="panel-bar">
        <Select
          flex={1}
          aria-label="Method"
          searchable
          allowDeselect={false}
          maxDropdownHeight={420}
          data={groups.filter(({ items }) => items.length > 0)}
          value={id}
          nothingFoundMessage="No method has this name"
          onChange={(value) => value !== null && chooseMethod(value)}
        />
        <RunButton method={method} />
      </div>
      {method !== undefined && <Settings key={method.id} method={method} defences={list} />}
    </div>
  );
}

function RunButton({ method }: { readonly method: MethodDescriptor | undefined }) {
  // What a run needs comes from three places; any change may remove the obstacle.
  useBench();
  useServer((server) => server.images);
  const fault = obstacle(method);
  return (
    <Tooltip label={fault ?? 'Run (Ctrl+Enter)'}>
      <Button
        leftSection={<Icon name="play" />}
        disabled={fault !== undefined}
        onClick={() => attempt(runChosenMethod)}
      >
        Run
      </Button>
    </Tooltip>
  );
}

interface SettingsProps {
  readonly method: MethodDescriptor;
  readonly defences: readonly MethodDescriptor[];
}

function Settings({ method, defences }: SettingsProps) {
  const modelId = useBench((bench) => bench.model);
  const model = useServer((server) => server.models.find(({ id }) => id === modelId));
  const values = useBench((bench) => bench.params[method.id]) ?? {};
  const layers = useModelLayers(modelId);
  const [resets, setResets] = useState(0);
  const fields = fieldsOf(method.params);
  return (
    <div className="panel-body">
      <div className="panel-section">
        <Text size="sm">{method.description}</Text>
        <Text size="xs" c="dimmed" mt={4}>
          {method.citation}
        </Text>
      </div>
      <div className="panel-section">
        <Subject method={method} model={model} />
      </div>
      {fields.length > 0 && (
        <div className="panel-section">
          <h3 className="section-title">
            Parameters
            <span style={{ flex: 1 }} />
            {Object.keys(values).length > 0 && (
              <button
                type="button"
                className="link"
                onClick={() => {
                  setParams(method.id, {});
                  setResets(resets + 1);
                }}
              >
                Reset
              </button>
            )}
          </h3>
          <MethodForm
            key={resets}
            fields={fields}
            values={values}
            layers={layers.value ?? []}
            onChange={(params) => setParams(method.id, params)}
          />
        </div>
      )}
      <References method={method} />
      {method.command !== 'features' && <Defences list={defences.filter(({ kind }) => kind === 'defence')} />}
    </div>
  );
}

/** What the run is about: which images, which class or unit. */
function Subject({
  method,
  model,
}: {
  readonly method: MethodDescriptor;
  readonly model: ModelInfo | undefined;
}) {
  const bench = useBench();
  const images = useServer((server) => server.images);
  const taken = imagesFor(method);
  const names = taken.map((id) => images.find((one) => one.id === id)?.name ?? 'an image');
  const target = model === undefined ? undefined : bench.targets[model.id];
  return (
    <dl className="facts">
      <dt>Model</dt>
      <dd>{model?.name ?? 'none'}</dd>
      {needsImage(method) && (
        <>
          <dt>Images</dt>
          <dd>{names.length > 2 ? `${names.length} images` : names.join(', ') || 'none'}</dd>
        </>
      )}
      {method.kind !== 'evaluation' && (
        <>
          <dt>{method.kind === 'attack' ? 'Class to reach' : 'Asks about'}</dt>
          <dd>
            {method.kind === 'attack' && target === undefined
              ? 'any other than the network’s own'
              : targetText(target, model)}
          </dd>
        </>
      )}
    </dl>
  );
}

/** Further images by their role: the style of a style transfer, the guide of a dream. */
function References({ method }: { readonly method: MethodDescriptor }) {
  const images = useServer((server) => server.images);
  const references = useBench((bench) => bench.references);
  const roles = referenceRoles(method);
  if (roles.length === 0) return null;
  return (
    <div className="panel-section form">
      {roles.map(({ role, title, advice }) => (
        <MultiSelect
          key={role}
          size="xs"
          label={title}
          description={advice}
          data={images.map(({ id, name }) => ({ value: id, label: name }))}
          value={[...(references[role] ?? [])]}
          onChange={(chosen) => useBench.setState({ references: { ...references, [role]: chosen } })}
        />
      ))}
    </div>
  );
}

function Defences({ list }: { readonly list: readonly MethodDescriptor[] }) {
  const stages = useBench((bench) => bench.defences);
  const params = useBench((bench) => bench.params);
  const chosen = stages.map(({ id }) => id);
  return (
    <div className="panel-section">
      <MultiSelect
        size="xs"
        label="Defences in front of the network"
        description="Stages that every picture passes first, in this order"
        placeholder={chosen.length === 0 ? 'none' : ''}
        data={list.map(({ id, title }) => ({ value: id, label: title }))}
        value={chosen}
        onChange={(ids) =>
          edit('defences', () => ({
            defences: ids.map(
              (id) => stages.find((stage) => stage.id === id) ?? { id, params: params[id] ?? {} },
            ),
          }))
        }
      />
      {stages.map((stage) => {
        const descriptor = list.find(({ id }) => id === stage.id);
        if (descriptor === undefined) return null;
        return (
          <div key={stage.id} style={{ marginTop: 10 }}>
            <h3 className="section-title">{descriptor.title}</h3>
            <MethodForm
              fields={fieldsOf(descriptor.params)}
              values={stage.params}
              layers={[]}
              onChange={(changed) =>
                edit(`defence ${stage.id}`, ({ defences }) => ({
                  defences: defences.map((one) =>
                    one.id === stage.id ? { ...one, params: { ...changed } } : one,
                  ),
                }))
              }
            />
          </div>
        );
      })}
    </div>
  );
}
