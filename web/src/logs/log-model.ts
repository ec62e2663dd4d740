/**
 * What a log viewer shows: all lines of a store, those of a level, those that were found; and where. It looks through a million lines a piece at a
 * time, so that the page stays alive, and takes in what comes meanwhile. Pure but for the pause between two pieces, which comes in.
 */
import { foldCase, isSpecial, plain } from './ansi.js';
import { LineList } from './line-list.js';
import { LogStore } from './log-store.js';
import { atLeast, levelAfter, type Level } from './levels.js';

export interface Looking {
  /** What is searched for; nothing when empty. */
  readonly text: string;
  /** Only lines with it are shown. */
  readonly only: boolean;
  /** Lines at least so bad are shown. */
  readonly level: Level | 'all';
}
export const ALL: Looking = { text: '', only: false, level: 'all' };

/** A piece of work before the page gets its turn, ms. */
const SLICE = 24;
/** How far it is is told so often, ms: each time the page draws. */
const TOLD = 150;

export class LogModel {
  readonly store: LogStore;
  #looking: Looking = ALL;
  #needle = '';
  /** Lines that are shown; undefined: all. */
  #shown: LineList | undefined;
  #hits = new LineList();
  /** Everything before was looked at. */
  #lookedTo = 0;
  #level: Level = 'info';
  /** Shown are lines before this one: the view is held still. */
  #until: number | undefined;
  #work: object | undefined;
  #putting = false;
  /** Counts up whenever other lines are shown; `front` when the first of them became another one. */
  version = 0;

  constructor(keep?: number, private readonly clock: () => number = () => performance.now(), private readonly pause: () => Promise<void> = nextTurn, private readonly changed: () => void = () => undefined) {
    this.store = new LogStore(keep);
  }

  get looking(): Looking { return this.#looking; }
  /** Still looking through what there is. */
  get busy(): boolean { return this.#work !== undefined; }
  /** What came is still being put away. */
  get untidy(): boolean { return this.#putting; }
  /** How much of it was looked through, 0–1. */
  get progress(): number { const { first, count } = this.store; return count === 0 ? 1 : Math.min(1, Math.max(0, this.#lookedTo - first) / count); }
  get end(): number { return this.#until ?? this.store.end; }
  get held(): boolean { return this.#until !== undefined; }
  /** Came while the view was held. */
  get waiting(): number { return this.#until === undefined ? 0 : this.store.end - this.#until; }

  /** How many lines are shown. */
  get count(): number { return this.#shown ? this.#shown.indexOf(this.end) : Math.max(0, this.end - this.store.first); }
  /** The number of the line at an index. */
  lineAt(index: number): number | undefined {
    if (index < 0 || index >= this.count) return undefined;
    return this.#shown ? this.#shown.at(index) : this.store.first + index;
  }
  /** Where a line is shown, or would be. */
  indexOf(line: number): number { return this.#shown ? this.#shown.indexOf(line) : Math.max(0, line - this.store.first); }
  text(index: number): string { const line = this.lineAt(index); return line === undefined ? '' : this.store.line(line) ?? ''; }

  readonly eachColumns = (from: number, to: number, take: (columns: number) => void): void => {
    if (!this.#shown) { this.store.eachColumns(this.store.first + from, this.store.first + to, take); return; }
    for (let i = from; i < to; i++) { const line = this.#shown.at(i) ?? 0; this.store.eachColumns(line, line + 1, take); }
  };

  /** Lines that hold what is searched for. */
  get found(): number { return this.#hits.indexOf(this.end); }
  /** Which of them a line is, or the next after it; 0 is the first. */
  foundAt(line: number): number { return this.#hits.indexOf(line); }
  foundLine(n: number): number | undefined { return n < this.found ? this.#hits.at(n) : undefined; }
  isFound(line: number): boolean { return this.#hits.has(line); }
  get needle(): string { return this.#needle; }

  append(lines: readonly string[]): void {
    const { first, end } = this.store;
    this.store.append(lines);
    if (this.store.first !== first) this.#forget();
    // What came is looked at with the rest if that is under way.
    if (this.#needle || this.#shown) { if (!this.#work) void this.#look(); }
    else this.#lookedTo = Math.max(end, this.store.end);
    if (this.store.loose && !this.#putting) void this.#putAway();
    this.#tell();
  }

  /** What came at once is shown at once, and put away piece by piece. */
  async #putAway(): Promise<void> {
    this.#putting = true;
    await this.pause();
    for (let since = this.clock(); this.store.loose;) {
      const { first } = this.store;
      this.store.compact();
      if (this.store.first !== first) this.#forget();
      if (this.clock() - since < SLICE) continue;
      await this.pause();
      since = this.clock();
    }
    this.#putting = false;
    this.#tell();
  }

  #forget(): void {
    this.#shown?.dropBelow(this.store.first);
    this.#hits.dropBelow(this.store.first);
    this.#lookedTo = Math.max(this.#lookedTo, this.store.first);
  }

  clear(): void {
    this.store.clear();
    this.#until = undefined;
    this.#begin();
  }

  hold(): void { this.#until ??= this.store.end; this.#tell(); }
  release(): void { this.#until = undefined; this.#tell(); }

  look(looking: Looking): void {
    const same = looking.text === this.#looking.text && looking.level === this.#looking.level && looking.only === this.#looking.only;
    if (same) return;
    this.#looking = looking;
    this.#begin();
  }

  #begin(): void {
    const { text, only, level } = this.#looking;
    this.#needle = foldCase(text);
    this.#hits = new LineList();
    this.#shown = level !== 'all' || (only && this.#needle) ? new LineList() : undefined;
    this.#level = 'info';
    this.#lookedTo = this.store.first;
    this.#work = undefined;
    if (this.#needle || this.#shown) void this.#look();
    this.#tell();
  }

  async #look(): Promise<void> {
    const work = {};
    this.#work = work;
    let since = this.clock();
    let told = since;
    while (this.#work === work && this.#lookedTo < this.store.end) {
      const [piece] = this.store.texts(this.#lookedTo);
      if (!piece || piece.count === 0) break;
      this.#piece(piece);
      if (this.clock() - since < SLICE) continue;
      if (this.clock() - told >= TOLD) { this.#tell(); told = this.clock(); }
      await this.pause();
      since = this.clock();
    }
    if (this.#work === work) { this.#work = undefined; this.#tell(); }
  }

  #piece({ first, count, text, starts }: { readonly first: number; readonly count: number; readonly text: string; readonly starts?: Uint32Array }): void {
    const from = this.#lookedTo;
    this.#lookedTo = first + count;
    const { level, only } = this.#looking;
    if (level === 'all' && starts && !isSpecial(text)) this.#quick(text, first, starts, from);
    else {
      const lines = text.split('\n');
      for (let i = from - first; i < count; i++) {
        const shown = plain(lines[i] ?? '');
        const hit = this.#needle !== '' && foldCase(shown).includes(this.#needle);
        if (level !== 'all') {
          this.#level = levelAfter(shown, this.#level);
          if (!atLeast(this.#level, level)) continue;
        }
        if (hit) this.#hits.push(first + i);
        if (hit || !only || !this.#needle) this.#shown?.push(first + i);
      }
    }
  }

  /** Plain text of single bytes: found in the whole piece at once. */
  #quick(text: string, first: number, starts: Uint32Array, from: number): void {
    const small = text.toLowerCase();
    let line = from - first;
    for (let at = small.indexOf(this.#needle, starts[line] ?? 0); at >= 0;) {
      while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= at) line++;
      this.#hits.push(first + line);
      this.#shown?.push(first + line);
      if (line + 1 >= starts.length - 1) break;
      at = small.indexOf(this.#needle, starts[line + 1] ?? 0);
    }
  }

  #tell(): void { this.version++; this.changed(); }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => { port1.close(); resolve(); }, { once: true });
  port1.start();
  port2.postMessage(0);
});
