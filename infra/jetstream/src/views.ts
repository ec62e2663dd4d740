import type { NatsConnection } from '@nats-io/transport-node';
import { viewKey, type ViewValue } from '@xanthus/proto';
import { kvGet, kvPut } from './kv.js';
import { listValues } from './list-values.js';
import type { Stoppable, ViewEntry } from './types.js';
import { watchViewBucket } from './view-bucket.js';
import { liveBucket, POSITION_KEY, readPointer, type Position } from './view-slot.js';

/** Reads the live view of a service. Always by the leader: what `waitFor` promised is there. */
export class Views {
  #position = 0;
  #following: Promise<Stoppable> | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly nc: NatsConnection, private readonly service: string) {}

  async get<T>(key: string): Promise<ViewValue<T> | undefined> {
    const bucket = await this.#bucket();
    return (await kvGet<ViewValue<T>>(this.nc, bucket, key))?.value;
  }

  /** All values of one view of a tenant, by id; with `under` those whose ids begin with these tokens, by the rest. */
  async list<T>(tenant: string, view: string, ...under: string[]): Promise<ViewEntry<T>[]> {
    const bucket = await this.#bucket();
    const prefix = `${viewKey(tenant, view, ...under)}.`;
    return (await listValues(this.nc, bucket, `${prefix}>`)).map(({ key, text }) => ({ id: key.slice(prefix.length), value: JSON.parse(text) as ViewValue<T> }));
  }

  /** Stream sequence that the live view has reached. */
  async position(): Promise<number> {
    const bucket = await this.#bucket();
    return (await kvGet<Position>(this.nc, bucket, POSITION_KEY))?.value?.seq ?? 0;
  }

  /** Waits until the live view has folded stream sequence `seq`; false if it has not after `timeoutMs`. */
  async waitFor(seq: number, timeoutMs: number): Promise<boolean> {
    if (this.#position >= seq) return true;
    await this.#follow();
    return new Promise<boolean>((resolve) => {
      const check = (): void => {
        if (this.#position >= seq) finish(true);
      };
      const finish = (reached: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(reached);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** Writes a value that no projection folds, e.g. the last sample of a metric; `undefined` deletes it. Its key must belong to no projection. */
  async putSample(key: string, data: unknown): Promise<void> {
    const bucket = await this.#bucket();
    const value: ViewValue = { schema: 1, seq: 0, time: new Date().toISOString(), data };
    await kvPut(this.nc, bucket, key, data === undefined ? undefined : value);
  }

  async stop(): Promise<void> {
    await (await this.#following)?.stop();
    this.#following = undefined;
  }

  async #bucket(): Promise<string> {
    return liveBucket(this.service, (await readPointer(this.nc, this.service))?.value);
  }

  #follow(): Promise<Stoppable> {
    const moveTo = (seq: number): void => {
      this.#position = seq;
      for (const check of this.#waiting) check();
    };
    this.#following ??= watchViewBucket(this.nc, this.service, {
      filters: [POSITION_KEY],
      onEntry: ({ kind, value }) => moveTo(kind === 'put' ? (value as Position).seq : 0),
      onSync: () => undefined,
      onReset: () => moveTo(0),
    }).catch((error: unknown) => {
      this.#following = undefined;
      throw error;
    });
    return this.#following;
  }
}
