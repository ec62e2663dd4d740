/** Bytes of a log as lines of text: whatever a machine prints, of any length, in any encoding. Pure. */

/** Bytes of a line that are kept. */
const LINE_LIMIT = 8 * 1024;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN1 = new TextDecoder('latin1');

const decode = (bytes: Uint8Array, cut: boolean): string => {
  try {
    return UTF8.decode(bytes);
  } catch {
    // A cut in the middle of a character is no sign of another encoding.
    if (cut) for (let drop = 1; drop <= 3; drop++) try { return UTF8.decode(bytes.subarray(0, bytes.length - drop)); } catch { /* one byte less */ }
    return LATIN1.decode(bytes);
  }
};

const picture = (c: string, code: number): string => (c === '\t' ? c : code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd');

/** Control characters as pictures (`␛`), what turns the direction of text or is invisible as `�`: nothing in it can act. Tabs stay. */
export const harmless = (text: string): string => text
  .replaceAll(/\p{Cc}/gu, c => picture(c, c.codePointAt(0) ?? 0))
  .replaceAll(/[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g, '\ufffd');

export interface LineCutter {
  /** Whole lines that this chunk completes. */
  push(chunk: Uint8Array): string[];
  /** What is left without an end of line. */
  end(): string[];
  /** A line was cut. */
  readonly cut: boolean;
}

/** Memory is bounded by one line's limit, whatever comes. */
export const createLineCutter = (limit = LINE_LIMIT): LineCutter => {
  let kept: Uint8Array[] = [];
  let size = 0;
  let dropped = 0;
  let cut = false;

  const take = (part: Uint8Array): void => {
    const room = limit - size;
    const fits = part.subarray(0, Math.max(0, room));
    if (fits.length > 0) kept.push(fits.slice());
    size += fits.length;
    dropped += part.length - fits.length;
  };
  const line = (): string => {
    const bytes = Buffer.concat(kept);
    const text = harmless(decode(bytes.at(-1) === 0x0d && dropped === 0 ? bytes.subarray(0, -1) : bytes, dropped > 0));
    const mark = dropped > 0 ? ` … [cut, ${dropped} more bytes]` : '';
    if (dropped > 0) cut = true;
    [kept, size, dropped] = [[], 0, 0];
    return text + mark;
  };

  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
        take(chunk.subarray(from, at));
        lines.push(line());
        from = at + 1;
      }
      take(chunk.subarray(from));
      return lines;
    },
    end: () => (size > 0 || dropped > 0 ? [line()] : []),
    get cut() { return cut; },
  };
};

/** Bytes of a line in an answer. */
const weigh = (line: string): number => Buffer.byteLength(JSON.stringify(line)) + 1;

/** The last of many lines, in bounded memory and a bounded answer: `bytes` as JSON. */
export const createTail = (count: number, bytes: number) => {
  const lines: string[] = [];
  let size = 0;
  let dropped = 0;
  return {
    push(more: readonly string[]): void {
      for (const line of more) {
        lines.push(line);
        size += weigh(line);
      }
      while (lines.length > count || size > bytes) {
        size -= weigh(lines.shift() ?? '');
        dropped += 1;
      }
    },
    lines: (): readonly string[] => lines,
    dropped: (): number => dropped,
  };
};
