import { Button, NativeSelect, Slider, Text } from '@mantine/core';
import { useState } from 'react';
import type { RunDetails } from '../../core/protocol/jobs.ts';
import type { MethodDescriptor } from '../../core/protocol/method.ts';
import type { ResultView as Result, SubjectView } from '../../core/protocol/resultView.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { Problem } from '../components/Problem.tsx';
import { fieldsOf, numberText } from '../forms/fields.ts';
import { AttackPictures } from '../results/AttackPictures.tsx';
import { ProbabilityChange } from '../results/ProbabilityChange.tsx';
import { Facts, ResultView } from '../results/ResultView.tsx';
import { requestFor, start } from '../store/actions.ts';
import { chooseMethod, setParams, useBench } from '../store/bench.ts';
import { showPanel } from '../store/navigation.ts';
import { detailsOf } from '../store/runs.ts';
import { attempt, isActive, useServer } from '../store/server.ts';
import { targetText } from '../store/targetText.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { definePanel } from './define.ts';

export const attack = definePanel({
  id: 'attack',
  title: 'Attack lab',
  description: 'How little it takes to fool the network',
  icon: 'attack',
  component: AttackLab,
});

/** One-step attacks run at once when ε is moved. */
const oneStep: ReadonlySet<string> = new Set(['fgsm']);
const greatestLevels = 32;

function AttackLab() {
  const model = useBench((bench) => bench.model);
  const image = useBench((bench) => bench.image);
  const method = useBench((bench) => bench.method);
  const list =
    useServer((server) => server.session?.methods)?.filter(({ command }) => command === 'attack') ?? [];
  const [own, setOwn] = useState('pgd');
  // The method settings beside this panel are those of the attack that is chosen here, and the other way round.
  const id = list.some((one) => one.id === method) ? method : own;
  const chosen = list.find((one) => one.id === id);
  if (model === undefined || image === undefined) {
    return (
      <div className="panel">
        <EmptyState icon="attack" title="How little it takes to fool the network">
          {model === undefined ? 'Open a model first.' : 'Choose an image to attack.'}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="panel">
      <div className="panel-bar">
        <NativeSelect
          aria-label="Attack"
          value={id}
          data={list.map(({ id: value, title }) => ({ value, label: title }))}
          onChange={(event) => {
            setOwn(event.currentTarget.value);
            chooseMethod(event.currentTarget.value);
          }}
        />
        {chosen !== undefined && <Budget method={chosen} image={image} />}
        <span className="grow" />
        <Goal model={model} />
        {chosen !== undefined && (
          <Button leftSection={<Icon name="attack" />} onClick={() => attempt(() => run(chosen, image))}>
            Attack
          </Button>
        )}
      </div>
      <Outcome model={model} image={image} method={id} />
    </div>
  );
}

async function run(method: MethodDescriptor, image: string): Promise<void> {
  const request = requestFor(method, [image]);
  if (request !== undefined) await start(request);
}

/** The slider of ε in levels of 8-bit pictures, for attacks in the L∞ ball. */
function Budget({ method, image }: { readonly method: MethodDescriptor; readonly image: string }) {
  const params = useBench((bench) => bench.params[method.id]) ?? {};
  const busy = useServer((server) => server.jobs.some(isActive));
  const field = fieldsOf(method.params).find(({ name }) => name === 'epsilon');
  if (field === undefined) return <Text size="xs">looks for the smallest perturbation</Text>;
  const epsilon = Number(params['epsilon'] ?? field.byDefault);
  const change = (levels: number): void => setParams(method.id, { ...params, epsilon: levels / 255 });
  return (
    <>
      <Text size="xs" ml={8}>
        ε
      </Text>
      <Slider
        aria-label="ε in levels of 255"
        label={null}
        size="sm"
        w={140}
        min={0}
        max={greatestLevels}
        step={1}
        value={epsilon * 255}
        onChange={change}
        onChangeEnd={() => {
          if (oneStep.has(method.id) && !busy) attempt(() => run(method, image));
        }}
      />
      <Text size="xs" className="numbers" w={48}>
        {numberText(Number(epsilon.toPrecision(12)), field.unit).slice(0, 7)}
      </Text>
    </>
  );
}

function Goal({ model }: { readonly model: string }) {
  const info = useServer((server) => server.models.find(({ id }) => id === model));
  const target = useBench((bench) => bench.targets[model]);
  return (
    <button
      type="button"
      className="link"
      onClick={() => showPanel('predictions')}
      title="Pin a class in Predictions"
    >
      {target === undefined ? 'Away from its class' : `Towards ${targetText(target, info)}`}
    </button>
  );
}

interface OutcomeProps {
  readonly model: string;
  readonly image: string;
  readonly method: string;
}

/** What the newest run of this attack on this image found. */
function Outcome({ model, image, method }: OutcomeProps) {
  const runs = useServer((server) => server.runs);
  const newest = runs.find(
    (one) =>
      one.command === 'attack' &&
      one.model.id === model &&
      one.methods.includes(method) &&
      one.images.some(({ id }) => id === image),
  );
  const details = useLoaded(newest?.id, () => detailsOf(newest?.id ?? ''), true);
  if (newest === undefined) {
    return (
      <EmptyState icon="attack" title="This image has not been attacked with this method yet">
        Press Attack. Without a pinned class, the network is led away from its own answer; pin a class in
        Predictions to lead it there.
      </EmptyState>
    );
  }
  if (details.error !== undefined) return <Problem sentence={details.error} />;
  const found = details.value === undefined ? undefined : resultsOf(details.value, image, method);
  return found === undefined ? null : <Found {...found} />;
}

interface FoundProps {
  readonly subject: SubjectView;
  readonly results: readonly Result[];
}

function resultsOf({ subjects }: RunDetails, image: string, method: string): FoundProps | undefined {
  const subject = subjects.find((one) => one.image === image);
  if (subject === undefined) return undefined;
  return { subject, results: subject.results.filter((result) => result.method === method) };
}

function Found({ subject, results }: FoundProps) {
  const adversarial = results.find(({ name }) => name === 'adversarial');
  const perturbation = results.find(({ name }) => name === 'perturbation');
  const probabilities = results.find(({ name }) => name === 'probabilities');
  const traces = results.filter(({ type }) => type === 'curve');
  return (
    <div className="panel-body">
      {adversarial?.type === 'image' && perturbation?.type === 'image' && (
        <AttackPictures subject={subject} adversarial={adversarial} perturbation={perturbation} />
      )}
      <div className="attack-numbers">
        {probabilities?.type === 'table' && (
          <section className="panel-section">
            <h3 className="section-title">Probabilities before and after</h3>
            <ProbabilityChange table={probabilities} />
          </section>
        )}
        {adversarial !== undefined && (
          <section className="panel-section">
            <h3 className="section-title">Outcome</h3>
            <Facts facts={adversarial.facts} />
          </section>
        )}
      </div>
      {traces.map(
        (trace) =>
          trace.type === 'curve' && (
            <section className="panel-section" key={trace.name}>
              <h3 className="section-title">{trace.y.label}</h3>
              <ResultView result={trace} />
            </section>
          ),
      )}
    </div>
  );
}
