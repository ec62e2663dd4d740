/** A browser at the socket of a terminal, which proves what it gets: offsets without a hole unless a marker says so. For specs and benchmarks. */
import { eventually } from '@xanthus/testing';
import { parseTtyFrame, ttyControl, TTY_SUB_PROTOCOL } from '@xanthus/proto';
import { WebSocket } from 'ws';

export interface Control { readonly op: string; readonly [field: string]: unknown }
export interface ViewerOptions {
  readonly url: string;
  readonly session: string;
  readonly token: string;
  readonly offset?: number;
  /** Granted beside what there is at the beginning. Bytes */
  readonly more?: number;
  /** Consumed bytes after which it grants. */
  readonly step?: number;
  /** Grants nothing. */
  readonly never?: boolean;
  /** Keeps no bytes: they are counted. */
  readonly forgets?: boolean;
  /** Reads no faster. Bytes a second */
  readonly rate?: number;
}

const STEP = 32 * 1024;

export class TtyViewer {
  readonly controls: Control[] = [];
  readonly chunks: Buffer[] = [];
  readonly snapshots: Buffer[] = [];
  readonly markers: Control[] = [];
  /** Of the next byte. */
  offset: number | undefined;
  bytes = 0;
  closed: number | undefined;
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  readonly ws: WebSocket;
  private taken = 0;
  private marked: number | undefined;
  private failure: Error | undefined;
  private readonly began = performance.now();

  constructor(private readonly o: ViewerOptions) {
    this.offset = o.offset;
    this.ws = new WebSocket(`${o.url.replace('http', 'ws')}/ws/terminal/${o.session}${o.offset === undefined ? '' : `?offset=${o.offset}`}`, [TTY_SUB_PROTOCOL], { headers: { authorization: `Bearer ${o.token}` } });
    this.ws.on('message', data => this.take(data as Buffer));
    this.ws.on('close', (code) => { this.closed = code; });
    this.ws.on('error', () => undefined);
  }
  /** As clients do: whoever is told to come again does. */
  static async open(o: ViewerOptions): Promise<TtyViewer> {
    for (let tries = 1; ; tries++) {
      const viewer = new TtyViewer(o);
      await eventually(() => viewer.said('hello') !== undefined || viewer.closed !== undefined, { every: 5 });
      if (viewer.said('hello') === undefined) {
        if (tries === 20) throw new Error(`not attached: ${JSON.stringify(viewer.said('error'))}`);
        continue;
      }
      if (o.more !== undefined) viewer.send({ op: 'credit', bytes: o.more });
      return viewer;
    }
  }
  send(control: object): void {
    this.ws.send(ttyControl(control));
  }
  type(text: string | Buffer): void {
    this.ws.send(Buffer.concat([Buffer.from([0]), Buffer.from(text as string)]));
  }
  get text(): string { return Buffer.concat(this.chunks).toString('utf8'); }
  get all(): Buffer { return Buffer.concat(this.chunks); }
  said(op: string, fits: (c: Control) => boolean = () => true): Control | undefined {
    this.check();
    return this.controls.find(c => c.op === op && fits(c));
  }
  until(op: string, fits?: (c: Control) => boolean): Promise<Control> {
    return eventually(() => this.said(op, fits), { every: 5 }) as Promise<Control>;
  }
  async shows(text: string): Promise<void> {
    await eventually(() => { this.check(); return this.text.includes(text); }, { every: 5 });
  }
  /** From now on. */
  clear(): void {
    this.chunks.length = 0;
  }
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
  close(): void {
    this.ws.terminate();
  }

  private take(data: Buffer): void {
    const frame = parseTtyFrame(data);
    if (frame === undefined) return void (this.failure = new Error('no frame'));
    if (frame.kind === 'control') {
      if (frame.control.op === 'marker') {
        if (frame.control['skipped_from'] !== this.offset) this.failure = new Error(`a marker from ${String(frame.control['skipped_from'])} at ${this.offset}`);
        this.marked = frame.control['skipped_to'] as number;
        this.markers.push(frame.control);
      }
      return void this.controls.push(frame.control);
    }
    if (this.offset !== undefined && frame.offset !== (this.marked ?? this.offset)) this.failure = new Error(`${frame.kind} at ${frame.offset} instead of ${this.marked ?? this.offset}`);
    this.marked = undefined;
    this.offset = frame.kind === 'output' ? frame.offset + frame.bytes.length : frame.offset;
    if (frame.kind === 'snapshot') this.snapshots.push(Buffer.from(frame.bytes));
    if (this.o.forgets !== true) this.chunks.push(Buffer.from(frame.bytes));
    this.bytes += frame.bytes.length;
    this.onBytes(frame.bytes);
    if (this.o.never === true) return;
    this.taken += frame.bytes.length;
    if (this.o.rate !== undefined) return this.slowly(frame.bytes.length, this.o.rate);
    if (this.taken >= (this.o.step ?? STEP)) this.grant();
  }
  private grant(): void {
    if (this.taken > 0 && this.ws.readyState === WebSocket.OPEN) this.send({ op: 'credit', bytes: this.taken });
    this.taken = 0;
  }
  /** The link is as slow as this: nothing is read from the socket meanwhile. */
  private slowly(_bytes: number, rate: number): void {
    const due = (this.bytes * 1_000) / rate - (performance.now() - this.began);
    if (due <= 0) return this.grant();
    this.ws.pause();
    setTimeout(() => {
      this.ws.resume();
      this.grant();
    }, due);
  }
}
