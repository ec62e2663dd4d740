/**
 * Lines of a log, kept small: a million of them are some hundred megabytes as objects and as many bytes as letters here. Pure.
 *
 * Text lies as UTF-8 in chunks with the beginnings of lines beside it; a chunk is decoded when it is looked at.
 */

import { plain } from './ansi.js';
import { columnsOf } from './columns.js';

/** Bytes of a chunk at most, unless one line alone is longer. */
const CHUNK = 256 * 1024;
/** So many chunks are made at once of what comes; the rest when there is time. */
const EAGER = 2;
/** When more than this many come at once, only so many of their end are measured at once: what is in sight. The others count as many columns as letters until they are put away. */
const MEASURED = 4_000;
/** Lines of what is no chunk yet that are looked at together. */
const PIECE = 4_000;
/** So many chunks are kept decoded: those in sight. */
const DECODED = 4;
/** Together not much more than this, however long the lines are. */
const BYTES = 120 * 1024 * 1024;

interface Chunk {
  /** Number of its first line, counted from the beginning of all time. */
  readonly first: number;
  readonly bytes: Uint8Array;
  /** Where each line begins; one more than there are lines. */
  readonly starts: Uint32Array;
  /** How many columns of a terminal each line takes. */
  readonly columns: Uint32Array;
  /** A letter is a byte. */
  readonly ascii: boolean;
}

/** Letters of one column each, as nearly all are. */
const PRINTABLE = /^[\x20-\x7E]*$/;
const columnsIn = (line: string): number => (PRINTABLE.test(line) ? line.length : columnsOf(plain(line)));

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A line holds no line break: what comes with some is several lines, or its end of line is cut off. */
const splitLines = (text: string): readonly string[] => (text.includes('\n') ? text.replace(/\r?\n$/, '').split(/\r?\n/) : [text]);

export class LogStore {
  #chunks: Chunk[] = [];
  /** Lines that are no chunk yet: those from `#openAt` on. */
  #open: string[] = [];
  #openAt = 0;
  #openBytes = 0;
  #openFirst = 0;
  #end = 0;
  /** Open lines before this one are not measured yet. */
  #measuredFrom = 0;
  #measures = 0;
  /** Of the chunks. */
  #bytes = 0;
  #letGo = 0;
  readonly #decoded = new Map<Chunk, string>();

  /** @param keep lines at most; the oldest go. At least a chunk more may stay a moment */
  constructor(readonly keep = 1_000_000) {}

  /** Number of the oldest line that is kept, and of the next that comes: a line keeps its number for good. */
  get first(): number { return this.#chunks[0]?.first ?? this.#openFirst; }
  get end(): number { return this.#end; }
  /** So many of the oldest went to make room. */
  get letGo(): number { return this.#letGo; }
  get count(): number { return this.#end - this.first; }
  /** Counts up when columns that were a guess are known. */
  get measures(): number { return this.#measures; }
  /** Much has come at once and lies about: `compact` puts some of it away. */
  get loose(): boolean { return this.#openBytes >= CHUNK; }

  append(lines: readonly string[]): void {
    for (const text of lines) {
      if (text.includes('\n')) for (const line of splitLines(text)) this.#push(line);
      else this.#push(text);
    }
    if (this.loose && lines.length > MEASURED) this.#measuredFrom = this.#end - MEASURED;
    for (let i = 0; i < EAGER && this.loose; i++) this.compact();
  }

  /** One more chunk. */
  compact(): void {
    if (this.#open.length > this.#openAt) this.#close();
    if (!this.loose && this.#measuredFrom > 0) { this.#measuredFrom = 0; this.#measures++; }
    // Whole chunks go: cutting one up would cost more than it saves.
    while (this.#chunks.length > 1 && (this.#end - (this.#chunks[1]?.first ?? this.#end) >= this.keep || this.#bytes > BYTES)) {
      const gone = this.#chunks.shift();
      if (!gone) return;
      this.#bytes -= gone.bytes.length;
      this.#letGo += gone.columns.length;
      this.#decoded.delete(gone);
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#letGo = 0;
    this.#open = [];
    this.#openAt = 0;
    this.#openBytes = 0;
    this.#openFirst = this.#end;
    this.#measuredFrom = 0;
    this.#decoded.clear();
  }

  /** Undefined for a line that is not kept. */
  line(number: number): string | undefined {
    if (number >= this.#openFirst) return this.#open[this.#openAt + number - this.#openFirst];
    const chunk = this.#chunkOf(number);
    if (!chunk) return undefined;
    const at = number - chunk.first;
    const [from = 0, to = 1] = [chunk.starts[at], chunk.starts[at + 1]];
    return chunk.ascii ? this.#text(chunk).slice(from, to - 1) : decoder.decode(chunk.bytes.subarray(from, to - 1));
  }

  /** Columns of the lines from `from` up to `to`, in order. */
  eachColumns(from: number, to: number, take: (columns: number) => void): void {
    for (let line = from; line < to;) {
      const chunk = line < this.#openFirst ? this.#chunkOf(line) : undefined;
      if (!chunk) {
        const text = this.#open[this.#openAt + line - this.#openFirst] ?? '';
        take(line < this.#measuredFrom ? text.length : columnsIn(text));
        line++;
        continue;
      }
      for (const end = Math.min(to, chunk.first + chunk.columns.length); line < end; line++) take(chunk.columns[line - chunk.first] ?? 0);
    }
  }

  /** Chunk by chunk from a line on, each as its lines joined by line breaks: for looking through all. `newer` chunks may come while one looks. */
  *texts(from = this.first): Generator<{ readonly first: number; readonly count: number; readonly text: string; /** Where a line begins in `text`; undefined: count the breaks. */ readonly starts?: Uint32Array }> {
    for (let next = Math.max(from, this.first); next < this.#end;) {
      const chunk = next < this.#openFirst ? this.#chunkOf(next) : undefined;
      if (chunk) {
        const count = chunk.starts.length - 1;
        const text = this.#decoded.get(chunk) ?? decoder.decode(chunk.bytes);
        yield { first: chunk.first, count, text: text.slice(0, -1), ...(chunk.ascii ? { starts: chunk.starts } : {}) };
        next = chunk.first + count;
      } else {
        const lines = this.#open.slice(this.#openAt + next - this.#openFirst, this.#openAt + next - this.#openFirst + PIECE);
        if (lines.length === 0) return;
        yield { first: next, count: lines.length, text: lines.join('\n') };
        next += lines.length;
      }
    }
  }

  #push(line: string): void {
    this.#open.push(line);
    this.#openBytes += line.length + 1;
    this.#end++;
  }

  #close(): void {
    let end = this.#openAt;
    for (let n = 0; end < this.#open.length && n < CHUNK; end++) n += (this.#open[end]?.length ?? 0) + 1;
    const lines = this.#open.slice(this.#openAt, end);
    // Let go as they are put away; the list itself is cut now and then.
    this.#open.fill('', this.#openAt, end);
    this.#openAt = end;
    if (this.#openAt * 2 > this.#open.length) { this.#open = this.#open.slice(this.#openAt); this.#openAt = 0; }
    const text = `${lines.join('\n')}\n`;
    const bytes = encoder.encode(text);
    const starts = new Uint32Array(lines.length + 1);
    const columns = new Uint32Array(lines.length);
    // As many bytes as letters: each letter is one.
    const ascii = bytes.length === text.length;
    for (let i = 0, at = 0; i < lines.length; i++) {
      const line = lines[i] as string;
      starts[i] = at;
      columns[i] = columnsIn(line);
      at = ascii ? at + line.length + 1 : bytes.indexOf(10, at) + 1;
    }
    starts[lines.length] = bytes.length;
    this.#chunks.push({ first: this.#openFirst, bytes, starts, columns, ascii });
    this.#bytes += bytes.length;
    this.#openFirst += lines.length;
    this.#openBytes -= text.length;
  }

  #chunkOf(number: number): Chunk | undefined {
    let [low, high] = [0, this.#chunks.length - 1];
    if (number < this.first) return undefined;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#chunks[middle]?.first ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return this.#chunks[low];
  }

  #text(chunk: Chunk): string {
    let text = this.#decoded.get(chunk);
    if (text === undefined) {
      text = decoder.decode(chunk.bytes);
      this.#decoded.set(chunk, text);
      const [oldest] = this.#decoded.keys();
      if (this.#decoded.size > DECODED && oldest) this.#decoded.delete(oldest);
    }
    return text;
  }
}
