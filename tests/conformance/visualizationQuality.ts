import { seededRandom } from '../../core/base/random.ts';
import { type Tensor, floatsOf, tensor } from '../../core/base/tensor.ts';
import { fitPicture } from '../../core/data/fit.ts';
import { readImage } from '../../core/data/image.ts';
import { featureVisualization } from '../../core/features/featureVisualization.ts';
import { int } from '../../core/graph/ir.ts';
import { MethodContext, drain } from '../../core/method/context.ts';
import { requestOf } from '../../core/method/define.ts';
import { resolveLayer } from '../../core/model/layers.ts';
import { type Model, networkOf } from '../../core/model/model.ts';
import { imageInput } from '../../core/model/network.ts';
import { trunkOf } from '../../core/model/trunk.ts';
import { newBuilder } from '../../core/ops/registry.ts';
import { prune } from '../../core/passes/prune.ts';
import type { GridCell, Result } from '../../core/protocol/results.ts';
import { type Program, outputOf } from '../../core/runtime/program.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { unseenTransform } from './unseenTransforms.ts';

export interface QualityQuestion {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly layer: string;
  readonly channels: readonly number[];
  /** Paths of photographs. */
  readonly photographs: readonly string[];
  /** Parameters of the visualization beside layer and channels. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Unseen transforms that each picture is looked at through. */
  readonly transforms: number;
}

/** One channel: the mean of its map, after its ReLU, as `loupe examples` reports activations. */
export interface ChannelQuality {
  readonly layer: string;
  readonly channel: number;
  readonly image: Tensor;
  /** Of the picture that was made, and the mean over unseen transforms of it. */
  readonly own: number;
  readonly unseen: number;
  /** The greatest over the photographs. */
  readonly photograph: number;
}

/** Makes pictures of channels and compares what they do to them with what photographs do. */
export async function channelQuality(question: QualityQuestion): Promise<ChannelQuality[]> {
  const { model, runtime, layer, channels, params = {} } = question;
  const context = new MethodContext({ model, runtime });
  const request = requestOf(featureVisualization, { ...params, layer, channels: channels.join(',') });
  const results = await drain(
    featureVisualization.run(
      {
        context,
        target: undefined,
        images: [],
        references: {},
        layer: (reference) => resolveLayer(networkOf(model), reference),
      },
      request.params,
    ),
  );
  const cells = results.flatMap(cellsOf);
  const photographs = await bestOfPhotographs(question);
  return Promise.all(
    channels.map(async (channel, index) => {
      const image = cells[index]?.image;
      if (image === undefined) throw new Error(`No picture was made of channel ${channel}.`);
      return {
        layer,
        channel,
        image,
        ...(await measured(question, image, channel)),
        photograph: photographs[channel] ?? Number.NaN,
      };
    }),
  );
}

function cellsOf(result: Result): GridCell[] {
  if (result.type === 'imageGrid') return [...result.cells];
  return result.type === 'image' ? [{ image: result.image, caption: [] }] : [];
}

/** The mean of each channel of a layer, [1, C], of one image [1, C, H, W]. */
async function meansProgram({ model, runtime, layer }: QualityQuestion, height: number, width: number) {
  const { value } = resolveLayer(networkOf(model), layer);
  const trunk = trunkOf(model, [value], { batch: 1, height, width });
  const b = newBuilder(trunk.graph);
  const means = b.add('ReduceMean', [value, b.axes([2, 3])], { keepdims: int(0) });
  return { program: await runtime.compile(prune(b.build([means]), [means])), means };
}

async function meansOf(
  { program, means }: { program: Program; means: string },
  image: Tensor,
): Promise<Float32Array> {
  return floatsOf(outputOf(await program.run({ [imageInput]: image }), means));
}

async function measured(
  question: QualityQuestion,
  image: Tensor,
  channel: number,
): Promise<{ own: number; unseen: number }> {
  const [channels = 1, height = 1, width = 1] = image.dims;
  const program = await meansProgram(question, height, width);
  const activation = async (values: Float32Array): Promise<number> =>
    (await meansOf(program, tensor('float32', values, [1, ...image.dims])))[channel] ?? Number.NaN;
  const planes = { values: floatsOf(image), channels, height, width };
  const random = seededRandom(channel);
  let sum = 0;
  for (let index = 0; index < question.transforms; index++) {
    sum += await activation(unseenTransform(planes, random).values);
  }
  return { own: await activation(planes.values), unseen: sum / question.transforms };
}

/** For each channel of the layer, the greatest mean over the photographs. */
async function bestOfPhotographs(question: QualityQuestion): Promise<Float32Array> {
  const { input } = question.model.card;
  const program = await meansProgram(question, input.height, input.width);
  let best: Float32Array | undefined;
  for (const path of question.photographs) {
    const { values } = fitPicture(await readImage(path), input, path);
    const found = await meansOf(program, values);
    best =
      best === undefined ? found : best.map((value, channel) => Math.max(value, found[channel] ?? value));
  }
  return best ?? new Float32Array(0);
}
