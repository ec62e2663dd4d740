import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const BLOCK = 512;
/** Unpacked bytes of a chart that are looked through. */
const LIMIT = 32 * 1024 * 1024;
/** Of a schema, so that it fits into an answer with everything else. */
const LARGEST = 256 * 1024;
const schema = z.record(z.string(), z.unknown());

const text = (bytes: Buffer): string => bytes.toString('utf8').replace(/\0.*$/s, '');

/** `values.schema.json` of a packed chart; null: it has none, or none that can be read. */
export const schemaOf = (chart: Uint8Array): Record<string, unknown> | null => {
  try {
    const tar = gunzipSync(chart, { maxOutputLength: LIMIT });
    for (let at = 0; at + BLOCK <= tar.length;) {
      const name = text(tar.subarray(at, at + 100));
      if (name === '') return null;
      const size = Number.parseInt(text(tar.subarray(at + 124, at + 136)).trim(), 8);
      if (!(size >= 0)) return null;
      // Of the chart itself, not of one that it brings along.
      if (/^(?:\.\/)?[^/]+\/values\.schema\.json$/.test(name)) return size > LARGEST ? null : schema.parse(JSON.parse(tar.subarray(at + BLOCK, at + BLOCK + size).toString('utf8')));
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
    return null;
  } catch {
    return null;
  }
};
