import { LoupeError, expected } from '../../base/errors.ts';
import type { Layer } from '../../model/layers.ts';
import type { Model } from '../../model/model.ts';
import type { Target } from '../../protocol/target.ts';
import type { FeatureRun } from '../define.ts';
import { channelList } from './channelList.ts';
import type { Objective } from './objective.ts';
import type { Place } from './place.ts';

export interface ObjectiveChoice {
  readonly layer: string;
  /** Empty: the target of the run. */
  readonly channels: string;
  /** How `channels` are read: the mean of each, or its unit at the centre. */
  readonly objective: 'channel' | 'neuron';
}

export interface PlacedObjectives {
  readonly place: Place;
  /** At least one; all are read in the same way. */
  readonly objectives: readonly Objective[];
}

const centre = { down: 0.5, right: 0.5 };

/** What a person asked to see. */
export function objectivesOf(run: FeatureRun, choice: ObjectiveChoice): PlacedObjectives {
  if (choice.channels.trim() === '') return ofTarget(run, run.target);
  const layer = run.layer(choice.layer);
  const channels = channelsIn(layer);
  const at = choice.objective === 'neuron' ? centre : undefined;
  const objectives = channelList(choice.channels, channels, layer.name).map((channel) => ({
    name: at === undefined ? `channel ${channel}` : `channel ${channel}, centre`,
    weights: oneHot(channels, channel),
    at,
  }));
  return { place: { kind: 'layer', layer }, objectives };
}

const channelsIn = ({ shape }: Layer): number => shape[1] ?? 1;

function oneHot(length: number, index: number, value = 1): Float32Array {
  const weights = new Float32Array(length);
  weights[index] = value;
  return weights;
}

function ofTarget(run: FeatureRun, target: Target | undefined): PlacedObjectives {
  if (target === undefined) {
    throw new LoupeError(
      'badArgument',
      'There is nothing to maximise. Name channels of a layer (such as 0-15), or choose a class, unit, channel, layer or direction as the target.',
    );
  }
  return 'layer' in target ? ofLayer(run, target) : ofClass(run, target);
}

function ofLayer(run: FeatureRun, target: Extract<Target, { layer: string }>): PlacedObjectives {
  const layer = run.layer(target.layer);
  const channels = channelsIn(layer);
  const place: Place = { kind: 'layer', layer };
  const one = (name: string, weights: Objective['weights'], at?: Objective['at']): PlacedObjectives => ({
    place,
    objectives: [{ name, weights, at }],
  });
  switch (target.kind) {
    case 'layer':
      return one('whole layer', undefined);
    case 'direction':
      if (target.vector.length !== channels) {
        throw expected('badArgument', {
          wanted: `${channels} numbers, one a channel,`,
          for: `a direction of layer "${layer.name}"`,
          received: String(target.vector.length),
        });
      }
      return one('direction', Float32Array.from(target.vector));
    case 'channel':
      return one(`channel ${target.channel}`, oneHot(channels, checked(layer, 1, target.channel)));
    case 'unit': {
      const [row, column] = [checked(layer, 2, target.row), checked(layer, 3, target.column)];
      const [height = 1, width = 1] = layer.shape.slice(2);
      // The place of the picture that the unit sees in the network's own size.
      const at = { down: (row + 0.5) / height, right: (column + 0.5) / width };
      const name = `channel ${target.channel} at row ${row}, column ${column}`;
      return one(name, oneHot(channels, checked(layer, 1, target.channel)), at);
    }
  }
}

/** An index along an axis of the layer, refused where the layer ends before it. */
function checked(layer: Layer, axis: 1 | 2 | 3, index: number): number {
  const length = layer.shape[axis] ?? 1;
  if (index < length) return index;
  throw expected('badArgument', {
    wanted: `an index from 0 to ${length - 1}`,
    for: `the ${{ 1: 'channel', 2: 'row', 3: 'column' }[axis]} of layer "${layer.name}"`,
    received: String(index),
  });
}

function ofClass({ context }: FeatureRun, target: Exclude<Target, { layer: string }>): PlacedObjectives {
  const { classes } = context.network();
  const index = classNumber(target.class, classes);
  if (target.kind === 'class') {
    const place: Place = { kind: target.of === 'logit' ? 'logits' : 'logProbabilities' };
    return {
      place,
      objectives: [{ name: className(context.model, index), weights: oneHot(classes, index), at: undefined }],
    };
  }
  const weights = oneHot(classes, index);
  const against = classNumber(target.against, classes);
  weights[against] = (weights[against] ?? 0) - 1;
  const name = `${className(context.model, index)} against ${className(context.model, against)}`;
  return { place: { kind: 'logits' }, objectives: [{ name, weights, at: undefined }] };
}

const className = ({ card }: Model, index: number): string =>
  ['class', index, ...(card.labels[index] === undefined ? [] : [card.labels[index]])].join(' ');

function classNumber(given: number | 'top', classes: number): number {
  if (given !== 'top' && given < classes) return given;
  throw expected('badArgument', {
    wanted: `a class from 0 to ${classes - 1}`,
    for: 'what a picture is made for',
    received: given === 'top' ? 'top, which only an image has' : String(given),
  });
}
