/** A program that reads a stream by the SDK, keeps what it saw, and reads on where it stopped when its right comes back. */
import { eventually } from '@xanthus/testing';
import type { Client, StreamSubscription } from '../types.js';
import type { Seen } from './judge.fixtures.js';

interface ReaderOptions {
  readonly client: Client;
  readonly stream: string;
  readonly filter: string;
  readonly credit?: number;
  readonly seen: Seen[];
  /** A clock that only counts. */
  at(): number;
  /** The life of the stream now, and that of a message. */
  life(): number;
  lifeOf(uid: string): number | undefined;
  /** Messages that nobody may see now. */
  readonly barred: ReadonlySet<string>;
}

export interface Reader {
  slow(yes: boolean): void;
  end(): Promise<void>;
}

const SLOW_MS = 15;
const PAUSE_MS = 20;
const pause = (ms = PAUSE_MS): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });

export const startReader = ({ client, stream, filter, credit, seen, at, life, lifeOf, barred }: ReaderOptions): Reader => {
  const state = { ended: false, slow: false };
  let reading: StreamSubscription<{ uid: string }> | undefined;

  /** A position is worth something in the life that it belongs to. */
  let place = { next: 1, life: life() };
  const saw = (step: Seen, next: number, of = life()): void => {
    seen.push(step);
    place = { next, life: of };
  };

  const readOnce = async (): Promise<void> => {
    const from = place.life === life() ? place.next : 1;
    saw({ at: at(), open: from }, from);
    reading = client.stream(stream, { filter, from, ...(credit === undefined ? {} : { credit }) });
    reading.onReset(({ reason, from_seq }) => { saw({ at: at(), reset: reason, from: from_seq }, from_seq); });
    for await (const { seq, payload } of reading) {
      saw({ at: at(), seq, uid: payload.uid, ...(barred.has(payload.uid) ? { barred: true } : {}) }, seq + 1, lifeOf(payload.uid));
      if (state.slow) await pause(SLOW_MS);
    }
  };

  const run = async (): Promise<void> => {
    while (!state.ended) {
      // The right went, or has not come back yet; or the stream is away.
      await readOnce().catch(() => undefined);
      await pause(); // a client that is closed would fail again without end
      if (!state.ended) await eventually(() => state.ended || client.can({ what: 'stream', stream, filter }), { timeout: 300_000, every: 50 });
    }
  };
  const done = run();
  return {
    slow: yes => { state.slow = yes; },
    end: async () => {
      state.ended = true;
      reading?.close();
      await done;
    },
  };
};
