import { payloadText } from '../protocol/payload.js';
import type { Delivery } from '../upstream/durable-consumers.js';
import type { Outbox, Owner, Waiting } from './outbox.js';

/** Messages asked for at once: what may wait here when the outbox is full. */
const BATCH = 64;

export interface DurableTarget { readonly stream: string; readonly filter: string; readonly name: string }
export interface DurableUpstream {
  /** Asks for so many; `finished` is called when they have come, or none came for long. */
  ask(count: number): void;
  /** This one and all before it. */
  acknowledge(reply: string): void;
}

/** A durable subscription as its client sees it: deliveries go out as room and credit allow, acknowledgements come in. */
export class DurableFeed implements Owner, Waiting {
  sent = 0;
  private readonly head: string;
  private waiting: Delivery[] = [];
  private unacknowledged: { readonly seq: number; readonly reply: string }[] = [];
  private asking = false;
  private ended = false;
  private started = false;
  private synced = false;
  /** Newest that was told. */
  private told = 0;
  /** Up to here it was delivered to somebody before. */
  private before = 0;

  constructor(target: DurableTarget, private readonly outbox: Outbox, private readonly upstream: DurableUpstream, private credit: number) {
    this.head = `{"op":"msg","target":${JSON.stringify(`js:${target.stream}`)},"data":{"filter":${JSON.stringify(target.filter)},"durable":${JSON.stringify(target.name)},`;
  }

  /** From here on everything after `acknowledged` comes; up to `delivered` it is a repeat. */
  start(at: { readonly acknowledged: number; readonly delivered: number; readonly pending: number }): void {
    this.before = Math.max(this.before, at.delivered, this.told);
    if (!this.started) this.told = at.acknowledged;
    this.started = true;
    this.waiting = [];
    this.unacknowledged = [];
    this.asking = false;
    if (at.pending === 0) this.inSync(Math.max(at.acknowledged, this.told));
    this.pump();
  }

  /** Another incarnation, or its place was forgotten. */
  reset(frame: { readonly reason: string; readonly epoch: string; readonly from_seq: number }): void {
    this.outbox.purge(this);
    this.started = this.synced = false;
    this.before = this.told = 0;
    this.outbox.push(Buffer.from(`${this.head}${JSON.stringify({ kind: 'reset', ...frame }).slice(1)}}`), this);
  }

  deliver(delivery: Delivery): void {
    if (this.ended) return;
    this.waiting.push(delivery);
    this.pump();
  }

  /** What was asked for has come. */
  finished(): void {
    this.asking = false;
    this.pump();
  }

  pump(): void {
    if (this.ended || !this.started) return;
    while (this.waiting.length > 0 && this.credit > 0) {
      if (this.outbox.full()) return this.outbox.whenRoom(this);
      const delivery = this.waiting.shift();
      if (delivery !== undefined) this.tell(delivery);
    }
    if (this.waiting.length > 0 || this.asking || this.credit === 0) return;
    if (!this.outbox.hasRoom()) return this.outbox.whenRoom(this);
    this.asking = true;
    this.upstream.ask(Math.min(this.credit, BATCH));
  }

  grant(n: number): void {
    this.credit += n;
    this.pump();
  }

  /** Everything up to here was dealt with. What was not delivered on this subscription cannot be. */
  acknowledge(seq: number): void {
    let last: string | undefined;
    while (this.unacknowledged[0] !== undefined && this.unacknowledged[0].seq <= seq) last = this.unacknowledged.shift()?.reply;
    if (last !== undefined) this.upstream.acknowledge(last);
  }

  end(): void {
    this.ended = true;
    this.waiting = [];
    this.outbox.forget(this);
    this.outbox.purge(this);
  }

  private tell({ seq, subject, time, data, again, left, reply }: Delivery): void {
    this.credit--;
    const repeated = again || seq <= this.before;
    const chain = repeated ? '"redelivered":true' : `"prev":${this.told}`;
    this.outbox.push(Buffer.from(`${this.head}"seq":${seq},${chain},"subject":${JSON.stringify(subject)},"time":"${time}","payload":${payloadText(data)}}}`), this, seq);
    this.told = Math.max(this.told, seq);
    if (seq > (this.unacknowledged.at(-1)?.seq ?? 0)) this.unacknowledged.push({ seq, reply });
    if (left === 0) this.inSync(this.told);
  }

  private inSync(seq: number): void {
    if (this.synced) return;
    this.synced = true;
    this.outbox.push(Buffer.from(`${this.head}"kind":"in_sync","seq":${seq},"prev":${this.told}}}`), this);
  }
}
