/** Uploads, one after the other: each piece by piece, paused and resumed, through cuts of the network. A plain class; what it needs of the browser comes in. */
import { toProblem, type ShownProblem } from '../lib/problem.js';

export interface Source { readonly name: string; readonly size: number; readonly lastModified: number; slice(from: number, to: number): Blob }
export interface Begun { readonly upload: string; readonly path: string; /** What is there already. */ readonly offset: number }

export interface TransferPorts {
  begin(o: { readonly path: string; readonly size: number; readonly modified: string; readonly overwrite: boolean }): Promise<Begun>;
  /** @param progress bytes of this piece that have left, as they do */
  send(upload: string, offset: number, piece: Blob, signal: AbortSignal, progress: (bytes: number) => void): Promise<void>;
  finish(upload: string): Promise<unknown>;
  abort(upload: string): Promise<unknown>;
  makeFolder(path: string): Promise<unknown>;
  now(): number;
  /** Resolves after a while, or when the network is back. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export type TransferState = 'waiting' | 'running' | 'paused' | 'cut' | 'done' | 'failed';
export interface Transfer {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly state: TransferState;
  readonly sent: number;
  /** Bytes a second over the last seconds. */
  readonly speed: number;
  readonly problem?: ShownProblem;
}
export interface Wish { readonly path: string; readonly source: Source; readonly overwrite: boolean }

interface Entry extends Wish { readonly id: number; state: TransferState; sent: number; upload?: string | undefined; stop?: AbortController | undefined; problem?: ShownProblem | undefined; readonly marks: { at: number; sent: number }[]; folders: readonly string[] }

/** A piece is one request: what a cut costs at most. Bytes */
export const PIECE = 8 * 1024 * 1024;
/** After a cut: how long until the next try, ms; the last again and again. */
const PAUSES = [1_000, 2_000, 5_000, 10_000, 20_000];
/** Speed is of so long. ms */
const SPAN = 5_000;
/** Over again, for the piece did not arrive as a whole, or something was away. */
const mayRetry = (problem: ShownProblem): boolean => problem.retryable || ['OFFLINE', 'UNAVAILABLE', 'TIMEOUT', 'NO_RESPONDERS', 'BAD_FRAME', 'FILES.OUT_OF_ORDER', 'FILES.INCOMPLETE', 'SERVER.DISCONNECTED'].includes(problem.code);

export const speedOf = (marks: readonly { at: number; sent: number }[], now: number): number => {
  const first = marks.find(m => now - m.at <= SPAN) ?? marks.at(-1);
  const last = marks.at(-1);
  return !first || !last || now <= first.at ? 0 : Math.max(0, (last.sent - first.sent) / ((now - first.at) / 1_000));
};

export class Transfers {
  #entries: Entry[] = [];
  #shown: readonly Transfer[] = [];
  #next = 1;
  #running = false;
  readonly #listeners = new Set<() => void>();
  readonly #made = new Set<string>();

  constructor(private readonly ports: TransferPorts, private readonly onDone: (path: string) => void = () => undefined) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly get = (): readonly Transfer[] => this.#shown;

  /** Something is under way that would be lost with the page. */
  get busy(): boolean {
    return this.#entries.some(e => e.state !== 'done' && e.state !== 'failed');
  }

  /** @param folders that have to be there first, parents before children */
  add(wishes: readonly Wish[], folders: readonly string[] = []): void {
    this.#entries.push(...wishes.map((w, i): Entry => ({ ...w, id: this.#next++, state: 'waiting', sent: 0, marks: [], folders: i === 0 ? folders : [] })));
    this.#tell();
    void this.#run();
  }

  pause(id: number): void {
    this.#of(id, e => {
      if (e.state === 'done' || e.state === 'failed') return;
      e.state = 'paused';
      e.stop?.abort();
    });
  }

  resume(id: number): void {
    this.#of(id, e => {
      if (e.state !== 'paused' && e.state !== 'failed') return;
      e.state = 'waiting';
      e.problem = undefined;
    });
    void this.#run();
  }

  /** Also what arrived of it goes. */
  cancel(id: number): void {
    const entry = this.#entries.find(e => e.id === id);
    if (!entry) return;
    this.#entries = this.#entries.filter(e => e !== entry);
    entry.stop?.abort();
    if (entry.upload !== undefined && entry.state !== 'done') this.ports.abort(entry.upload).catch(() => undefined);
    this.#tell();
  }

  clear(): void {
    this.#entries = this.#entries.filter(e => e.state !== 'done');
    this.#tell();
  }

  #of(id: number, change: (entry: Entry) => void): void {
    const entry = this.#entries.find(e => e.id === id);
    if (entry) change(entry);
    this.#tell();
  }

  #tell(): void {
    const now = this.ports.now();
    this.#shown = this.#entries.map(({ id, path, source, state, sent, marks, problem }) => ({ id, path, size: source.size, state, sent, speed: state === 'running' ? speedOf(marks, now) : 0, ...(problem ? { problem } : {}) }));
    for (const listener of this.#listeners) listener();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let entry = this.#waiting(); entry; entry = this.#waiting()) await this.#upload(entry);
    this.#running = false;
  }
  #waiting(): Entry | undefined {
    return this.#entries.find(e => e.state === 'waiting');
  }

  async #upload(entry: Entry): Promise<void> {
    const stop = entry.stop = new AbortController();
    const is = (): TransferState => entry.state;
    entry.state = 'running';
    for (let tries = 0; ; tries++) {
      const before = entry.sent;
      try {
        this.#tell();
        await this.#once(entry, stop.signal);
        entry.state = 'done';
        this.onDone(entry.path);
        break;
      } catch (error) {
        if (stop.signal.aborted) break;
        const problem = toProblem(error);
        if (!mayRetry(problem)) {
          Object.assign(entry, { state: 'failed', problem });
          break;
        }
        if (entry.sent > before) tries = 0;
        entry.state = 'cut';
        this.#tell();
        await this.ports.wait(PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 0, stop.signal).catch(() => undefined);
        if (is() !== 'cut') break;
        entry.state = 'running';
      }
    }
    this.#tell();
  }

  async #once(entry: Entry, signal: AbortSignal): Promise<void> {
    const { source, path, overwrite, folders } = entry;
    for (const folder of folders) await this.#folder(folder);
    const { upload, offset } = await this.ports.begin({ path, size: source.size, modified: new Date(source.lastModified).toISOString(), overwrite });
    entry.upload = upload;
    signal.throwIfAborted();
    const reach = (sent: number): void => {
      entry.sent = sent;
      entry.marks.push({ at: this.ports.now(), sent });
      while ((entry.marks[0]?.at ?? 0) < this.ports.now() - 2 * SPAN) entry.marks.shift();
      this.#tell();
    };
    entry.marks.length = 0;
    reach(offset);
    for (let at = offset; at < source.size; at += PIECE) {
      const end = Math.min(source.size, at + PIECE);
      await this.ports.send(upload, at, source.slice(at, end), signal, bytes => reach(Math.min(end, at + bytes)));
      reach(end);
    }
    signal.throwIfAborted();
    await this.ports.finish(upload);
  }

  async #folder(path: string): Promise<void> {
    if (this.#made.has(path)) return;
    try {
      await this.ports.makeFolder(path);
    } catch (error) {
      if (toProblem(error).code !== 'FILES.EXISTS') throw error;
    }
    this.#made.add(path);
  }
}

/** Of all that are not over: for the line that stands while the list is closed. */
export const totals = (all: readonly Transfer[]): { readonly open: number; readonly sent: number; readonly size: number; readonly speed: number } => {
  const going = all.filter(t => t.state !== 'done' && t.state !== 'failed');
  const sum = (of: (t: Transfer) => number): number => going.reduce((s, t) => s + of(t), 0);
  return { open: going.length, sent: sum(t => t.sent), size: sum(t => t.size), speed: sum(t => t.speed) };
};
/** Seconds that are left; undefined: nobody knows. */
export const secondsLeft = ({ sent, size, speed }: Pick<Transfer, 'sent' | 'size' | 'speed'>): number | undefined => (speed > 0 ? Math.ceil((size - sent) / speed) : undefined);
