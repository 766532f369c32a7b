import { throwIfCancelled } from '../../base/cancel.ts';
import { LoupeError } from '../../base/errors.ts';
import { seededRandom } from '../../base/random.ts';
import { formatShape, sizeOf } from '../../base/shape.ts';
import { type Tensor, float32 } from '../../base/tensor.ts';
import { fitPicture } from '../../data/fit.ts';
import { readImage } from '../../data/image.ts';
import { type Layer, listLayers, resolveLayer } from '../../model/layers.ts';
import { type Model, networkOf, openModel } from '../../model/model.ts';
import type { Network } from '../../model/network.ts';
import { type ValueCheck, checkNetworkGradient, wrongAbove } from '../../model/networkGradcheck.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { CommandContext, CommandModule } from '../command.ts';
import { noteGuesses } from '../notes.ts';
import { cardOption, integerFrom, jsonOption } from '../options.ts';
import { type RuntimeFlags, addRuntimeFlags, withRuntime } from '../runtimeFlags.ts';
import { formatPercent, formatTable } from '../table.ts';

interface GradcheckFlags extends RuntimeFlags {
  readonly image?: string;
  readonly layers?: string;
  readonly seed: number;
  readonly card?: string;
  readonly json?: boolean;
}

/** Layers that are checked when none are named. */
const usualLayers = 10;

export const gradcheck: CommandModule = {
  configure(command, context) {
    command
      .argument('<model>', 'an ONNX file')
      .option('--image <file>', 'the picture at which the gradient is checked; seeded noise unless given')
      .option(
        '--layers <names>',
        `layers, separated by commas, or "all"; ${usualLayers} of them unless given`,
      )
      .option('--seed <number>', 'seed of the noise and of the directions', integerFrom(0), 1)
      .addOption(cardOption())
      .addOption(jsonOption());
    addRuntimeFlags(command);
    command.action(async (modelPath: string, flags: GradcheckFlags) => {
      const model = await openModel(modelPath, flags.card);
      noteGuesses(model, context);
      await withRuntime(flags, context, (runtime) => check(model, runtime, flags, context));
    });
  },
};

async function check(
  model: Model,
  runtime: Runtime,
  flags: GradcheckFlags,
  { progress, signal, print }: CommandContext,
): Promise<void> {
  const network = networkOf(model);
  const layers = chosenLayers(network, flags.layers);
  const names = ['image', ...layers.map(({ name }) => name)];
  const found: ValueCheck[] = [];
  progress.report(`compiling ${model.name}`, 0);
  const checks = checkNetworkGradient({
    runtime,
    networkAt: (batch) => networkOf(model, batch),
    image: flags.image === undefined ? noise(network, flags.seed) : await picture(model, flags.image),
    values: [network.image, ...layers.map(({ value }) => value)],
    seed: flags.seed,
  });
  for await (const one of checks) {
    throwIfCancelled(signal);
    found.push(one);
    progress.report(names[found.length] ?? 'image', found.length / names.length);
  }
  const lines = flags.json === true ? [toJson(names, found)] : toTable(names, found);
  for (const line of lines) print(line);
  judge(names, found);
}

/** The named layers; otherwise some from the first to the last, evenly spread. */
function chosenLayers(network: Network, named: string | undefined): Layer[] {
  const layers = listLayers(network);
  if (named === 'all') return layers;
  if (named !== undefined) return named.split(',').map((name) => resolveLayer(network, name.trim()));
  const count = Math.min(usualLayers, layers.length);
  const last = layers.length - 1;
  return Array.from({ length: count }, (_, k) => Math.round((k * last) / Math.max(1, count - 1))).flatMap(
    (index) => layers[index] ?? [],
  );
}

/** Grey with normal noise: a point far from black and white at which no two pixels are alike. */
function noise({ graph, image }: Network, seed: number): Tensor {
  const shape = graph.types.get(image)?.shape ?? [];
  const random = seededRandom(seed);
  const pixel = (): number => Math.min(1, Math.max(0, 0.5 + 0.25 * random.normal()));
  return float32(Float32Array.from({ length: sizeOf(shape) }, pixel), shape);
}

async function picture(model: Model, file: string): Promise<Tensor> {
  return fitPicture(await readImage(file), model.card.input, file).values;
}

function toTable(names: readonly string[], found: readonly ValueCheck[]): string[] {
  const columns = [
    { title: 'layer' },
    { title: 'shape' },
    { title: 'error, kinks held', right: true },
    { title: 'error, kinks crossed', right: true },
    { title: 'units that crossed', right: true },
  ];
  const rows = found.map(({ shape, held, crossing, flipped }, index) => [
    names[index] ?? '',
    formatShape(shape),
    held.toExponential(1),
    crossing.toExponential(1),
    formatPercent(flipped),
  ]);
  return [
    ...formatTable(columns, rows),
    '',
    "Errors: median over random directions of the difference between the compiled gradient of the top class's",
    'logit and central differences, relative to the RMS of the differences. Held: each rectifier and max-pooling',
    'stays on its piece, so that only the rules count. Crossed: the network as it is, kinks and float32 included.',
  ];
}

function toJson(names: readonly string[], found: readonly ValueCheck[]): string {
  const layers = found.map((one, index) => ({ layer: names[index], ...one }));
  return JSON.stringify({ layers }, undefined, 2);
}

function judge(names: readonly string[], found: readonly ValueCheck[]): void {
  const wrong = names.filter((_, index) => !((found[index]?.held ?? Number.NaN) <= wrongAbove));
  if (wrong.length === 0) return;
  throw new LoupeError(
    'internal',
    `The compiled gradient differs from finite differences by more than ${wrongAbove} at ${wrong.join(', ')}.`,
  );
}
