/** Pictures of pages are flat: with a palette of 128 colours they take about a third of the bytes, which matters for files that live in the repository. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const COLOURS = 128;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

interface Pixels { readonly width: number; readonly height: number; /** Red, green, blue, each pixel. */ readonly rgb: Uint8Array }

const paeth = (a: number, b: number, c: number): number => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

/** Of what Chromium writes: eight bits a channel, not interlaced. */
const decode = (png: Buffer): Pixels => {
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const lines = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? lines[y * stride + x - channels] ?? 0 : 0;
      const up = y > 0 ? lines[(y - 1) * stride + x] ?? 0 : 0;
      const corner = x >= channels && y > 0 ? lines[(y - 1) * stride + x - channels] ?? 0 : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      lines[y * stride + x] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + predicted) & 255;
    }
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) rgb[i * 3 + c] = lines[i * channels + c] ?? 0;
  return { width, height, rgb };
};

const keyOf = (rgb: Uint8Array, i: number): number => ((rgb[i] ?? 0) << 16) | ((rgb[i + 1] ?? 0) << 8) | (rgb[i + 2] ?? 0);
const distance = (a: number, b: number): number => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

/** The most frequent colours, and among the rest always the one that is worst served next: rare colours that matter (a red dot) stay. */
const paletteOf = (counts: ReadonlyMap<number, number>): number[] => {
  const all = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = all.slice(0, COLOURS / 4);
  const nearest = new Map(all.map(colour => [colour, Math.min(...palette.map(p => distance(p, colour)))]));
  while (palette.length < Math.min(COLOURS, all.length)) {
    let [worst, most] = [all[0] ?? 0, -1];
    for (const [colour, far] of nearest) { const weight = far * Math.log2(1 + (counts.get(colour) ?? 0)); if (weight > most) [worst, most] = [colour, weight]; }
    palette.push(worst);
    for (const [colour, far] of nearest) nearest.set(colour, Math.min(far, distance(worst, colour)));
  }
  return palette;
};

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

/** The same picture with at most 128 colours. */
export const smallPng = (png: Buffer): Buffer => {
  const { width, height, rgb } = decode(png);
  const counts = new Map<number, number>();
  for (let i = 0; i < rgb.length; i += 3) counts.set(keyOf(rgb, i), (counts.get(keyOf(rgb, i)) ?? 0) + 1);
  const palette = paletteOf(counts);
  const index = new Map([...counts.keys()].map(colour => {
    let best = 0;
    for (let i = 1; i < palette.length; i++) if (distance(palette[i] ?? 0, colour) < distance(palette[best] ?? 0, colour)) best = i;
    return [colour, best];
  }));
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = index.get(keyOf(rgb, (y * width + x) * 3)) ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Uint8Array.from(palette.flatMap(c => [c >> 16, (c >> 8) & 255, c & 255]));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', new Uint8Array())]);
};
