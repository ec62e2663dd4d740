import { Refusal } from '@xanthus/kernel';

/** Work that takes much: one after the other for each name, so many at a time for all, and whoever comes when too many wait is refused. */
export class Turns {
  readonly #last = new Map<string, { tail: Promise<unknown>; waiting: number }>();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(private readonly atOnce: number, private readonly mostWaiting: number) {}

  /** @throws Refusal RATE_LIMITED, and what the job throws */
  take<T>(name: string, job: () => Promise<T>): Promise<T> {
    const line = this.#last.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
    if (line.waiting >= this.mostWaiting) return Promise.reject(new Refusal('RATE_LIMITED', 'Too many questions about the past wait already; ask again in a moment.', undefined, true));
    line.waiting++;
    const done = line.tail.then(() => this.#admitted(job)).finally(() => {
      line.waiting--;
      if (line.waiting === 0) this.#last.delete(name);
    });
    line.tail = done.catch(() => undefined);
    this.#last.set(name, line);
    return done;
  }

  async #admitted<T>(job: () => Promise<T>): Promise<T> {
    if (this.#running >= this.atOnce) await new Promise<void>(resolve => { this.#queue.push(resolve); });
    else this.#running++;
    try {
      return await job();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
