import { refuse } from '../protocol/problem.js';
import type { NatsStatus } from './nats-status.js';
import type { StreamSource } from './stream-source.js';
import { readerPool } from './reader-pool.js';
import { StreamTail } from './stream-tail.js';

interface Log { warn(fields: object, text: string): void; debug(fields: object, text: string): void }

/** How often the incarnation of a followed stream is looked at, and how long an unused tail is kept, ms. */
const CHECK_MS = 5_000;
const LINGER_MS = 30_000;
/** Pages read from NATS at once, for all subscriptions together. */
const READERS = 16;

/** One tail per stream, made when it is first needed and stopped when nobody has used it for a while. */
export class Streams {
  private readonly tails = new Map<string, Promise<StreamTail>>();
  private readonly running = new Map<string, { readonly tail: StreamTail; unusedSince: number }>();
  private readonly timer: NodeJS.Timeout;
  private readonly pool = readerPool(READERS);

  constructor(private readonly sourceOf: (stream: string) => StreamSource, status: NatsStatus, private readonly log: Log) {
    this.timer = setInterval(() => this.check(), CHECK_MS);
    this.timer.unref();
    status.onUp(() => {
      for (const { tail } of this.running.values()) this.attempt(tail, () => tail.reconnected());
    });
  }

  /** @throws Refused NOT_FOUND or UNAVAILABLE */
  tail(stream: string): Promise<StreamTail> {
    const known = this.tails.get(stream);
    if (known !== undefined) return known;
    if (!/^[A-Z0-9_]{1,64}$/.test(stream)) return Promise.reject(asError(() => refuse('NOT_FOUND', 'There is no such stream.')));
    const starting = StreamTail.start(stream, this.sourceOf(stream), this.pool, this.log);
    this.tails.set(stream, starting);
    starting.then(
      tail => this.running.set(stream, { tail, unusedSince: Date.now() }),
      () => this.tails.delete(stream),
    );
    return starting;
  }

  get source(): (stream: string) => StreamSource {
    return this.sourceOf;
  }
  all(): StreamTail[] {
    return [...this.running.values()].map(r => r.tail);
  }

  stop(): void {
    clearInterval(this.timer);
    for (const { tail } of this.running.values()) tail.stop();
    this.running.clear();
    this.tails.clear();
  }

  private check(): void {
    for (const [stream, entry] of this.running) {
      if (!entry.tail.idle) entry.unusedSince = Date.now();
      else if (Date.now() - entry.unusedSince >= LINGER_MS) {
        entry.tail.stop();
        this.running.delete(stream);
        this.tails.delete(stream);
        continue;
      }
      this.attempt(entry.tail, () => entry.tail.check());
    }
  }

  private attempt(tail: StreamTail, run: () => Promise<unknown>): void {
    run().catch((error: unknown) => this.log.debug({ stream: tail.stream, err: error }, 'a stream could not be looked at'));
  }
}

const asError = (run: () => never): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};
