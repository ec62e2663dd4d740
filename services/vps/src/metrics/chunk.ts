/** An hour of minutes, or a day of quarters of an hour, as one message: columns, for they are read as a whole. */
import { SERIES_FIELDS, type SeriesField } from '@xanthus/proto/vps';
import { z } from 'zod';
import type { Bucket, Range } from './bucket.js';

export const CHUNKS = {
  hour: { seconds: 3_600, step: 60 },
  day: { seconds: 86_400, step: 900 },
} as const;
export type ChunkLength = keyof typeof CHUNKS;

const column = z.tuple([z.array(z.number().nullable()), z.array(z.number().nullable()), z.array(z.number().nullable())]);
const chunk = z.object({
  at: z.number(), step: z.number(),
  /** Which of the steps; the columns have as many values. */
  i: z.array(z.number()), n: z.array(z.number()), memory: z.number(), disk: z.number(),
  fields: z.record(z.string(), column),
});

export const encodeChunk = (length: ChunkLength, at: number, buckets: readonly Bucket[]): string => {
  const { step } = CHUNKS[length];
  const columnOf = (field: SeriesField, part: 0 | 1 | 2): (number | null)[] => buckets.map(b => b.values[field]?.[part] ?? null);
  const last = buckets.at(-1);
  return JSON.stringify({
    at, step, i: buckets.map(b => (b.at - at) / step), n: buckets.map(b => b.n), memory: last?.memory_bytes ?? 0, disk: last?.disk_bytes ?? 0,
    fields: Object.fromEntries(SERIES_FIELDS.map(f => [f, [columnOf(f, 0), columnOf(f, 1), columnOf(f, 2)]])),
  } satisfies z.input<typeof chunk>);
};

/** Nothing where it cannot be read: a series with a hole is better than none. */
export const decodeChunk = (text: string): Bucket[] => {
  const parsed = chunk.safeParse(json(text));
  if (!parsed.success) return [];
  const { at, step, i, n, memory, disk, fields } = parsed.data;
  return i.map((offset, k): Bucket => {
    const values: Partial<Record<SeriesField, Range>> = {};
    for (const field of SERIES_FIELDS) {
      const [least, average, greatest] = [0, 1, 2].map(part => fields[field]?.[part]?.[k] ?? null);
      if (least != null && average != null && greatest != null) values[field] = [least, average, greatest];
    }
    return { at: at + offset * step, n: n[k] ?? 1, memory_bytes: memory, disk_bytes: disk, values };
  });
};

export const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
