/**
 * The views of a tenant as they were. The same projections are folded over the tenant's own events up to a moment, from the nearest state that is known: in memory, or
 * from a checkpoint, made ahead (`view-at-ahead.ts`) or left by an earlier question. One fold at a time for a tenant, few for the service; who asks for the same moment shares one.
 */
import { createHash } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import { streamName, type ViewValue } from '@xanthus/proto';
import { Fold, frozenOfParkedKey, type Dirty } from './fold.js';
import { pause } from './locked.js';
import { States } from './view-at-states.js';
import { Turns } from './view-at-turns.js';
import { NOTHING, type Bound, type Checkpoint, type Moment, type PastMessage, type PastOptions, type PastState } from './view-at.types.js';
import { viewTime } from './view-at-time.js';
import { PARKED_PREFIX } from './view-slot.js';

/** Events between two checkpoints. */
export const EVERY = 10_000;
/** Folds of a service at a time, and questions of one tenant that wait for theirs. */
const AT_ONCE = 2;
const MOST_WAITING = 32;
const MOST_ADVANCING = 10_000;
/** Work without a break, ms: the doors of the same process stay quick. */
const SLICE = 8;
/** After each slice of what nobody waits for, ms: it takes a quarter of the time that there is. */
const REST = 24;
const LOOK_AT_CLOCK = 16;
/** A tenant whose views have more characters is not folded. */
const MOST_CHARACTERS = 256_000_000;
/** How long a question waits for its fold, ms; the fold goes on for the next one. */
const WAIT = 15_000;
const FORMAT = 1;

/** What one event did to the keys of the views. */
export type OnEvent = (message: PastMessage, changes: readonly Dirty[]) => void;
interface WalkOptions { /** Of before its base was read. */ readonly isStill: () => boolean; readonly onEvent?: OnEvent; /** Says whether to keep a state of every 10,000 events. */ readonly keep?: boolean; /** End with the first of these, wherever the bound is. */ readonly one?: boolean; /** Nobody waits for it. */ readonly slowly?: boolean; readonly signal?: AbortSignal | undefined }

export class PastViews {
  readonly #states = new States();
  readonly #turns = new Turns(AT_ONCE, MOST_WAITING);
  /** Beside the questions, and behind them: one for all tenants. */
  readonly #slow = new Turns(1, MOST_ADVANCING);
  readonly #shared = new Map<string, Promise<PastState>>();
  readonly #dropped = new Map<string, number>();
  readonly #advancing = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #saving: Promise<void> = Promise.resolve();
  #epoch = '';
  #version = '';
  readonly #every: number;

  constructor(private readonly options: PastOptions) {
    this.#every = options.every ?? EVERY;
  }

  /** The tenant's views after all that was stored until then. @throws Refusal PAST.IN_FUTURE, PAST.NOT_READY, PAST.TOO_LARGE, RATE_LIMITED */
  async at(tenant: string, moment: Moment, signal?: AbortSignal): Promise<PastState> {
    await this.#sameStream();
    const bound = await this.options.past.bound(this.filters(tenant), moment);
    const known = this.#states.exact(tenant, bound.upTo);
    if (known !== undefined) return known;
    const name = `${tenant} ${bound.upTo}`;
    let shared = this.#shared.get(name);
    if (shared === undefined) {
      shared = this.#turns.take(tenant, () => this.#foldTo(tenant, bound)).finally(() => this.#shared.delete(name));
      this.#shared.set(name, shared);
      shared.then(() => this.#advanceLater(tenant), () => undefined);
    }
    return inTime(shared, signal);
  }

  /** Every subject whose events a tenant's views are made of. */
  filters(tenant: string): string[] {
    return [`evt.${tenant}.${this.options.service}.>`, ...(this.options.also?.(tenant) ?? [])];
  }

  /** States between which a longer way may be divided: where a fold may begin, oldest first. */
  async points(tenant: string, upTo: number): Promise<number[]> {
    const stored = await this.options.checkpoints.list(tenant, this.#version);
    return [...new Set([0, ...stored.map(c => c.seq), ...this.#states.all(tenant).map(s => s.seq)])].filter(seq => seq < upTo).sort((a, b) => a - b);
  }

  /** Folds from the nearest known state at or before `from` to the bound, telling every event after `from`. In the tenant's turn. */
  through(tenant: string, from: number, bound: Bound, onEvent: OnEvent, signal?: AbortSignal): Promise<PastState> {
    return this.#turns.take(tenant, async () => {
      const isStill = this.#still(tenant);
      const base = from === 0 ? NOTHING : await this.#base(tenant, from);
      return this.#walk(tenant, base, bound, { isStill, keep: true, signal, onEvent: (message, changes) => { if (message.seq > from) onEvent(message, changes); } });
    });
  }

  /** Makes the checkpoints up to now, so that a question about any moment is quick; slowly, one tenant after the other, and nothing stays in memory. @throws Refusal PAST.TOO_LARGE */
  advance(tenant: string): Promise<void> {
    const running = this.#advancing.get(tenant) ?? this.#slow.take('', () => this.#advance(tenant)).finally(() => this.#advancing.delete(tenant));
    this.#advancing.set(tenant, running);
    return running;
  }

  /** Nothing of the tenant is remembered, here and in the bucket. */
  async drop(tenant: string): Promise<void> {
    this.#dropped.set(tenant, (this.#dropped.get(tenant) ?? 0) + 1);
    this.#states.drop(tenant);
    await this.options.checkpoints.drop(tenant);
  }

  /** What is to be kept of earlier questions is kept, or will not be. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#advancing.values());
    await this.#saving;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service is stopping'));
    await Promise.all([this.settled(), ...[...this.#shared.values()].map(p => p.catch(() => undefined))]);
  }

  async #foldTo(tenant: string, bound: Bound): Promise<PastState> {
    const isStill = this.#still(tenant);
    const base = await this.#base(tenant, bound.upTo);
    const state = base.seq <= bound.upTo && base.upTo >= bound.upTo ? base : await this.#walk(tenant, base, bound, { isStill, keep: true });
    if (isStill()) this.#states.put(tenant, state);
    return state;
  }

  /** The nearest state at or before a sequence. */
  async #base(tenant: string, upTo: number, remember = true): Promise<PastState> {
    const near = this.#states.before(tenant, upTo);
    const stored = (await this.options.checkpoints.list(tenant, this.#version).catch(() => [])).filter(c => c.seq <= upTo && c.seq > near.seq);
    for (const checkpoint of stored.reverse()) {
      const texts = await this.options.checkpoints.load(tenant, this.#version, checkpoint).catch(() => undefined);
      if (texts === undefined) continue;
      const state = stateOf(checkpoint, texts);
      if (remember) this.#states.put(tenant, state);
      return state;
    }
    return near;
  }

  async #walk(tenant: string, base: PastState, bound: Bound, { isStill, onEvent, keep, one, slowly, signal }: WalkOptions): Promise<PastState> {
    const { past, projections, schemas, service } = this.options;
    const texts = new Map(base.texts);
    let { characters, events, seq, time } = base;
    const fold = new Fold({
      stream: streamName(service), projections, schemas, fresh: base.seq === 0,
      read: async key => { const text = texts.get(key); return text === undefined ? undefined : JSON.parse(text) as ViewValue; },
      onParked: () => undefined,
    }, frozenIn(texts, service));
    const absorb = (): Dirty[] => {
      const changes = fold.take();
      for (const { key, text } of changes) {
        characters += (text?.length ?? 0) - (texts.get(key)?.length ?? 0);
        if (text === undefined) texts.delete(key);
        else texts.set(key, text);
      }
      if (characters > MOST_CHARACTERS) throw new Refusal('PAST.TOO_LARGE', 'The views of this organisation are too large to be shown as they were.');
      return changes;
    };
    let sliced = performance.now();
    for await (const page of past.read(this.filters(tenant), base.seq, bound)) {
      for (const message of page) {
        await fold.apply({ subject: message.subject, seq: message.seq, time: viewTime(message.time), data: message.data });
        [seq, time] = [message.seq, message.time];
        events++;
        if (onEvent) onEvent(message, absorb());
        if (events % LOOK_AT_CLOCK === 0 && performance.now() - sliced > SLICE) {
          await (slowly === true ? pause(REST, this.#stopping.signal) : new Promise<void>(resolve => { setImmediate(resolve); }));
          if (this.#stopping.signal.aborted) throw this.#stopping.signal.reason;
          signal?.throwIfAborted();
          sliced = performance.now();
        }
        if (keep === true && events % this.#every === 0) {
          absorb();
          const state: PastState = { seq, upTo: seq, time, events, texts: new Map(texts), characters };
          await this.#keep(tenant, state, isStill);
          if (one === true) return state;
        }
      }
    }
    absorb();
    return { seq, upTo: Math.max(bound.upTo, seq), time, events, texts, characters };
  }

  /** Whether what is folded from now on still counts: the tenant was not forgotten meanwhile, and the stream is the same. */
  #still(tenant: string): () => boolean {
    const [version, generation] = [this.#version, this.#dropped.get(tenant)];
    return () => version === this.#version && generation === this.#dropped.get(tenant);
  }

  /** One after the other; a fold that is quicker than they are written waits. */
  async #keep(tenant: string, state: PastState, isStill: () => boolean): Promise<void> {
    await this.#saving;
    const { checkpoints, log, service } = this.options;
    this.#saving = (async () => {
      try {
        if (isStill()) await checkpoints.save(tenant, this.#version, state);
        // Forgotten while it was written.
        if (!isStill()) await checkpoints.drop(tenant);
      } catch (error) {
        log.debug({ service, tenant, error: String(error) }, 'a checkpoint of the past was not kept');
      }
    })();
  }

  async #advance(tenant: string): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    await this.#sameStream();
    const { past, checkpoints } = this.options;
    const filters = this.filters(tenant);
    const isStill = this.#still(tenant);
    const last = (await checkpoints.list(tenant, this.#version)).at(-1)?.seq ?? 0;
    if ((await past.left(filters, last)) < this.#every) return;
    const bound = await past.bound(filters, { time: new Date().toISOString() });
    for (let state = await this.#base(tenant, last, false); (await past.left(filters, state.seq)) >= this.#every;) {
      const next = await this.#walk(tenant, state, bound, { isStill, keep: true, one: true, slowly: true });
      if (!isStill() || next.seq <= state.seq) break;
      state = next;
    }
    await this.#saving;
  }

  /** After a question of a tenant that nothing was made ahead for. */
  #advanceLater(tenant: string): void {
    if (this.#stopping.signal.aborted) return;
    this.advance(tenant).catch((error: unknown) => this.options.log.debug({ service: this.options.service, tenant, error: String(error) }, 'the past was not folded further'));
  }

  /** States of another stream, or of another meaning of it, are none. */
  async #sameStream(): Promise<void> {
    const epoch = await this.options.past.epoch();
    if (epoch === this.#epoch) return;
    this.#states.clear();
    [this.#epoch, this.#version] = [epoch, versionOf(this.options, epoch)];
  }
}

const stateOf = ({ seq, events, time }: Checkpoint, texts: ReadonlyMap<string, string>): PastState => {
  let characters = 0;
  for (const text of texts.values()) characters += text.length;
  return { seq, upTo: seq, time, events, texts, characters };
};

const frozenIn = (texts: ReadonlyMap<string, string>, service: string): string[] => [...texts.keys()].flatMap(key => (key.startsWith(PARKED_PREFIX) ? frozenOfParkedKey(key, service) ?? [] : []));

/** Of everything that a state depends on beside the events. */
const versionOf = ({ projections, schemas }: PastOptions, epoch: string): string =>
  createHash('sha256').update(JSON.stringify([FORMAT, epoch, projections.map(p => [p.name, p.version, p.schema]), Object.entries(schemas?.schemas ?? {}).sort()])).digest('hex').slice(0, 32);

const inTime = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Refusal('PAST.NOT_READY', 'This organisation has a long past, which is being read for the first time. Ask again in a moment.', undefined, true));
    timer = setTimeout(stop, WAIT);
    signal?.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
