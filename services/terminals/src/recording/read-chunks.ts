/** Reads a recording: decrypts its chunks, finds places in it by time. */
import { Refusal } from '@xanthus/kernel';
import { isEvent, linesOf, unseal, type About, type KeyLine, type Line, type Place } from './chunk.js';
import type { Chunk, ChunkStore } from './chunk-store.js';
import { unreadable, type RecordingSecrets } from './recording-secret.js';

/** A screen is written down so much later than the moment that it shows, at most, ms: mirrors may be behind. */
const LATE = 3_000;

export interface ReadChunk { readonly about: About; readonly lines: readonly Line[] }
/** An event at its moment, ms from the beginning. */
export type TimedEvent = readonly [at_ms: number, code: string, data: string];

export interface Reading {
  readonly place: Place;
  key(secret: string): Promise<Buffer>;
  /** @throws Refusal RECORDING.UNREADABLE, KEY.DESTROYED */
  chunk(n: number): Promise<ReadChunk | undefined>;
  from(n: number): AsyncGenerator<ReadChunk, void>;
  /** The number of the newest chunk that begins at or before that moment, and how many there are; -1 where there is none. */
  chunkAt(ms: number): Promise<number>;
  /** The newest screen at or before that moment. */
  screenAt(ms: number): Promise<KeyLine | undefined>;
}

export const readRecording = (chunks: ChunkStore, secrets: RecordingSecrets, place: Place): Reading => {
  const keys = new Map<string, Promise<Buffer>>();
  const key = (secret: string): Promise<Buffer> => {
    const known = keys.get(secret) ?? secrets.keyOf(place.tenant, secret, place.session);
    keys.set(secret, known);
    return known;
  };
  const opened = async ({ n, about, sealed }: Chunk): Promise<ReadChunk> => {
    if (about === undefined || about.n !== n) throw unreadable(`part ${n} is none of it`);
    const secret = await key(about.secret);
    try {
      return { about, lines: linesOf(await unseal(secret, place, String(n), sealed)) };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw unreadable(`part ${n} was changed, or its key is another one`);
    }
  };
  const aboutOf = async (n: number): Promise<About> => {
    const about = (await chunks.chunk(place, n))?.about;
    if (about === undefined) throw unreadable(`part ${n} is missing`);
    return about;
  };
  const reading: Reading = {
    place, key,
    async chunk(n) {
      const found = await chunks.chunk(place, n);
      return found && opened(found);
    },
    async *from(n) {
      let next = n;
      for await (const chunk of chunks.from(place, n)) {
        if (chunk.n !== next) throw unreadable(`part ${next} is missing`);
        next += 1;
        yield await opened(chunk);
      }
    },
    async chunkAt(ms) {
      const last = (await chunks.last(place))?.about;
      if (last === undefined) return -1;
      if (last.from <= ms) return last.n;
      let [low, high] = [0, last.n];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((await aboutOf(middle)).from <= ms) low = middle;
        else high = middle;
      }
      return low;
    },
    async screenAt(ms) {
      for (let n = await reading.chunkAt(ms + LATE); n >= 0;) {
        const { key: holds } = await aboutOf(n);
        if (holds < 0) return undefined;
        const found = (await reading.chunk(holds))?.lines.findLast(l => !isEvent(l) && 'screen' in l && l.screen.at_ms <= ms);
        if (found !== undefined && !isEvent(found) && 'screen' in found) return found.screen;
        n = holds - 1;
      }
      return undefined;
    },
  };
  return reading;
};

/** Events with their moments; what is no event is left out. */
export const timed = ({ about, lines }: ReadChunk): TimedEvent[] => {
  let at = about.from;
  return lines.filter(isEvent).map(([seconds, code, data]) => [at += Math.round(seconds * 1_000), code, data] as const);
};
