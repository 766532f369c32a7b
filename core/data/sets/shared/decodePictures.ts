import { LoupeError, expected } from '../../../base/errors.ts';
import type { DataSet, ImageShape } from '../../dataSet.ts';
import { greyed } from '../../fit.ts';
import { decodeImage } from '../../image.ts';
import type { Picture } from '../../picture.ts';
import { resample } from '../../resample.ts';
import type { LoadContext } from '../define.ts';
import { checkedDataSet } from './checkedDataSet.ts';
import type { ListedPicture } from './listPictures.ts';

/** What every picture becomes. */
export interface DecodedForm {
  /** 0 takes the first picture's. */
  readonly width: number;
  readonly height: number;
  /** Cut to the shape about the centre, or stretch into it. */
  readonly fit: 'crop' | 'stretch';
  readonly grey: boolean;
}

/** Pictures in flight: decoding waits for files and for libvips' threads in turn. */
const concurrency = 16;

/** Decodes all pictures to one shape. A class is a folder's name. */
export async function decodePictures(
  name: string,
  pictures: readonly ListedPicture[],
  form: DecodedForm,
  { progress }: Pick<LoadContext<unknown>, 'progress'>,
): Promise<DataSet> {
  const shape = await shapeOf(pictures, form);
  const classes = [...new Set(pictures.map(({ className }) => className))];
  const places = new Map(classes.map((className, label) => [className, label]));
  const [channels, height, width] = shape;
  const size = channels * height * width;
  const images = allocateImages(pictures.length, size, name);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < pictures.length) {
      const index = next++;
      const picture = await decodeListed(pictures[index]);
      writePlanes(fitted(picture, width, height, form), channels, images.subarray(index * size));
      done++;
      if (done % 100 === 0 || done === pictures.length) {
        progress({ what: 'decoding', done, total: pictures.length, unit: 'images' });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    next = pictures.length;
  }
  const labels = Int32Array.from(pictures, ({ className }) => places.get(className) ?? -1);
  return checkedDataSet({ name, classes, shape, images, labels });
}

async function shapeOf(
  pictures: readonly ListedPicture[],
  { width, height, grey }: DecodedForm,
): Promise<ImageShape> {
  const channels = grey ? 1 : 3;
  if (width > 0 && height > 0) return [channels, height, width];
  if (width > 0 || height > 0) {
    throw new LoupeError(
      'badArgument',
      'Give both width and height of the pictures, or neither to take the size of the first.',
    );
  }
  const first = await decodeListed(pictures[0]);
  return [channels, first.height, first.width];
}

function allocateImages(count: number, size: number, name: string): Uint8Array {
  try {
    return new Uint8Array(count * size);
  } catch (error) {
    throw new LoupeError(
      'tooLarge',
      `The ${count} pictures of ${name} need ${Math.ceil((count * size) / 2 ** 20)} MiB of memory. Choose a smaller width and height.`,
      { cause: error },
    );
  }
}

async function decodeListed(picture: ListedPicture | undefined): Promise<Picture> {
  if (picture === undefined) {
    throw expected('notFound', { wanted: 'a picture', for: 'the data set', received: 'none' });
  }
  return decodeImage(await picture.bytes(), `${picture.className}/${picture.name}`);
}

function fitted(picture: Picture, width: number, height: number, { fit, grey }: DecodedForm): Picture {
  const cut = fit === 'crop' ? cutToAspect(picture, width, height) : picture;
  const resized = resample(cut, width, height);
  return grey ? greyed(resized) : resized;
}

/** The largest part about the centre with the shape of `width` x `height`, to a pixel. */
export function cutToAspect(picture: Picture, width: number, height: number): Picture {
  const scale = Math.min(picture.width / width, picture.height / height);
  const cutWidth = Math.max(1, Math.round(width * scale));
  const cutHeight = Math.max(1, Math.round(height * scale));
  if (cutWidth === picture.width && cutHeight === picture.height) return picture;
  const left = Math.floor((picture.width - cutWidth) / 2);
  const top = Math.floor((picture.height - cutHeight) / 2);
  const rgb = new Uint8Array(cutWidth * cutHeight * 3);
  for (let y = 0; y < cutHeight; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    rgb.set(picture.rgb.subarray(from, from + cutWidth * 3), y * cutWidth * 3);
  }
  return { width: cutWidth, height: cutHeight, rgb };
}

/** Interleaved to [C, H, W]. */
function writePlanes({ rgb, width, height }: Picture, channels: number, target: Uint8Array): void {
  const plane = width * height;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      target[channel * plane + pixel] = rgb[pixel * 3 + channel] ?? 0;
    }
  }
}
