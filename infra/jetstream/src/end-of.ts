import type { NatsConnection } from '@nats-io/transport-node';
import { lastSequence } from './series.js';

/** How often the end is looked for again because others went on writing, and how long it is waited for each time (ms): what was last may expire before it comes. */
const LOOKS = 20;
const PATIENCE = 1_000;

export interface EndOptions {
  readonly stream: string;
  readonly filters: readonly string[];
  /** Everything that fits has been delivered: once, and again after each `restart`. */
  reached(): void;
  /** The stream could not be asked. It will be asked again, unless `stop` is called. */
  failed?(error: unknown): void;
}

/** What a follower tells it. */
export interface End {
  /** As the server says, nothing is pending. If it never says so, the stream is asked all the same. */
  caughtUp(): void;
  /** A message was delivered. */
  passed(seq: number): void;
  /** The stream is another one. */
  restart(): void;
  stop(): void;
}

/**
 * Finds out when a follower has everything that a stream held at one moment. A value that is replaced before it is delivered moves to the end, and the server may say
 * too early that nothing is pending: so the end is where the stream itself says that it is, asked when the follower had come so far already.
 */
export const endOf = (nc: NatsConnection, { stream, filters, reached, failed }: EndOptions): End => {
  let [position, wanted, looks, turn] = [0, Number.POSITIVE_INFINITY, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  const forget = (): number => {
    clearTimeout(timer);
    wanted = Number.POSITIVE_INFINITY;
    return ++turn;
  };
  /** Undefined: not known now. */
  const askEnd = async (): Promise<number | undefined> => {
    try {
      return Math.max(...await Promise.all(filters.map(filter => lastSequence(nc, stream, filter))));
    } catch (error) {
      failed?.(error);
      return undefined;
    }
  };
  const look = async (): Promise<void> => {
    const [asked, at] = [forget(), position];
    const last = await askEnd();
    if (asked !== turn || nc.isClosed()) return;
    if (last !== undefined && (at >= last || looks > LOOKS)) return reached();
    wanted = last ?? wanted;
    if (position >= wanted) return again();
    later();
  };
  const later = (): void => void (timer = setTimeout(() => void look(), PATIENCE).unref());
  const again = (): Promise<void> => {
    looks++;
    return look();
  };
  later();
  return {
    caughtUp: () => void look(),
    passed(seq) {
      position = seq;
      if (position >= wanted) void again();
    },
    restart() {
      forget();
      position = looks = 0;
      later();
    },
    stop: () => void forget(),
  };
};
