import { TTY_KIND, ttyBytes, ttyControl, TTY_CREDIT, type Problem, type TtyFrame } from '@xanthus/proto';
import type { Outbox, Owner, Waiting } from '../fan-out/outbox.js';
import { problemOf } from '../protocol/problem.js';
import type { Delivery } from './delivery.js';

/** Bytes that are asked for at once: a fraction of an outbox. */
const PAGE = 64 * 1024;
const LEAST_PAGE = 4 * 1024;
const RETRY_MS = 500;
/** Where no answer comes from the way, it is looked at again. ms */
const LOOK_MS = 1_000;

export interface TerminalSource {
  /** What lies behind an offset, one frame; undefined: nothing yet. Without an offset: a snapshot, or everything while it is short. */
  replay(from: number | undefined, max: number): Promise<TtyFrame | undefined>;
  /** The viewer can take everything up to this offset. */
  credit(upTo: number): void;
  /** The service does not know this viewer any more. */
  lost(why: Problem): void;
  /** The service lets it in no more. */
  expelled(why: Problem): void;
}

/**
 * One viewer of a terminal. Live output goes out as it comes while there is credit and room; a viewer without falls behind alone, reads
 * what it missed from the service when it can take more, and joins again. Never a hole without a `marker`.
 */
export class TerminalFeed implements Owner, Waiting {
  sent = 0;
  /** Offset of the next byte for this viewer; undefined before the first. */
  position: number | undefined;
  private credit = TTY_CREDIT;
  private live = false;
  private reading = false;
  private ended = false;
  /** End of the newest live output. */
  private head = 0;
  private generation = 0;

  /** @param viewer under which the service knows it; @param way to the viewer */
  constructor(private readonly outbox: Outbox, private readonly source: TerminalSource, from: number | undefined, readonly viewer: string, private readonly way: Delivery) {
    this.position = from;
  }

  /** Up to where it can take more: what the service counts with. */
  get upTo(): number {
    return Math.max(0, (this.position ?? this.head) + this.credit);
  }

  grant(bytes: number): void {
    this.credit += bytes;
    this.source.credit(this.upTo);
    this.pump();
  }

  /** As it came from the service; `frame` is shared by all viewers. */
  output(offset: number, bytes: Uint8Array, frame: Buffer): void {
    const end = offset + bytes.length;
    this.head = Math.max(this.head, end);
    if (!this.live || this.position === undefined || end <= this.position) return;
    const fits = !this.outbox.full() && this.credit > 0 && this.way.room > 0;
    if (offset > this.position || !fits) return this.fallBehind();
    const fresh = bytes.subarray(this.position - offset);
    if (fresh.length > this.credit) return this.fallBehind();
    this.push(fresh.length === bytes.length ? frame : Buffer.from(ttyBytes(TTY_KIND.OUTPUT, this.position, fresh)), fresh.length, end);
  }

  control(frame: Buffer): void {
    if (!this.ended) this.outbox.push(frame, this, this.position ?? 0);
  }

  expelled(why: Problem): void {
    if (!this.ended) this.source.expelled(why);
  }

  /** What came meanwhile may have been lost. */
  interrupted(): void {
    this.generation++;
    this.reading = false;
    this.fallBehind();
  }

  pump(): void {
    if (this.ended || this.live || this.reading || this.credit <= 0) return;
    if (!this.outbox.hasRoom()) return this.outbox.whenRoom(this);
    if (this.way.room === 0) return this.waitForWay();
    this.reading = true;
    void this.read(this.generation);
  }

  end(): void {
    this.ended = true;
    this.generation++;
    this.outbox.forget(this);
    this.outbox.purge(this);
  }

  /** What is on its way already fills it: more could not be taken back. */
  private waitForWay(): void {
    const timer = setTimeout(() => this.pump(), LOOK_MS).unref();
    this.way.whenRoom(() => {
      clearTimeout(timer);
      this.pump();
    });
  }

  private fallBehind(): void {
    this.live = false;
    this.pump();
  }

  private async read(generation: number): Promise<void> {
    try {
      const frame = await this.source.replay(this.position, Math.min(PAGE, this.credit, Math.max(LEAST_PAGE, this.way.room)));
      if (generation !== this.generation) return;
      this.reading = false;
      this.take(frame);
    } catch (error) {
      if (generation !== this.generation) return;
      const why = problemOf(error);
      if (!why.retryable) return this.source.lost(why);
      setTimeout(() => {
        if (generation !== this.generation) return;
        this.reading = false;
        this.pump();
      }, RETRY_MS).unref();
    }
  }

  private take(frame: TtyFrame | undefined): void {
    if (frame === undefined || frame.kind === 'control' || (frame.kind === 'output' && frame.bytes.length === 0)) {
      this.position ??= 0;
      // What came live while the answer was under way is asked for once more.
      if (this.head > this.position) return this.pump();
      this.live = true;
      return;
    }
    if (this.position !== undefined && frame.offset > this.position) this.outbox.push(Buffer.from(ttyControl({ op: 'marker', skipped_from: this.position, skipped_to: frame.offset })), this, this.position);
    const output = frame.kind === 'output';
    const end = output ? frame.offset + frame.bytes.length : frame.offset;
    this.push(Buffer.from(ttyBytes(output ? TTY_KIND.OUTPUT : TTY_KIND.SNAPSHOT, frame.offset, frame.bytes)), frame.bytes.length, end);
    // It has jumped, and with it what it can take.
    if (!output) this.source.credit(this.upTo);
    this.pump();
  }

  private push(frame: Buffer, bytes: number, position: number): void {
    this.credit -= bytes;
    this.position = position;
    this.way.queued(bytes);
    this.outbox.push(frame, this, position);
  }
}
