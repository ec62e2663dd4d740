/**
 * The log of a tenant for a page: the index from audit, the followed ends of the streams, and blocks as they are looked at. It knows no client: how
 * streams are read and audit is asked comes in.
 */
import { toProblem, type ShownProblem } from '../lib/problem.js';
import type { Readable } from './streams.js';
import { Timeline, type AuditEvent, type Block } from './timeline.js';

export interface AuditPorts {
  /** Blocks of a stream, newest first, below `before`. */
  blocks(stream: string, before: number | undefined, limit: number): Promise<readonly Block[]>;
  /** What may be read of a stream between two sequences, in order; `to` null: up to now. */
  read(of: Readable, from: number, to: number | null, signal: AbortSignal): Promise<readonly AuditEvent[]>;
  /** From a sequence, or a time, on; @returns the way to stop */
  follow(of: Readable, from: number | { readonly time: string }, told: { items(events: readonly AuditEvent[]): void; live(): void; failed(error: unknown): void }): () => void;
}

/** The first answer is small, so that there is something to see; the others bring the index of the whole. */
const FIRST = 50;
const PAGE = 2_000;
/** Without an index: how far back one looks at first, ms. */
const BACK = 24 * 3_600_000;
/** Of the newest block of a stream, so many events are read first: what is in sight of a large screen, and not the whole block. */
const END = 96;
/** Blocks that wait to be read: what was scrolled past is not. */
const WAITING = 6;

export type DeskStatus = 'loading' | 'ready' | 'failed';

/** From which sequence on there are about `END` events, if it is the newest block; else its first. */
const endOf = ({ from_seq, seq, events }: Block, newest: number): number => (seq === newest && events > 2 * END ? seq + 1 - Math.ceil(((seq + 1 - from_seq) * END) / events) : from_seq);

export class AuditDesk {
  readonly timeline: Timeline;
  status: DeskStatus = 'loading';
  problem: ShownProblem | undefined;
  /** There is no index: it may not be read, or audit does not answer. Then only so much is known as was read. */
  unindexed = false;
  /** Without an index: since when events are here, ms. */
  since = Date.now() - BACK;
  /** Counts up with every change. */
  version = 0;
  readonly #listeners = new Set<() => void>();
  readonly #came = new Set<(events: readonly AuditEvent[]) => void>();
  readonly #stops = new Map<string, () => void>();
  readonly #waiting = new Map<string, Block[]>();
  readonly #reading = new Set<string>();
  /** Streams of whose newest block the end was read. */
  readonly #ends = new Set<string>();
  readonly #over = new AbortController();
  #live = 0;
  #due = false;

  /** @param streams those of which something may be read */
  constructor(private readonly ports: AuditPorts, readonly streams: readonly Readable[], readonly first: ReadonlyMap<string, number>) {
    this.timeline = new Timeline(streams.map(s => s.stream));
    void this.#open();
  }

  readonly get = (): number => this.version;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Told of what comes on the followed ends. */
  onCame(fn: (events: readonly AuditEvent[]) => void): () => void {
    this.#came.add(fn);
    return () => this.#came.delete(fn);
  }
  get live(): boolean { return this.#live >= this.streams.length; }

  /** Audit has sealed more of a stream. */
  sealed(stream: string, seq: number): void {
    if (this.unindexed || this.status !== 'ready' || seq <= this.timeline.sealedTo(stream)) return;
    void this.#newer(stream).catch(() => undefined);
  }

  /** What is in sight is not read yet: the newest wish first. */
  want(blocks: readonly Block[]): void {
    for (const block of blocks.toReversed()) {
      if (block.from_seq === 0) continue;
      const queue = this.#waiting.get(block.stream) ?? [];
      this.#waiting.set(block.stream, [block, ...queue.filter(b => b.from_seq !== block.from_seq)].slice(0, WAITING));
      void this.#work(block.stream);
    }
  }

  /** A stretch of a stream for a search, from what is here where possible. */
  async stretch(stream: string, from: number, to: number, signal: AbortSignal): Promise<readonly AuditEvent[]> {
    const block = this.timeline.blocks(stream).find(b => b.from_seq === from && b.seq === to);
    const here = block && this.timeline.events(block);
    if (here) return here;
    const of = this.streams.find(s => s.stream === stream);
    return of ? this.ports.read(of, from, to, AbortSignal.any([signal, this.#over.signal])) : [];
  }

  /** Without an index: further back. */
  further(): void {
    this.since -= 7 * (Date.now() - this.since);
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
    this.#live = 0;
    // All again from earlier on: a stream can only be read forwards.
    (this as { timeline: Timeline }).timeline = new Timeline(this.streams.map(s => s.stream));
    for (const of of this.streams) this.#follow(of, { time: new Date(this.since).toISOString() });
    this.#tell();
  }

  close(): void {
    this.#over.abort();
    for (const stop of this.#stops.values()) stop();
    this.#listeners.clear();
    this.#came.clear();
  }

  async #open(): Promise<void> {
    const index = this.streams.every(s => s.whole) ? await Promise.allSettled(this.streams.map(s => this.ports.blocks(s.stream, undefined, FIRST))) : [];
    if (this.#over.signal.aborted) return;
    this.unindexed = index.length < this.streams.length || index.some(answer => answer.status === 'rejected');
    this.streams.forEach((of, i) => {
      const answer = index[i];
      if (!this.unindexed && answer?.status === 'fulfilled') {
        this.timeline.addBlocks(of.stream, answer.value, this.first.get(of.stream));
        this.#follow(of, this.timeline.sealedTo(of.stream) + 1);
        if (answer.value.length >= FIRST) void this.#older(of.stream).catch(() => undefined);
      } else this.#follow(of, { time: new Date(this.since).toISOString() });
    });
    this.status = 'ready';
    this.#tell();
  }

  #follow(of: Readable, from: number | { readonly time: string }): void {
    let live = false;
    this.#stops.set(of.stream, this.ports.follow(of, from, {
      items: (events) => {
        this.timeline.append(of.stream, events);
        for (const fn of this.#came) fn(events);
        this.#tell();
      },
      live: () => { if (!live) { live = true; this.#live++; this.#tell(); } },
      failed: error => { this.problem = toProblem(error); this.status = 'failed'; this.#tell(); },
    }));
  }

  /** The index of all that lies before, page by page. */
  async #older(stream: string): Promise<void> {
    for (let oldest = this.timeline.oldestBlock(stream); oldest && oldest.total > oldest.events && !this.#over.signal.aborted;) {
      const blocks = await this.ports.blocks(stream, oldest.from_seq, PAGE);
      this.timeline.addBlocks(stream, blocks, this.first.get(stream));
      this.#tell();
      const next = this.timeline.oldestBlock(stream);
      if (blocks.length === 0 || next?.from_seq === oldest.from_seq) return;
      oldest = next;
    }
  }

  async #newer(stream: string): Promise<void> {
    const known = this.timeline.sealedTo(stream);
    const found: Block[] = [];
    for (let before: number | undefined; ;) {
      const blocks = await this.ports.blocks(stream, before, FIRST);
      found.push(...blocks.filter(b => b.seq > known));
      const last = blocks.at(-1);
      if (!last || last.seq <= known || blocks.length < FIRST) break;
      before = last.from_seq;
    }
    if (this.#over.signal.aborted) return;
    this.timeline.addBlocks(stream, found);
    this.#tell();
  }

  /** One stretch of a stream at a time: two readings of one stream would be one. */
  async #work(stream: string): Promise<void> {
    if (this.#reading.has(stream)) return;
    const wanted = this.#waiting.get(stream)?.shift();
    // As it is by now: its end may have become a block of its own.
    const block = wanted && (this.timeline.blocks(stream).find(b => b.from_seq === wanted.from_seq) ?? wanted);
    const of = this.streams.find(s => s.stream === stream);
    if (!block || !of) return;
    this.#reading.add(stream);
    try {
      if (!this.timeline.has(block)) {
        const from = this.#ends.has(stream) ? block.from_seq : endOf(block, this.timeline.sealedTo(stream));
        const events = await this.ports.read(of, from, block.seq, this.#over.signal);
        if (this.#over.signal.aborted) return;
        this.#ends.add(stream);
        // Asked for again while it was read; what lies before its end is another wish.
        this.#waiting.set(stream, (this.#waiting.get(stream) ?? []).filter(b => b.from_seq !== block.from_seq));
        if (from === block.from_seq) this.timeline.give(block, events);
        else this.timeline.giveEnd(block, from, events);
        this.#tell();
      }
    } catch {
      // The followed end of the stream has the same right and the same connection, and says what is wrong; in sight, it is asked for again.
    } finally {
      this.#reading.delete(stream);
    }
    void this.#work(stream);
  }

  /** To the page once a turn, however much comes. */
  #tell(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.version++;
      for (const listener of this.#listeners) listener();
    });
  }
}
