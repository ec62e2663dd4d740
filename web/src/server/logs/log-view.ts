/** Lines of a log, from what came to what is shown. Pure. Text of a machine is only ever text: escapes for colours become segments, all others go. */

export interface Segment { readonly text: string; readonly tone?: 'red' | 'green' | 'yellow' | 'blue' | 'dim' | 'bold'; readonly found?: true }

/** A line longer than this is cut until somebody opens it, characters. */
export const CUT = 600;

const TONES: Readonly<Record<number, Segment['tone']>> = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 34: 'blue', 35: 'blue', 36: 'blue', 90: 'dim', 91: 'red', 92: 'green', 93: 'yellow', 94: 'blue' };
// oxlint-disable-next-line no-control-regex -- the escapes of a terminal are control characters
const ESCAPE = /\u001B(?:\[([0-9;?]*)([@-~])|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;
// oxlint-disable-next-line no-control-regex -- what a browser would draw as nothing
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Without escapes and unseen characters; the order of letters can't be turned by them either. */
export const plain = (line: string): string => line.replaceAll(ESCAPE, '').replaceAll(UNSEEN, '');

export const segments = (line: string): readonly Segment[] => {
  const out: Segment[] = [];
  let tone: Segment['tone'];
  let last = 0;
  const push = (text: string): void => {
    const seen = text.replaceAll(UNSEEN, '');
    if (seen) out.push({ text: seen, ...(tone ? { tone } : {}) });
  };
  for (const match of line.matchAll(ESCAPE)) {
    push(line.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[2] === 'm') for (const code of (match[1] ?? '').split(';')) tone = Number(code) === 0 ? undefined : TONES[Number(code)] ?? tone;
  }
  push(line.slice(last));
  return out;
};

/** Marks what was searched for, without regard to case, also where a colour changes within it. */
export const mark = (parts: readonly Segment[], wanted: string): readonly Segment[] => {
  const needle = wanted.toLowerCase();
  if (!needle) return parts;
  const hits = positions(parts.map(p => p.text).join('').toLowerCase(), needle);
  if (hits.length === 0) return parts;
  const out: Segment[] = [];
  let start = 0;
  for (const part of parts) {
    const end = start + part.text.length;
    let at = start;
    for (const hit of hits) {
      const [from, to] = [Math.max(at, hit), Math.min(end, hit + needle.length)];
      if (from >= to) continue;
      if (from > at) out.push({ ...part, text: part.text.slice(at - start, from - start) });
      out.push({ ...part, text: part.text.slice(from - start, to - start), found: true });
      at = to;
    }
    if (at < end) out.push({ ...part, text: part.text.slice(at - start) });
    start = end;
  }
  return out;
};

const positions = (text: string, needle: string): readonly number[] => {
  const out: number[] = [];
  for (let i = text.indexOf(needle); i >= 0; i = text.indexOf(needle, i + needle.length)) out.push(i);
  return out;
};

export interface LogRow { readonly seq: number; readonly text: string }

/** Adds what came, and lets the oldest go. */
export const addLines = (rows: readonly LogRow[], lines: readonly string[], keep: number): readonly LogRow[] => {
  if (lines.length === 0) return rows;
  let seq = (rows.at(-1)?.seq ?? 0) + 1;
  const all = [...rows, ...lines.map(text => ({ seq: seq++, text }))];
  return all.length > keep ? all.slice(-keep) : all;
};

export const filterLines = (rows: readonly LogRow[], wanted: string): readonly LogRow[] => {
  const needle = wanted.trim().toLowerCase();
  return needle ? rows.filter(r => plain(r.text).toLowerCase().includes(needle)) : rows;
};

/** The start of a long line, and how much of it is not shown. */
export const cutLine = (text: string, open: boolean): { readonly text: string; readonly hidden: number } =>
  open || text.length <= CUT ? { text, hidden: 0 } : { text: text.slice(0, CUT), hidden: text.length - CUT };
