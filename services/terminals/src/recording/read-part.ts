import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { RECORDING_PART_BYTES, type recordingPart } from '@xanthus/proto/terminals';
import { isEvent } from './chunk.js';
import { timed, type ReadChunk, type Reading, type TimedEvent } from './read-chunks.js';

type Part = OutputOf<typeof recordingPart>;
type Input = ParsedInputOf<typeof recordingPart>;

interface Cursor { readonly n: number; readonly i: number }
const readCursor = (text: string): Cursor => {
  const [n = 0, i = 0] = text.split('.').map(Number);
  return { n, i };
};

/** @throws Refusal RECORDING.UNREADABLE */
export const readPart = async (reading: Reading, { from_ms = 0, cursor }: Input, live: boolean): Promise<Part> => {
  if (cursor !== undefined) return { header: null, screen: null, ...(await eventsFrom(reading, readCursor(cursor), live, 0)) };
  const header = headerOf(await reading.chunk(0));
  const key = from_ms === 0 ? undefined : await reading.screenAt(from_ms);
  const screen = key === undefined ? null : { at_ms: key.at_ms, cols: key.cols, rows: key.rows, text: key.text };
  return { header, screen, ...(await eventsFrom(reading, { n: key?.n ?? 0, i: key?.i ?? 0 }, live, Buffer.byteLength(JSON.stringify(screen)))) };
};

const headerOf = (first: ReadChunk | undefined): Record<string, unknown> => {
  const found = first?.lines.find(l => !isEvent(l) && 'header' in l);
  return found !== undefined && !isEvent(found) && 'header' in found ? { ...found.header } : {};
};

const bytesOf = (event: TimedEvent): number => Buffer.byteLength(JSON.stringify(event)) + 1;

/** `used`: bytes of the page that the screen has taken. */
const eventsFrom = async (reading: Reading, { n, i }: Cursor, live: boolean, used: number): Promise<Pick<Part, 'events' | 'cursor' | 'live'>> => {
  const events: [number, string, string][] = [];
  let size = used;
  let next: Cursor = { n, i };
  for await (const chunk of reading.from(n)) {
    const all = timed(chunk);
    for (let at = chunk.about.n === n ? i : 0; at < all.length; at++) {
      const event = all[at];
      if (event === undefined) break;
      size += bytesOf(event);
      if (size > RECORDING_PART_BYTES && events.length > 0) return { events, cursor: `${chunk.about.n}.${at}`, live };
      events.push([...event]);
    }
    next = { n: chunk.about.n + 1, i: 0 };
  }
  return { events, cursor: live ? `${next.n}.${next.i}` : null, live };
};
