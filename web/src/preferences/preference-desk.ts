/**
 * One's preferences between the pages and auth: shown at once, sent together a moment later, corrected by what auth says. Without a
 * connection they wait; what auth refuses goes back to what it was.
 */

/** What auth has: `seq` of its newest change, 0 for none. `ready`: it was complete once. */
export interface Kept { readonly values: Readonly<Record<string, unknown>>; readonly seq: number; readonly ready: boolean }
export type Saving = 'saved' | 'saving' | 'waiting';

export interface DeskPorts {
  kept(): Kept;
  /** When `kept` is another. */
  onKept(fn: () => void): void;
  isLive(): boolean;
  onLive(fn: () => void): void;
  /** @returns the sequence that it is written with. @throws a refusal, or with `retryable` that it may be tried again */
  send(changes: Readonly<Record<string, unknown>>): Promise<number>;
  refused(error: unknown): void;
  later(fn: () => void, ms: number): unknown;
  never(timer: unknown): void;
}

/** Changes that come closer together are one, ms. */
export const DEBOUNCE = 300;
/** What could not be sent although there is a connection is tried again after, ms. */
const RETRY = 3_000;

/** A change on its way. `seq`: written with it, and shown from here until the view has it. */
interface Pending { readonly value: unknown; readonly seq?: number }

export class PreferenceDesk {
  #pending: ReadonlyMap<string, Pending> = new Map();
  #timer: unknown;
  #sending: Promise<void> | undefined;
  readonly #listeners = new Set<() => void>();
  /** Changes of what is not known yet. */
  #wishes: (() => void)[] = [];

  constructor(private readonly ports: DeskPorts) {
    ports.onKept(() => { this.#settle(); this.#grant(); this.#tell(); });
    ports.onLive(() => { if (this.#unsent().length > 0) void this.flush(); this.#tell(); });
  }

  readonly subscribe = (fn: () => void): (() => void) => { this.#listeners.add(fn); return () => this.#listeners.delete(fn); };

  /** The value now, undefined for none. The same object as long as it is the same. */
  readonly get = (key: string): unknown => {
    const pending = this.#pending.get(key);
    const value = pending ? pending.value : own(this.ports.kept().values, key);
    return value ?? undefined;
  };
  readonly ready = (): boolean => this.ports.kept().ready;
  readonly saving = (): Saving => (this.#unsent().length === 0 ? 'saved' : this.ports.isLive() ? 'saving' : 'waiting');

  /** Null takes it away. */
  set(key: string, value: unknown): void {
    this.#pending = new Map(this.#pending).set(key, { value });
    this.#again(DEBOUNCE);
    this.#tell();
  }

  /** Makes the next value from the one that there is, also of several in a row; before auth has said what there is, it waits for that: nothing is written over unseen. */
  change(key: string, next: (value: unknown) => unknown): void {
    this.#wishes.push(() => this.set(key, next(this.get(key))));
    this.#grant();
  }

  /** Sends what waits, now, or right after what is on its way: whoever waits for it may leave the page then. */
  async flush(): Promise<void> {
    if (this.#sending) {
      await this.#sending;
      return this.flush();
    }
    this.ports.never(this.#timer);
    if (this.#unsent().length === 0 || !this.ports.isLive()) return;
    this.#sending = this.#send();
    await this.#sending;
  }

  async #send(): Promise<void> {
    const sent = this.#unsent();
    const result = await this.ports.send(Object.fromEntries(sent.map(([key, { value }]) => [key, value]))).then(seq => ({ seq }), (error: unknown) => ({ error }));
    this.#sending = undefined;
    const mine = sent.filter(([key, pending]) => this.#pending.get(key) === pending);
    const after = new Map(this.#pending);
    if ('seq' in result) {
      for (const [key, { value }] of mine) after.set(key, { value, seq: result.seq });
    } else if ((result.error as { readonly retryable?: boolean } | undefined)?.retryable !== true) {
      for (const [key] of mine) after.delete(key);
      this.ports.refused(result.error);
    }
    this.#pending = after;
    this.#settle();
    if (this.#unsent().length > 0) this.#again('error' in result ? RETRY : DEBOUNCE);
    this.#tell();
  }

  #unsent(): [string, Pending][] { return [...this.#pending].filter(([, { seq }]) => seq === undefined); }

  /** What the view has by now is no longer ours. */
  #settle(): void {
    const { seq } = this.ports.kept();
    const open = [...this.#pending].filter(([, pending]) => pending.seq === undefined || pending.seq > seq);
    if (open.length < this.#pending.size) this.#pending = new Map(open);
  }

  #grant(): void {
    if (!this.ports.kept().ready) return;
    const wishes = this.#wishes;
    this.#wishes = [];
    for (const grant of wishes) grant();
  }

  #again(ms: number): void {
    this.ports.never(this.#timer);
    this.#timer = this.ports.later(() => void this.flush(), ms);
  }

  #tell(): void { for (const fn of this.#listeners) fn(); }
}

const own = (values: Readonly<Record<string, unknown>>, key: string): unknown => (Object.hasOwn(values, key) ? values[key] : undefined);
