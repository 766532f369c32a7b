import type { Model } from '../../model/model.ts';
import { type ModelSummary, summarise } from '../../model/summary.ts';
import type { LayerInfo, ModelInfo } from '../../protocol/workbench.ts';

/** What a model is, besides where the workspace keeps it. */
export type ModelDescription = Omit<ModelInfo, 'available' | 'opened'>;

export function modelView(model: Model): ModelDescription {
  const { card, guesses, cardOrigin } = model;
  const summary = summarise(model);
  return {
    id: model.sha256,
    path: model.path,
    name: model.name,
    input: { ...card.input },
    classes: summary.classes,
    labels: [...card.labels],
    parameters: summary.parameters,
    multiplyAdds: summary.multiplyAdds,
    operators: { ...summary.operators },
    withoutGradient: summary.withoutGradient.map(({ opType, nodes }) => ({ opType, nodes: [...nodes] })),
    cardOrigin,
    guesses: guesses.map((guess) => ({ ...guess })),
    ...(card.licence === undefined ? {} : { licence: card.licence }),
    ...(card.source === undefined ? {} : { source: card.source }),
  };
}

export const layersView = (model: Model): LayerInfo[] => summarise(model).layers.map(layerView);

function layerView({ receptiveField, shape, ...rest }: ModelSummary['layers'][number]): LayerInfo {
  return {
    ...rest,
    shape: [...shape],
    ...(receptiveField === undefined ? {} : { receptiveField: { ...receptiveField } }),
  };
}
