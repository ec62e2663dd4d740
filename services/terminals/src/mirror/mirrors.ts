/** The screens of all sessions that this copy hosts, shared among worker threads: parsing is 20 times what the rest of a session costs. */
import { availableParallelism } from 'node:os';
import { EMPTY_SCREEN, MOST_COLS, MOST_ROWS, SCROLLBACK, type Mirror, type MirrorOptions, type Mirrors, type Snapshot } from './mirror.js';
import { startWorker, type WorkerLink } from './worker-link.js';
import type { FromWorker, Said } from './worker-messages.js';

export interface MirrorsOptions {
  /** Worker threads; left out: one less than there are cores, at least one. */
  readonly workers?: number;
  /** Lines above the screen that are kept: 2 MB for 1,000 of 120 columns. */
  readonly scrollback?: number;
  readonly heapMb?: number;
  /** A worker that says nothing for so long while it has work is ended. */
  readonly hangsAfterMs?: number;
  /** For specs. */
  readonly program?: URL;
}

/** A session whose output ended a worker that often has no screen any more; nor has one whose workers do not start. */
const MOST_LOSSES = 3;
const MOST_STARTS = 5;
const encoder = new TextEncoder();

interface Lane { link: WorkerLink | undefined; readonly sessions: Map<number, Session> }
interface Ask { readonly scrollback: number | undefined; readonly settle: (snapshot: Snapshot) => void }

export function createMirrors(o: MirrorsOptions = {}): Mirrors {
  const lanes: Lane[] = Array.from({ length: o.workers ?? Math.max(1, availableParallelism() - 1) }, () => ({ link: undefined, sessions: new Map() }));
  let next = 1;
  let stopped = false;

  const linkOf = (lane: Lane): WorkerLink => {
    lane.link ??= startWorker({
      scrollback: o.scrollback ?? SCROLLBACK, heapMb: o.heapMb ?? 512, hangsAfterMs: o.hangsAfterMs ?? 10_000, ...(o.program === undefined ? {} : { program: o.program }),
      on: message => receive(lane, message),
      owes: () => [...lane.sessions.values()].some(session => session.waits()),
      gone(why, culprit, started) {
        lane.link = undefined;
        for (const session of lane.sessions.values()) session.lost(why, session.id === culprit, started);
      },
    });
    return lane.link;
  };
  const receive = (lane: Lane, message: FromWorker): void => {
    if (message.op === 'ready') return;
    if (message.op === 'snapshot') return lane.sessions.get(message.id)?.answered(message.ask, message.snapshot);
    for (const { id, offset, said } of message.of) lane.sessions.get(id)?.progressed(offset, said);
  };

  return {
    open(options) {
      const lane = lanes.reduce((a, b) => (b.sessions.size < a.sessions.size ? b : a));
      const session: Session = new Session(next++, options, () => linkOf(lane), () => {
        if (lane.sessions.delete(session.id)) lane.link?.send({ op: 'close', id: session.id });
      });
      if (!stopped) lane.sessions.set(session.id, session);
      return session;
    },
    async stop() {
      stopped = true;
      for (const lane of lanes) for (const session of lane.sessions.values()) session.close();
      await Promise.all(lanes.map(lane => lane.link?.end()));
    },
  };
}

/** One session's screen as the service sees it. It has none in a worker before its first output. */
class Session implements Mirror {
  private written: number;
  /** Everything before is parsed, and what it asked and said is told. */
  private parsed: number;
  private cols: number;
  private rows: number;
  private opened = false;
  private closed = false;
  private losses = 0;
  private failedStarts = 0;
  private nextAsk = 1;
  private readonly asks = new Map<number, Ask>();
  private waiting: { readonly below: number; readonly resolve: () => void }[] = [];

  constructor(readonly id: number, private readonly o: MirrorOptions, private readonly link: () => WorkerLink, private readonly forget: () => void) {
    this.written = this.parsed = o.offset ?? 0;
    [this.cols, this.rows] = bounded(o.cols, o.rows);
  }

  get pending(): number {
    return this.written - this.parsed;
  }
  waits(): boolean {
    return this.pending > 0 || this.asks.size > 0;
  }

  write(bytes: Uint8Array): void {
    if (this.closed || bytes.length === 0) return;
    if (this.givenUp()) {
      this.written = this.parsed += bytes.length;
      return;
    }
    if (!this.opened) this.start(this.written, 0, '');
    this.written += bytes.length;
    this.link().send({ op: 'write', id: this.id, bytes: new Uint8Array(bytes) });
  }

  resize(cols: number, rows: number): void {
    [this.cols, this.rows] = bounded(cols, rows);
    if (this.opened && !this.closed) this.link().send({ op: 'resize', id: this.id, cols: this.cols, rows: this.rows });
  }

  snapshot({ scrollback }: { scrollback?: number } = {}): Promise<Snapshot> {
    if (!this.opened || this.closed) return Promise.resolve(this.nothing());
    return new Promise((settle) => {
      const ask = this.nextAsk++;
      this.asks.set(ask, { scrollback, settle });
      this.link().send({ op: 'snapshot', id: this.id, ask, scrollback });
    });
  }

  whenBelow(bytes: number): Promise<void> {
    if (this.closed || this.pending <= bytes) return Promise.resolve();
    return new Promise((resolve) => { this.waiting.push({ below: bytes, resolve }); });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.forget();
    this.parsed = this.written;
    this.wake();
    for (const { settle } of this.asks.values()) settle(this.nothing());
    this.asks.clear();
  }

  progressed(offset: number, said: readonly Said[]): void {
    if (this.closed) return;
    this.parsed = Math.max(this.parsed, offset);
    for (const one of said) {
      if ('reply' in one) this.o.onReply(encoder.encode(one.reply));
      else if ('title' in one) this.o.onTitle(one.title);
      else this.o.onMark(one.mark);
    }
    this.wake();
  }

  answered(ask: number, snapshot: Snapshot): void {
    this.asks.get(ask)?.settle(snapshot);
    this.asks.delete(ask);
  }

  /** The worker is gone, and with it this screen. The one that it was busy with begins empty, for its last bytes may do it again. */
  lost(why: string, culprit: boolean, started: boolean): void {
    if (!this.opened || this.closed) return;
    if (culprit) this.losses += 1;
    this.failedStarts = started ? 0 : this.failedStarts + 1;
    this.opened = false;
    const known = culprit ? undefined : this.o.recent?.();
    if (this.givenUp()) {
      this.parsed = this.written;
      for (const { settle } of this.asks.values()) settle(this.nothing());
      this.asks.clear();
    } else if (known === undefined || known.offset + known.bytes.length !== this.written) {
      this.parsed = this.written;
      this.start(this.written, this.written, 'The screen was lost here; what follows is whole.');
    } else {
      this.start(known.offset, this.parsed, '');
      this.link().send({ op: 'write', id: this.id, bytes: new Uint8Array(known.bytes) });
    }
    for (const [ask, { scrollback }] of this.asks) this.link().send({ op: 'snapshot', id: this.id, ask, scrollback });
    this.wake();
    this.o.onLost(`The screen of this session was lost: ${why}.${this.givenUp() ? ' It is not kept any more, for this happened too often.' : ''}`);
  }

  private givenUp(): boolean {
    return this.losses >= MOST_LOSSES || this.failedStarts >= MOST_STARTS;
  }

  private start(offset: number, silentUntil: number, greeting: string): void {
    this.opened = true;
    this.link().send({ op: 'open', id: this.id, cols: this.cols, rows: this.rows, offset, silentUntil, greeting });
  }

  private wake(): void {
    const ready = this.waiting.filter(w => this.pending <= w.below);
    this.waiting = this.waiting.filter(w => !ready.includes(w));
    for (const { resolve } of ready) resolve();
  }

  private nothing(): Snapshot {
    return { offset: this.written, cols: this.cols, rows: this.rows, title: '', bytes: encoder.encode(EMPTY_SCREEN) };
  }
}

const bounded = (cols: number, rows: number): [number, number] => [Math.max(2, Math.min(MOST_COLS, Math.trunc(cols))), Math.max(1, Math.min(MOST_ROWS, Math.trunc(rows)))];
