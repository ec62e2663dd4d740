/** Turns what happens in a session into lines of an asciicast, and those into batches. Time comes in, so that it can be held against a clock of its own. */
import { castHeader, castLine, cutText, utf8Cut, type CastCode } from './asciicast.js';
import type { CommandLine, KeyLine, Line } from './chunk.js';
import type { Batch } from './chunk-writer.js';
import { screenText } from './screen-text.js';

/** UTF-16 units of one event, so that a page always holds some; as JSON at most six bytes each. */
const EVENT = 16 * 1024;
/** Bytes of events, so that no chunk is larger than 256 KiB before it is compressed. A screen comes on top. */
const FULL = 256 * 1024 - 6 * EVENT;
const TAIL = 4_096;
/** Bytes of a screen as JSON: it goes into one answer with some events. A larger one is left out; seeking then begins at the one before. */
const SCREEN = 400 * 1024;

export interface CastWriter {
  output(at: number, bytes: Uint8Array): void;
  input(at: number, bytes: Uint8Array): void;
  event(at: number, code: CastCode, data: string): void;
  command(command: CommandLine): void;
  screen(key: KeyLine): void;
  /** What letters waited for comes no more. */
  finish(at: number): void;
  flush(): void;
  /** After which event a screen that is taken now stands; undefined: an escape sequence is open. */
  place(): { readonly n: number; readonly i: number; readonly at_ms: number } | undefined;
  /** Bytes of data that came, of this and all chunks before. */
  readonly raw: number;
  readonly waiting: number;
}

interface Options { readonly cols: number; readonly rows: number; readonly began: number; readonly title: string; /** Of the chunk before; undefined: this is the first. */ readonly last: { readonly n: number; readonly to: number; readonly raw: number; readonly key: number } | undefined; onBatch(batch: Batch): void }

export const castWriter = ({ cols, rows, began, title, last: before, onBatch }: Options): CastWriter => {
  let [n, i, last, from, raw, key] = [(before?.n ?? -1) + 1, 0, before?.to ?? 0, before?.to ?? 0, before?.raw ?? 0, before?.key ?? -1];
  let lines: Line[] = [];
  let texts: string[] = [];
  let size = 0;
  let tail = '';
  const [out, typed] = [utf8Cut(), utf8Cut()];

  const push = (line: Line, text: string): void => {
    lines.push(line);
    texts.push(text);
    size += Buffer.byteLength(text) + 1;
  };
  const flush = (): void => {
    if (lines.length === 0) return;
    onBatch({ n, lines, text: texts.join('\n'), from, to: last, raw, key });
    [lines, texts, size, i, from] = [[], [], 0, 0, last];
    n += 1;
  };
  const event = (at: number, code: CastCode, data: string): void => {
    const now = Math.max(last, Math.round(at));
    push([(now - last) / 1_000, code, data], castLine(now - last, code, data));
    i += 1;
    last = now;
    if (size >= FULL) flush();
  };
  const text = (at: number, code: CastCode, whole: string): void => { for (const part of cutText(whole, EVENT)) event(at, code, part); };
  const aside = (line: Exclude<Line, readonly unknown[]>): void => push(line, JSON.stringify(line));

  if (before === undefined) aside({ header: { ...castHeader({ cols, rows, began, title }) } });
  return {
    output(at, bytes) {
      const whole = out.text(bytes);
      raw += bytes.length;
      tail = (tail + whole).slice(-TAIL);
      text(at, 'o', whole);
    },
    input(at, bytes) {
      raw += bytes.length;
      text(at, 'i', typed.text(bytes));
    },
    event,
    command(command) {
      aside({ command });
      if (size >= FULL) flush();
    },
    screen(screen) {
      const line = JSON.stringify({ screen });
      if (Buffer.byteLength(line) > SCREEN) return;
      key = n;
      push({ screen }, line);
    },
    finish(at) {
      text(at, 'o', out.rest());
      text(at, 'i', typed.rest());
    },
    flush,
    place() {
      const open = screenText(() => undefined);
      open.write(tail.slice(Math.max(0, tail.lastIndexOf('\u001B'))));
      return open.isGround ? { n, i, at_ms: last } : undefined;
    },
    get raw() { return raw; },
    get waiting() { return size; },
  };
};
