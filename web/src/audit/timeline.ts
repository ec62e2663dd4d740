/**
 * The events of several streams as one list by time, of which only pieces are known. Pure.
 *
 * From audit come blocks: which sequences of a stream lie together, how many events, from when to when, and how many there are up to and with it. So
 * the place of an event in the whole (its rank, the oldest is 0) is exact as soon as every block is read that covers its time, and never changes
 * with what is read later. Where nothing is read yet, it is reckoned from the times, which is good enough to know what to read.
 */
export interface AuditEvent {
  readonly stream: string;
  readonly seq: number;
  /** When the stream kept it, ms. */
  readonly at: number;
  readonly payload: unknown;
}

export interface Block {
  readonly stream: string;
  readonly from_seq: number;
  readonly seq: number;
  readonly events: number;
  /** Of the stream, up to and with this block. */
  readonly total: number;
  /** Ms. */
  readonly from_time: number;
  readonly time: number;
}
const blockKey = ({ stream, from_seq }: Pick<Block, 'stream' | 'from_seq'>): string => `${stream} ${from_seq}`;

/** Later first in the list, of the same moment the later stream and sequence: the same for everyone, always. */
export const compareEvents = (a: AuditEvent, b: AuditEvent): number => a.at - b.at || (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.seq - b.seq);

/** Blocks that are read at once at most. */
export const CACHED = 48;

interface Lane {
  readonly blocks: Block[];
  /** Not sealed yet, by sequence: read, and followed. */
  tail: AuditEvent[];
  /** Events before the first block that is known. */
  before: number;
  /** When the first of them was, ms. */
  since: number;
}

/** Clocks may go back; in a stream what comes later counts as later. */
const rising = (events: readonly AuditEvent[], from: number, to = Infinity): AuditEvent[] => {
  let latest = from;
  return events.map((e) => { latest = Math.min(to, Math.max(latest, e.at)); return e.at === latest ? e : { ...e, at: latest }; });
};

/** How many of sorted events are not later than a moment. */
const upTo = (events: readonly AuditEvent[], at: number): number => {
  let [low, high] = [0, events.length];
  while (low < high) { const middle = (low + high) >> 1; if ((events[middle]?.at ?? 0) <= at) low = middle + 1; else high = middle; }
  return low;
};
const lastBefore = (blocks: readonly Block[], at: number): number => {
  let [low, high] = [0, blocks.length];
  while (low < high) { const middle = (low + high) >> 1; if ((blocks[middle]?.from_time ?? 0) <= at) low = middle + 1; else high = middle; }
  return low - 1;
};

export interface Window {
  /** By rank from `from` on; undefined: not read yet. */
  readonly rows: readonly (AuditEvent | undefined)[];
  /** To be read for it, what lies in the middle first. */
  readonly missing: readonly Block[];
}

export class Timeline {
  readonly #lanes = new Map<string, Lane>();
  readonly #read = new Map<string, AuditEvent[]>();

  constructor(streams: readonly string[]) { for (const stream of streams) this.#lanes.set(stream, { blocks: [], tail: [], before: 0, since: 0 }); }

  get streams(): readonly string[] { return [...this.#lanes.keys()]; }
  /** Events in all, as far as known. */
  get count(): number { let n = 0; for (const lane of this.#lanes.values()) n += sealed(lane) + lane.tail.length; return n; }
  /** The last sequence that is sealed. */
  sealedTo(stream: string): number { return this.#lanes.get(stream)?.blocks.at(-1)?.seq ?? 0; }
  oldestBlock(stream: string): Block | undefined { return this.#lanes.get(stream)?.blocks[0]; }
  tail(stream: string): readonly AuditEvent[] { return this.#lanes.get(stream)?.tail ?? []; }
  blocks(stream: string): readonly Block[] { return this.#lanes.get(stream)?.blocks ?? []; }
  get cached(): number { return this.#read.size; }

  /** Blocks of one stream, in any order; what is known already is known. `since`: when the very first event was, ms. */
  addBlocks(stream: string, blocks: readonly Block[], since?: number): void {
    const lane = this.#lanes.get(stream);
    if (!lane) return;
    const known = new Set(lane.blocks.map(b => b.from_seq));
    const fresh = blocks.filter(b => !known.has(b.from_seq));
    if (fresh.length > 0) {
      lane.blocks.push(...fresh);
      lane.blocks.sort((a, b) => a.from_seq - b.from_seq);
      for (let i = 1, latest = lane.blocks[0]?.time ?? 0; i < lane.blocks.length; i++) {
        const b = lane.blocks[i] as Block;
        if (b.from_time < latest) lane.blocks[i] = { ...b, from_time: latest, time: Math.max(latest, b.time) };
        latest = Math.max(latest, b.time);
      }
    }
    const first = lane.blocks[0];
    lane.before = first ? first.total - first.events : 0;
    if (since !== undefined) lane.since = since;
    this.#seal(lane);
  }

  /** What was followed and is sealed by now is part of its block. */
  #seal(lane: Lane): void {
    const last = lane.blocks.at(-1);
    if (!last || lane.tail.length === 0) return;
    const done = lane.tail.findIndex(e => e.seq > last.seq);
    const gone = done < 0 ? lane.tail : lane.tail.slice(0, done);
    if (gone.length === 0) return;
    lane.tail = rising(done < 0 ? [] : lane.tail.slice(done), last.time);
    for (const block of lane.blocks) {
      const events = gone.filter(e => e.seq >= block.from_seq && e.seq <= block.seq);
      if (events.length === block.events) this.give(block, events);
    }
  }

  /** What was read of a block. */
  give(block: Block, events: readonly AuditEvent[]): void {
    const key = blockKey(block);
    this.#read.delete(key);
    // Fewer than were sealed: some are not kept any more. The places stay, and say so.
    this.#read.set(key, rising(events.slice(0, block.events), block.from_time, block.time));
    while (this.#read.size > CACHED) { const [oldest] = this.#read.keys(); if (oldest === undefined) break; this.#read.delete(oldest); }
  }

  /** The end of a block was read, from a sequence on: it becomes two, of which the later one is read. */
  giveEnd(block: Block, from: number, events: readonly AuditEvent[]): void {
    const lane = this.#lanes.get(block.stream);
    const at = lane?.blocks.findIndex(b => b.from_seq === block.from_seq) ?? -1;
    const first = rising(events.slice(0, 1), block.from_time, block.time)[0];
    if (!lane || at < 0 || !first || events.length >= block.events) { if (events.length > 0) this.give(block, events); return; }
    const newer: Block = { ...block, from_seq: from, events: events.length, from_time: first.at };
    lane.blocks.splice(at, 1, { ...block, seq: from - 1, events: block.events - events.length, total: block.total - events.length, time: first.at }, newer);
    this.give(newer, events);
  }
  has(block: Block): boolean { return this.#read.has(blockKey(block)); }
  /** Of a block that is read: used again, so that it stays. */
  events(block: Block): readonly AuditEvent[] | undefined {
    const key = blockKey(block);
    const events = this.#read.get(key);
    if (events) { this.#read.delete(key); this.#read.set(key, events); }
    return events;
  }

  /** Came on the followed end of a stream, in order. */
  append(stream: string, events: readonly AuditEvent[]): void {
    const lane = this.#lanes.get(stream);
    if (!lane) return;
    const last = lane.tail.at(-1)?.seq ?? lane.blocks.at(-1)?.seq ?? 0;
    const fresh = events.filter(e => e.seq > last);
    if (fresh.length === 0) return;
    lane.tail.push(...rising(fresh, lane.tail.at(-1)?.at ?? lane.blocks.at(-1)?.time ?? 0));
    this.#seal(lane);
  }

  /** How many events are not later than a moment: exact where all is read that covers it, else reckoned. */
  rank(at: number): number {
    let n = 0;
    for (const lane of this.#lanes.values()) n += this.#rankIn(lane, at);
    return n;
  }

  #rankIn(lane: Lane, at: number): number {
    const first = lane.blocks[0];
    if (!first) return upTo(lane.tail, at);
    const i = lastBefore(lane.blocks, at);
    const block = lane.blocks[i];
    if (!block) return lane.since >= first.from_time || at <= lane.since ? (at < lane.since ? 0 : lane.before) : Math.floor((lane.before * (at - lane.since)) / (first.from_time - lane.since));
    if (i === lane.blocks.length - 1 && at >= block.time) return block.total + upTo(lane.tail, at);
    if (at >= block.time) return block.total;
    const start = block.total - block.events;
    const events = this.#read.get(blockKey(block));
    if (events) return start + upTo(events, at);
    return start + Math.floor((block.events * (at - block.from_time)) / Math.max(1, block.time - block.from_time));
  }

  /** Blocks that cover a moment and are not read: with them, the rank of that moment is exact. */
  unread(at: number): readonly Block[] {
    return [...this.#lanes.values()].flatMap(({ blocks }) => { const block = blocks[lastBefore(blocks, at)]; return block && block.time > at && !this.has(block) ? [block] : []; });
  }

  /** From the first to the last moment that is known. */
  span(): readonly [number, number] {
    let [from, to] = [Infinity, -Infinity];
    for (const { blocks, tail, since, before } of this.#lanes.values()) {
      from = Math.min(from, before > 0 && since > 0 ? since : Infinity, blocks[0]?.from_time ?? Infinity, tail[0]?.at ?? Infinity);
      to = Math.max(to, blocks.at(-1)?.time ?? -Infinity, tail.at(-1)?.at ?? -Infinity);
    }
    return from === Infinity ? [0, 0] : [from, to];
  }

  /** The earliest moment by which there are more than `rank` events. */
  momentOf(rank: number): number {
    let [low, high] = this.span();
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.rank(middle) > rank) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The events of ranks from `from` to before `to`. */
  window(from: number, to: number): Window {
    const rows = Array.from<AuditEvent | undefined>({ length: Math.max(0, to - from) });
    if (rows.length === 0) return { rows, missing: [] };
    const [early, late] = [this.momentOf(from), this.momentOf(Math.max(from, to - 1))];
    const missing: Block[] = [];
    const known: AuditEvent[] = [];
    for (const lane of this.#lanes.values()) {
      const first = lane.blocks[0];
      // What is not even known as blocks yet.
      if (first && lane.before > 0 && early < first.from_time) missing.push({ stream: first.stream, from_seq: 0, seq: first.from_seq - 1, events: lane.before, total: lane.before, from_time: lane.since, time: first.from_time });
      for (let i = Math.max(0, this.#firstTouching(lane.blocks, early)); i < lane.blocks.length; i++) {
        const block = lane.blocks[i] as Block;
        if (block.from_time > late) break;
        const events = this.events(block);
        if (events) for (let k = upTo(events, early - 1); k < events.length && (events[k]?.at ?? 0) <= late; k++) known.push(events[k] as AuditEvent);
        else missing.push(block);
      }
      for (let k = upTo(lane.tail, early - 1); k < lane.tail.length && (lane.tail[k]?.at ?? 0) <= late; k++) known.push(lane.tail[k] as AuditEvent);
    }
    known.sort(compareEvents);
    for (const event of known) {
      if (missing.some(b => b.from_time <= event.at && event.at <= b.time)) continue;
      const place = this.#before(event) - from;
      if (place >= 0 && place < rows.length) rows[place] = event;
    }
    const middle = (early + late) / 2;
    return { rows, missing: missing.toSorted((a, b) => distance(a, middle) - distance(b, middle)) };
  }

  /** Its rank; exact where `window` shows it. */
  #before(event: AuditEvent): number {
    let n = 0;
    for (const [stream, lane] of this.#lanes) {
      n += this.#rankIn(lane, event.at - 1);
      if (stream > event.stream) continue;
      // Of the same moment: earlier streams, and what is earlier in its own.
      const same = this.#at(lane, event.at);
      n += stream < event.stream ? same.length : same.filter(e => e.seq < event.seq).length;
    }
    return n;
  }
  rankOf(event: AuditEvent): number { return this.#before(event); }

  #at(lane: Lane, at: number): readonly AuditEvent[] {
    const found: AuditEvent[] = [];
    const of = (events: readonly AuditEvent[]): void => { for (let k = upTo(events, at - 1); k < events.length && events[k]?.at === at; k++) found.push(events[k] as AuditEvent); };
    for (let i = Math.max(0, this.#firstTouching(lane.blocks, at)); i < lane.blocks.length && (lane.blocks[i]?.from_time ?? 0) <= at; i++) of(this.#read.get(blockKey(lane.blocks[i] as Block)) ?? []);
    of(lane.tail);
    return found;
  }

  /** The first block that is not over before a moment. */
  #firstTouching(blocks: readonly Block[], at: number): number {
    let [low, high] = [0, blocks.length];
    while (low < high) { const middle = (low + high) >> 1; if ((blocks[middle]?.time ?? 0) < at) low = middle + 1; else high = middle; }
    return low;
  }
}

const sealed = ({ blocks }: Lane): number => blocks.at(-1)?.total ?? 0;
const distance = (b: Block, at: number): number => (b.from_time <= at && at <= b.time ? 0 : Math.min(Math.abs(b.from_time - at), Math.abs(b.time - at)));
