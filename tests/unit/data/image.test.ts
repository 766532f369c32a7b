import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeImage, readImage } from '../../../core/data/image.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 3x2: the first pixel red, the rest blue. */
const raw = Uint8Array.from([255, 0, 0, ...Array.from({ length: 5 }, () => [0, 0, 255]).flat()]);
const source = (): Sharp => sharp(raw, { raw: { width: 3, height: 2, channels: 3 } });
const pixel = ({ rgb, width }: { rgb: Uint8Array; width: number }, x: number, y: number): number[] => [
  ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

/** A BMP of 2x2: red, green / blue, white, stored from the bottom, rows padded to 4 bytes. */
function bmp(bits: 24 | 32, topDown = false): Uint8Array {
  const step = bits / 8;
  const stride = Math.ceil((2 * step) / 4) * 4;
  const bytes = new Uint8Array(54 + 2 * stride);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, 2, true);
  view.setInt32(22, topDown ? -2 : 2, true);
  view.setUint16(28, bits, true);
  const rows = [
    [
      [0, 0, 255],
      [0, 255, 0],
    ],
    [
      [255, 0, 0],
      [255, 255, 255],
    ],
  ];
  rows.forEach((row, y) => {
    const at = 54 + (topDown ? y : 1 - y) * stride;
    row.forEach((bgr, x) => bytes.set(bgr, at + x * step));
  });
  return bytes;
}

describe('reading a picture', () => {
  it('gives the pixels of a PNG and the hash of its file', async () => {
    const path = join(folder, 'plain.png');
    writeFileSync(path, await source().png().toBuffer());
    const picture = await readImage(path);
    expect([...picture.rgb]).toEqual([...raw]);
    expect(picture).toMatchObject({ width: 3, height: 2, notes: [], path });
    expect(picture.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('turns a JPEG upright as EXIF says', async () => {
    const big = source().resize(48, 32, { kernel: 'nearest' }).withMetadata({ orientation: 6 });
    const picture = await decodeImage(
      await big.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
      'a.jpg',
    );
    expect([picture.width, picture.height]).toEqual([32, 48]);
    // Turned clockwise, the top left corner lies at the top right.
    expect(pixel(picture, 30, 1)[0]).toBeGreaterThan(240);
    expect(pixel(picture, 1, 1)[2]).toBeGreaterThan(240);
    expect(picture.notes).toEqual(['turned upright as its EXIF orientation says.']);
  });

  it('lays transparency on white and says so', async () => {
    const rgba = Uint8Array.from([255, 0, 0, 0, 0, 0, 255, 128]);
    const png = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    const picture = await decodeImage(png, 'a.png');
    expect([...picture.rgb]).toEqual([255, 255, 255, 127, 127, 255]);
    expect(picture.notes.join()).toContain('laid on white');
  });

  it('says nothing about an alpha channel that is opaque', async () => {
    const png = await source().ensureAlpha().png().toBuffer();
    expect(await decodeImage(png, 'a.png')).toMatchObject({ notes: [] });
  });

  it('repeats grey in three channels', async () => {
    const grey = await sharp(Uint8Array.of(0, 100, 255), { raw: { width: 3, height: 1, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect([...(await decodeImage(grey, 'a.png')).rgb]).toEqual([0, 0, 0, 100, 100, 100, 255, 255, 255]);
  });

  it('reduces 16 bits to 8', async () => {
    const deep = Uint16Array.from([0, 0x8080, 0xffff, 0x4040, 0xc0c0, 0x0101]);
    const png = await sharp(deep, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    const picture = await decodeImage(png, 'a.png');
    expect([...picture.rgb]).toEqual([0, 0x80, 0xff, 0x40, 0xc0, 0x01]);
    expect(picture.notes).toEqual(['reduced from 16 to 8 bits a channel.']);
  });

  it('converts CMYK to colours near the ones that were meant', async () => {
    const tiff = await source().resize(48, 32, { kernel: 'nearest' }).toColourspace('cmyk').tiff().toBuffer();
    expect((await sharp(tiff).metadata()).space).toBe('cmyk');
    const picture = await decodeImage(tiff, 'a.tiff');
    const [red = 0, green = 0, blue = 0] = pixel(picture, 1, 1);
    expect(red).toBeGreaterThan(200);
    expect(Math.max(green, blue)).toBeLessThan(80);
    expect(picture.notes).toEqual(['converted from CMYK.']);
  });

  it.each([24, 32] as const)('reads a BMP of %i bits, from the bottom and from the top', async (bits) => {
    const wanted = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    expect([...(await decodeImage(bmp(bits), 'a.bmp')).rgb]).toEqual(wanted);
    expect([...(await decodeImage(bmp(bits, true), 'a.bmp')).rgb]).toEqual(wanted);
  });
});

describe('refusing what is no picture', () => {
  it.each([
    ['text', Buffer.from('hello world, not a picture'), 'it begins with the text "hello world, not a pictu"'],
    ['nothing', new Uint8Array(0), 'it is empty'],
    ['an archive', Buffer.from('PK\x03\x04abcdef'), 'it begins like a ZIP archive'],
    ['bytes', Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), 'it begins with the bytes 00 01 02 03 04 05 06 07'],
  ])('says that a file of %s is none and what it looks like', async (_, bytes, reason) => {
    const path = join(folder, 'fake.png');
    writeFileSync(path, bytes);
    await expect(readImage(path)).rejects.toThrow(`${path} cannot be read as a picture: ${reason}`);
  });

  it('says that there is no such file and which one may be meant', async () => {
    writeFileSync(join(folder, 'horses.jpg'), 'x');
    await expect(readImage(join(folder, 'horse.jpg'))).rejects.toThrow('Did you mean "horses.jpg"?');
    await expect(readImage(folder)).rejects.toThrow('it is a folder');
  });

  it('refuses more pixels than allowed by the header alone, before decoding', async () => {
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(60000, 16);
    png.writeUInt32BE(50000, 20);
    const { crc32 } = await import('node:zlib').then((zlib) => ({
      crc32: 'crc32' in zlib ? zlib.crc32 : undefined,
    }));
    if (crc32 !== undefined) png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    await expect(decodeImage(png, 'big.png')).rejects.toThrow(
      'The picture big.png has 60000x50000 pixels, more than the 100 million that are allowed.',
    );
    const small = await source().png().toBuffer();
    await expect(decodeImage(small, 'small.png', { maxPixels: 5 })).rejects.toMatchObject({
      code: 'tooLarge',
    });
    const wide = bmp(24);
    new DataView(wide.buffer).setInt32(18, 2 ** 30, true);
    await expect(decodeImage(wide, 'big.bmp')).rejects.toMatchObject({ code: 'tooLarge' });
  });

  it('says that a cut-off picture is damaged', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7919) % 256);
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    const half = jpeg.subarray(0, jpeg.length / 2);
    await expect(decodeImage(half, 'a.jpg')).rejects.toThrow('The picture a.jpg is damaged');
    await expect(decodeImage(bmp(24).subarray(0, 60), 'a.bmp')).rejects.toThrow(
      'is cut off: 2x2 pixels were promised',
    );
  });

  it('refuses an SVG drawing', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(decodeImage(svg, 'a.svg')).rejects.toThrow('a.svg is an SVG drawing');
  });
});
