import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { LayerInfo, ModelInfo } from '../../core/protocol/workbench.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { Problem } from '../components/Problem.tsx';
import { countText } from '../components/timeText.ts';
import { chooseMethod, setParams, useBench } from '../store/bench.ts';
import { useModelLayers } from '../store/modelLayers.ts';
import { showPanel } from '../store/navigation.ts';
import { useServer } from '../store/server.ts';
import { definePanel } from './define.ts';

export const model = definePanel({
  id: 'model',
  title: 'Model',
  description: 'The layers of the network, what each sees and costs, and what Loupe supposed about the file',
  icon: 'model',
  component: ModelPanel,
});

function ModelPanel() {
  const id = useBench((bench) => bench.model);
  const info = useServer((server) => server.models.find((one) => one.id === id));
  const layers = useModelLayers(id);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string>();
  if (info === undefined) {
    return (
      <div className="panel">
        <EmptyState icon="model" title="The layers of the network">
          Open an ONNX model: drop its file here.
        </EmptyState>
      </div>
    );
  }
  const found = (layers.value ?? []).filter(({ name, opType }) =>
    `${name} ${opType}`.toLowerCase().includes(search.toLowerCase()),
  );
  const selected = layers.value?.find(({ name }) => name === chosen);
  return (
    <div className="panel">
      <div className="panel-bar">
        <TextInput
          flex={1}
          aria-label="Search layers"
          placeholder={`Search ${layers.value?.length ?? ''} layers of ${info.name}`}
          leftSection={<Icon name="search" size={13} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      {layers.error !== undefined && <Problem sentence={layers.error} />}
      <div className="panel-body">
        <LayerTable layers={found} chosen={chosen} onChoose={setChosen} />
        {selected === undefined ? (
          <Card info={info} />
        ) : (
          <Inspector layer={selected} onBack={() => setChosen(undefined)} />
        )}
      </div>
    </div>
  );
}

interface LayerTableProps {
  readonly layers: readonly LayerInfo[];
  readonly chosen: string | undefined;
  readonly onChoose: (layer: string) => void;
}

function LayerTable({ layers, chosen, onChoose }: LayerTableProps) {
  const most = Math.max(1, ...layers.map(({ multiplyAdds }) => multiplyAdds));
  return (
    <div className="layer-table" role="listbox" aria-label="Layers">
      <div className="layer-row head dimmed">
        <span>Layer</span>
        <span className="right">Channels × size</span>
        <span className="right" title="Side of the square of the input that one element sees, in pixels">
          Sees
        </span>
        <span className="right" title="Multiply-adds for one picture">
          Cost
        </span>
      </div>
      {layers.map((layer) => (
        <div
          key={layer.name}
          className="layer-row row"
          role="option"
          aria-selected={layer.name === chosen}
          tabIndex={0}
          onClick={() => onChoose(layer.name)}
          onKeyDown={(event) => event.key === 'Enter' && onChoose(layer.name)}
        >
          <span className="clip" title={`${layer.name} · ${layer.opType}`}>
            {layer.name}
            {!layer.name.endsWith(layer.opType) && <span className="dimmed"> {layer.opType}</span>}
          </span>
          <span className="right numbers">{shapeText(layer.shape)}</span>
          <span className="right numbers">
            {layer.receptiveField === undefined ? '' : layer.receptiveField.size}
          </span>
          <span className="right numbers cost">
            <i style={{ width: `${(100 * layer.multiplyAdds) / most}%` }} />
            {layer.multiplyAdds > 0 ? countText(layer.multiplyAdds) : ''}
          </span>
        </div>
      ))}
    </div>
  );
}

/** [N, C, H, W] → `64 × 28²` */
function shapeText([, channels, height, width]: readonly number[]): string {
  if (height === undefined) return String(channels ?? '');
  return height === width ? `${channels} × ${height}²` : `${channels} × ${height}×${width}`;
}

function Inspector({ layer, onBack }: { readonly layer: LayerInfo; readonly onBack: () => void }) {
  const { name, opType, shape, receptiveField, parameters, multiplyAdds, value } = layer;
  const ask = (method: string): void => {
    setParams(method, { ...useBench.getState().params[method], layer: name });
    chooseMethod(method);
    showPanel('methods');
  };
  return (
    <div className="panel-section">
      <h3 className="section-title name">
        {name}
        <span style={{ flex: 1 }} />
        <button type="button" className="link" onClick={onBack}>
          About the model
        </button>
      </h3>
      <dl className="facts">
        <Row label="Operator">{opType}</Row>
        <Row label="Shape [N, C, H, W]">[{shape.join(', ')}]</Row>
        <Row label="Value in the file">{value}</Row>
        {receptiveField !== undefined && (
          <Row label="Receptive field">
            {receptiveField.size} px, a step of {receptiveField.stride} px from one element to the next
          </Row>
        )}
        <Row label="Parameters">{countText(parameters)}</Row>
        <Row label="Multiply-adds">{countText(multiplyAdds)}</Row>
      </dl>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6, marginTop: 10 }}>
        <Button variant="default" onClick={() => ask('gradCam')}>
          Grad-CAM here
        </Button>
        <Button variant="default" onClick={() => ask('layerCam')}>
          LayerCAM here
        </Button>
        <Button variant="default" onClick={() => ask('featureVisualization')}>
          Visualize its channels
        </Button>
        <Button variant="default" onClick={() => ask('datasetExamples')}>
          Find examples
        </Button>
        <Button variant="default" onClick={() => ask('deepDream')}>
          Dream here
        </Button>
      </div>
    </div>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** What is known about the model, and what was supposed. */
function Card({ info }: { readonly info: ModelInfo }) {
  const { input, guesses, withoutGradient } = info;
  const operators = Object.entries(info.operators).sort(([, a], [, b]) => b - a);
  return (
    <div className="panel-section">
      <h3 className="section-title name">{info.name}</h3>
      <dl className="facts">
        <Row label="Input">
          {input.width} × {input.height}, {input.colourOrder}, {input.layout}
        </Row>
        <Row label="Range, mean, std">
          [{input.range.join(', ')}], [{input.mean.join(', ')}], [{input.std.join(', ')}]
        </Row>
        <Row label="Classes">{info.classes}</Row>
        <Row label="Parameters">{countText(info.parameters)}</Row>
        <Row label="Multiply-adds">{countText(info.multiplyAdds)}</Row>
        <Row label="Operators">{operators.map(([name, count]) => `${name} ×${count}`).join(', ')}</Row>
        <Row label="Card">{info.cardOrigin}</Row>
        {info.licence !== undefined && <Row label="Licence">{info.licence}</Row>}
        {info.source !== undefined && <Row label="Source">{info.source}</Row>}
        <Row label="File">{info.path}</Row>
      </dl>
      {guesses.length > 0 && (
        <>
          <h3 className="section-title" style={{ marginTop: 14 }}>
            Supposed, because the file does not say
          </h3>
          <dl className="facts">
            {guesses.map(({ field, value, reason }) => (
              <Row key={field} label={field}>
                {value} <span className="dimmed">– {reason}</span>
              </Row>
            ))}
          </dl>
        </>
      )}
      {withoutGradient.length > 0 && (
        <Problem
          sentence={`No gradient passes through ${withoutGradient.map(({ opType }) => opType).join(', ')}: methods that need one below these operators refuse.`}
        />
      )}
    </div>
  );
}
