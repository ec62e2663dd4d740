/** Looks through the log for what fits a filter, the newest first: only where audit says it may be, and exactly. It can be left off, and goes on where it was. */
import { toProblem, type ShownProblem } from '../lib/problem.js';
import type { AuditDesk } from './audit-desk.js';
import { compareEvents, type AuditEvent } from './timeline.js';

export interface Range { readonly stream: string; readonly from_seq: number; readonly to_seq: number | null }
export interface Place { readonly stream: string; readonly seq: number }
export interface Found { readonly ranges: readonly Range[]; readonly complete: boolean; /** Where it goes on. */ readonly next?: Place | undefined }

/** So many are found at once; then somebody says whether to go on. */
const ENOUGH = 5_000;
/** Ranges that are looked through together. */
const TOGETHER = 24;
const PAGE = 500;

export class Scan {
  /** Newest first. A new array for each change. */
  events: readonly AuditEvent[] = [];
  state: 'looking' | 'paused' | 'done' | 'failed' = 'looking';
  problem: ShownProblem | undefined;
  /** Events that were looked at, and how many may still be. */
  looked = 0;
  left = 0;
  /** How far back all is looked at, ms. */
  back: number | undefined;
  version = 0;
  readonly #keys = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #over = new AbortController();
  #before: Place | undefined;
  #ranges: Range[] = [];
  #complete = false;
  #until = ENOUGH;

  constructor(private readonly desk: AuditDesk, private readonly fits: (event: AuditEvent) => boolean, private readonly find: (before: Place | undefined, limit: number, signal: AbortSignal) => Promise<Found>) {
    this.#stop = desk.onCame(events => this.#take(events));
    // What is not sealed yet is followed and here.
    for (const stream of desk.timeline.streams) this.#take(desk.timeline.tail(stream));
    void this.#run();
  }

  readonly get = (): number => this.version;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Leaves off; `goOn` goes on. */
  cancel(): void {
    if (this.state !== 'looking') return;
    this.#over.abort();
    this.state = 'paused';
    this.#tell();
  }
  goOn(): void {
    if (this.state === 'looking' || this.state === 'done') return;
    this.#over = new AbortController();
    this.#until = this.events.length + ENOUGH;
    this.state = 'looking';
    this.problem = undefined;
    void this.#run();
    this.#tell();
  }
  close(): void {
    this.#over.abort();
    this.#stop();
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    try {
      while (!signal.aborted) {
        if (this.#ranges.length === 0) {
          if (this.#complete || this.desk.unindexed) break;
          const { ranges, complete, next } = await this.find(this.#before, PAGE, signal);
          if (signal.aborted) return;
          this.#ranges = ranges.flatMap(r => (r.to_seq === null ? this.#sealed(r) : [r]));
          this.#complete = complete;
          this.#before = next;
          if (!next) this.#complete = true;
          continue;
        }
        if (this.events.length >= this.#until) { this.state = 'paused'; this.#tell(); return; }
        const part = this.#ranges.slice(0, TOGETHER);
        this.left = this.#ranges.reduce((n, r) => n + this.#size(r), 0);
        this.#tell();
        await Promise.all(this.desk.timeline.streams.map(stream => this.#through(stream, part, signal)));
        if (signal.aborted) return;
        this.#ranges = this.#ranges.slice(part.length);
      }
      if (signal.aborted) return;
      this.state = 'done';
      this.left = 0;
    } catch (error) {
      if (signal.aborted) return;
      this.state = 'failed';
      this.problem = toProblem(error);
    }
    this.#tell();
  }

  /** The ranges of one stream, one after the other; what lies side by side is read at once. */
  async #through(stream: string, part: readonly Range[], signal: AbortSignal): Promise<void> {
    for (const [from, to] of joined(part.filter(r => r.stream === stream), this.#next(stream))) {
      if (signal.aborted) return;
      const events = await this.desk.stretch(stream, from, to, signal);
      if (signal.aborted) return;
      this.looked += events.length;
      const first = events[0]?.at;
      if (first !== undefined) this.back = Math.min(this.back ?? Infinity, first);
      this.#take(events);
      this.#tell();
    }
  }

  /** Of what reaches up to now, that is followed and here which is not sealed; the newest blocks may be one with it. */
  #sealed({ stream, from_seq }: Range): readonly Range[] {
    const end = this.desk.timeline.sealedTo(stream);
    if (end < from_seq) return [];
    const blocks = this.desk.timeline.blocks(stream).filter(b => b.from_seq >= from_seq && b.seq <= end);
    const known = blocks[0]?.from_seq ?? end + 1;
    return [...blocks.toReversed().map(b => ({ stream, from_seq: b.from_seq, to_seq: b.seq })), ...(known > from_seq ? [{ stream, from_seq, to_seq: known - 1 }] : [])];
  }

  /** From the end of a block to the beginning of the next. */
  #next(stream: string): ReadonlyMap<number, number> {
    const blocks = this.desk.timeline.blocks(stream);
    return new Map(blocks.slice(1).map((b, i) => [blocks[i]?.seq ?? 0, b.from_seq]));
  }
  #size({ stream, from_seq }: Range): number { return this.desk.timeline.blocks(stream).find(b => b.from_seq === from_seq)?.events ?? 1_000; }

  #take(events: readonly AuditEvent[]): void {
    const fresh = events.filter(e => this.fits(e) && !this.#keys.has(`${e.stream} ${e.seq}`));
    if (fresh.length === 0) return;
    for (const e of fresh) this.#keys.add(`${e.stream} ${e.seq}`);
    this.events = [...this.events, ...fresh].sort((a, b) => compareEvents(b, a));
    this.#tell();
  }

  #tell(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }
}

/** Ranges of one stream, newest first, as stretches: those that follow each other are one. Pure. */
export const joined = (ranges: readonly Range[], next: ReadonlyMap<number, number>, most = 12): readonly (readonly [from: number, to: number])[] => {
  const out: [number, number][] = [];
  let length = 0;
  for (const { from_seq, to_seq } of ranges) {
    if (to_seq === null) continue;
    const last = out.at(-1);
    if (last && length < most && next.get(to_seq) === last[0]) { last[0] = from_seq; length++; }
    else { out.push([from_seq, to_seq]); length = 1; }
  }
  return out;
};
