// How good feature visualizations are: npx tsx scripts/featureQuality.ts MODEL.onnx FOLDER [--channels 50] [--params '{"steps":256}']
//
// Draws channels at random from the outputs of the blocks of a network (concatenations and sums; all layers where there are none), makes a
// picture of each, and prints by how much its activation exceeds that of the best photograph of FOLDER: for the picture itself, and
// as the mean over 16 random transforms that no visualization is trained with (mirroring, shear, blur, brightness, contrast,
// noise). The last line is the share of channels that their picture activates more than every photograph does, seen through those.
// With SqueezeNet 1.1 and a photograph of each of 100 classes of ImageNet it takes some five minutes on two cores.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../core/base/random.ts';
import { type Layer, listLayers } from '../core/model/layers.ts';
import { networkOf, openModel } from '../core/model/model.ts';
import { Runtime } from '../core/runtime/runtime.ts';
import { type ChannelQuality, channelQuality } from '../tests/conformance/visualizationQuality.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    channels: { type: 'string', default: '50' },
    params: { type: 'string', default: '{}' },
    seed: { type: 'string', default: '0' },
  },
});

/** Channels drawn at random: the layer first, so that wide layers have no advantage. */
function drawn(layers: readonly Layer[], count: number, seed: number): Map<string, number[]> {
  const random = seededRandom(seed);
  const chosen = new Map<string, Set<number>>(layers.map(({ name }) => [name, new Set()]));
  for (let left = count; left > 0; ) {
    const layer = layers[random.integer(layers.length)];
    const channels = chosen.get(layer?.name ?? '');
    const channel = random.integer(layer?.shape[1] ?? 1);
    if (channels === undefined || channels.has(channel)) continue;
    channels.add(channel);
    left--;
  }
  return new Map([...chosen].map(([name, channels]) => [name, [...channels].sort((a, b) => a - b)]));
}

const number = (value: number): string => value.toPrecision(3).padStart(8);

function print({ channel, own, unseen, photograph }: ChannelQuality): void {
  const verdict = unseen > photograph ? '' : '   below the best photograph';
  console.log(
    `  channel ${String(channel).padStart(4)}: picture ${number(own)}, unseen ${number(unseen)}, photographs ${number(photograph)}${verdict}`,
  );
}

async function main(modelPath: string, folder: string): Promise<void> {
  const model = await openModel(modelPath);
  const runtime = new Runtime();
  const all = listLayers(networkOf(model));
  const blocks = all.filter(({ opType }) => opType === 'Concat' || opType === 'Add');
  const photographs = readdirSync(folder).map((name) => path.join(folder, name));
  const found: ChannelQuality[] = [];
  for (const [layer, channels] of drawn(
    blocks.length > 0 ? blocks : all,
    Number(values.channels),
    Number(values.seed),
  )) {
    if (channels.length === 0) continue;
    console.log(layer);
    const params = JSON.parse(values.params) as Record<string, unknown>;
    const rows = await channelQuality({
      model,
      runtime,
      layer,
      channels,
      photographs,
      params,
      transforms: 16,
    });
    rows.forEach(print);
    found.push(...rows);
  }
  const good = found.filter(({ unseen, photograph }) => unseen > photograph).length;
  const ratios = found.map(({ unseen, photograph }) => unseen / photograph).sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN;
  console.log(
    `${good} of ${found.length} channels (${Math.round((100 * good) / found.length)} %) are activated more by their picture, seen through unseen transforms, than by the best of ${photographs.length} photographs; the median ratio is ${middle.toPrecision(3)}.`,
  );
  await runtime.dispose();
}

const [modelPath, folder] = positionals;
if (modelPath === undefined || folder === undefined) {
  console.error(
    'Usage: npx tsx scripts/featureQuality.ts MODEL.onnx FOLDER [--channels 50] [--params JSON] [--seed 0]',
  );
  process.exitCode = 2;
} else await main(modelPath, folder);
