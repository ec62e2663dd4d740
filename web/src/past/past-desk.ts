/**
 * The past as the pages see it: views that look like live ones and are folded by their service as of one moment. All change together when
 * the moment changes; each keeps its last picture until the next is there.
 */
import { until, value, type BucketState, type BucketView, type Observable, type Value, type XanthusError } from '@xanthus/client';
import type { ViewValue } from '@xanthus/proto';

export interface PastPosition { readonly stream: string; readonly seq: number; readonly time: string | null }
export interface PastPage {
  readonly items: readonly ({ readonly id: string } & ViewValue)[];
  readonly next_cursor?: string | undefined;
  readonly as_of: PastPosition;
}
/** Which rows of a view: `all`, one id, or what the id in front of others lists. */
export interface PastView { readonly tenant: string; readonly service: string; readonly view: string; readonly id: string }
export type AskPast = (of: PastView, input: { readonly time?: string; readonly seq?: number; readonly limit: number; readonly cursor?: string }) => Promise<PastPage>;

const PAGE = 1_000;
/** Pictures that are kept, over all views: a slider goes back and forth. */
const KEPT = 80;
/** Folding is told of after so many ms; most are there before. */
export const SOON = 150;

interface Picture { readonly entries: ReadonlyMap<string, ViewValue>; readonly as_of: PastPosition }

/** `acme.servers.*` → all of it, `acme.releases.x.*` → what `x` has, `acme.servers.x` → one. */
export const toPastView = (service: string, pattern: string): PastView => {
  const [tenant = '', view = '', ...id] = pattern.split('.');
  const named = id.filter(part => part !== '*' && part !== '>');
  return { tenant, service, view, id: named.length === 0 ? 'all' : named.join('.') };
};

export class PastDesk {
  readonly #time: Value<string | undefined> = value<string | undefined>(undefined);
  readonly #folding: Value<boolean> = value(false);
  readonly #views = new Set<OnePast>();
  readonly #pictures = new Map<string, Picture>();
  #running = 0;
  #slow: ReturnType<typeof setTimeout> | undefined;

  /** The moment that is looked at; undefined: now. */
  readonly time: Observable<string | undefined> = this.#time;
  /** A picture is on its way for longer than the eye forgives. */
  readonly folding: Observable<boolean> = this.#folding;

  constructor(private readonly ask: AskPast) {}

  readonly set = (time: string | undefined): void => {
    this.#time.set(time);
    if (time === undefined) this.#pictures.clear();
  };

  /** @param seed what is shown until the first picture is there */
  view<T>(service: string, pattern: string, seed?: BucketState<T>): BucketView<T> {
    const view = new OnePast(this, toPastView(service, pattern), seed, () => this.#views.delete(view));
    this.#views.add(view);
    return view as unknown as BucketView<T>;
  }

  /** What the pages show at present, each view once. */
  shown(): readonly PastView[] {
    const all = new Map<string, PastView>();
    for (const { of } of this.#views) all.set(keyOf(of), of);
    return [...all.values()];
  }
  /** How far the pictures that are shown go. */
  positions(): readonly PastPosition[] {
    const time = this.#time.get();
    return time === undefined ? [] : this.shown().flatMap(of => this.#pictures.get(`${time} ${keyOf(of)}`)?.as_of ?? []);
  }

  /** The rows as of a moment. @throws what `ask` throws */
  async picture(of: PastView, time: string): Promise<Picture> {
    const key = `${time} ${keyOf(of)}`;
    const kept = this.#pictures.get(key);
    if (kept) return kept;
    this.#begin();
    try {
      const entries = new Map<string, ViewValue>();
      let cursor: string | undefined;
      let as_of: PastPosition | undefined;
      do {
        // All pages of one moment.
        const page: PastPage = await this.ask(of, { ...(as_of ? { seq: as_of.seq } : { time }), limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
        for (const { id, schema, seq, time: at, data } of page.items) entries.set(`${of.tenant}.${of.view}.${rowId(of, id)}`, { schema, seq, time: at, data });
        cursor = page.next_cursor;
        as_of ??= page.as_of;
      } while (cursor !== undefined);
      const picture = { entries, as_of };
      this.#pictures.set(key, picture);
      for (const old of this.#pictures.keys()) if (this.#pictures.size > KEPT) this.#pictures.delete(old);
      return picture;
    } finally {
      this.#end();
    }
  }

  close(): void {
    for (const view of this.#views) view.close();
    clearTimeout(this.#slow);
  }

  #begin(): void {
    if (this.#running++ === 0) this.#slow = setTimeout(() => this.#folding.set(true), SOON);
  }
  #end(): void {
    if (--this.#running > 0) return;
    clearTimeout(this.#slow);
    this.#folding.set(false);
  }
}

/** What belongs to an id is listed by its own part of the id. */
const rowId = (of: PastView, id: string): string => (of.id === 'all' || id === of.id || id.startsWith(`${of.id}.`) ? id : `${of.id}.${id}`);

const keyOf = ({ tenant, service, view, id }: PastView): string => `${service} ${tenant}.${view}.${id}`;

const EMPTY: BucketState<unknown> = { entries: new Map(), in_sync: false, revision: 0, stale_since: null, state: 'subscribing' };

/** One view as of the desk's moment. One question is on its way at most; the latest moment is asked next. */
class OnePast implements BucketView<unknown> {
  readonly #state: Value<BucketState<unknown>>;
  readonly #stop: () => void;
  #busy = false;
  #closed = false;
  readonly get;
  readonly subscribe;

  constructor(private readonly desk: PastDesk, readonly of: PastView, seed: BucketState<unknown> | undefined, private readonly gone: () => void) {
    // Anybody else's error is not the past's.
    this.#state = value(seed && !seed.error ? { ...seed, stale_since: null } : EMPTY);
    this.get = this.#state.get;
    this.subscribe = this.#state.subscribe;
    this.#stop = desk.time.subscribe(() => void this.#follow());
    void this.#follow();
  }
  get error(): XanthusError | undefined { return this.#state.get().error; }

  async ready(): Promise<BucketState<unknown>> {
    const state = await until(this.#state, s => s.in_sync || s.error !== undefined);
    if (state.error) throw state.error;
    return state;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.gone();
  }

  async #follow(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    let asked: string | undefined;
    while (!this.#closed && asked !== this.desk.time.get()) {
      asked = this.desk.time.get();
      if (asked === undefined) break;
      try {
        const { entries, as_of } = await this.desk.picture(this.of, asked);
        if (asked === this.desk.time.get()) this.#state.set({ entries: entries as BucketState<unknown>['entries'], in_sync: true, revision: as_of.seq, stale_since: null, state: 'live' });
      } catch (error) {
        if (asked === this.desk.time.get()) this.#failed(error);
      }
    }
    this.#busy = false;
  }

  #failed(error: unknown): void {
    if (!this.#closed) this.#state.set({ ...EMPTY, in_sync: true, state: 'ended', error: error as XanthusError });
  }
}
