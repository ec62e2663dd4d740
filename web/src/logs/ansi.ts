/** One line of a log as it is shown: colours of a terminal become segments of text, everything else that a terminal would do goes. Pure. Never HTML. */

export type Tone = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'grey';
export interface Segment { readonly text: string; readonly tone?: Tone; readonly bold?: true; readonly dim?: true; readonly italic?: true; readonly underline?: true; /** Of a search. */ readonly found?: true; /** The place that was gone to last. */ readonly here?: true }
type Style = Omit<Segment, 'text' | 'found' | 'here'>;

const TONES: readonly (Tone | undefined)[] = ['grey', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', undefined];
// oxlint-disable-next-line no-control-regex -- the escapes of a terminal are control characters
const ESCAPE = /(?:\u001B\[|\u009B)([0-9;:?]*)[ -/]*([@-~])|\u001B[\]PX^_][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]|\u001B/g;
// oxlint-disable-next-line no-control-regex -- what a browser would draw as nothing, or what turns the order of letters
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
// oxlint-disable-next-line no-control-regex -- lines without any need no looking
const SPECIAL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/;

/** What a progress bar left standing: a carriage return begins the line anew. Of one that only moved back, what was there. */
export const settledLine = (line: string): string => {
  if (!line.includes('\r')) return line;
  const parts = line.split('\r');
  for (let i = parts.length - 1; i >= 0; i--) if (parts[i]?.replaceAll(ESCAPE, '').replaceAll(UNSEEN, '')) return parts[i] ?? '';
  return '';
};

/** Whether it holds anything that is not shown as it is. */
export const isSpecial = (text: string): boolean => SPECIAL.test(text);

/** Without escapes and unseen characters. */
export const plain = (line: string): string => (SPECIAL.test(line) ? settledLine(line).replaceAll(ESCAPE, '').replaceAll(UNSEEN, '') : line);

/** 256 colours and true colour, as the nearest of the few that a theme has. */
const nearest = (r: number, g: number, b: number): Tone | undefined => {
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (high - low < 48) return high > 190 || high < 40 ? undefined : 'grey';
  const [R, G, B] = [r, g, b].map(c => c - low > (high - low) * 0.55);
  return R ? (G ? 'yellow' : B ? 'magenta' : 'red') : G ? (B ? 'cyan' : 'green') : 'blue';
};
const ofPalette = (n: number): Tone | undefined => {
  if (n < 8) return TONES[n];
  if (n < 16) return n === 8 ? 'grey' : TONES[n - 8];
  if (n >= 232) { const level = 8 + (n - 232) * 10; return nearest(level, level, level); }
  const level = (i: number): number => (i === 0 ? 0 : 55 + i * 40);
  return nearest(level(Math.floor((n - 16) / 36)), level(Math.floor((n - 16) / 6) % 6), level((n - 16) % 6));
};

const without = (style: Style, ...names: readonly (keyof Style)[]): Style => Object.fromEntries(Object.entries(style).filter(([name]) => !(names as readonly string[]).includes(name)));
const toned = (style: Style, tone: Tone | undefined): Style => (tone ? { ...style, tone } : without(style, 'tone'));

/** After `ESC [ … m`. */
const styled = (given: Style, parameters: string): Style => {
  let style = given;
  const codes = parameters.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) style = {};
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 3) style = { ...style, italic: true };
    else if (code === 4) style = { ...style, underline: true };
    else if (code === 22) style = without(style, 'bold', 'dim');
    else if (code === 23) style = without(style, 'italic');
    else if (code === 24) style = without(style, 'underline');
    else if (code >= 30 && code <= 37) style = toned(style, TONES[code - 30]);
    else if (code >= 90 && code <= 97) style = toned(style, code === 90 ? 'grey' : TONES[code - 90]);
    else if (code === 39) style = toned(style, undefined);
    else if (code === 38 || code === 48) {
      const tone = codes[i + 1] === 5 ? ofPalette(codes[i + 2] ?? 0) : nearest(codes[i + 2] ?? 0, codes[i + 3] ?? 0, codes[i + 4] ?? 0);
      if (code === 38) style = toned(style, tone);
      i += codes[i + 1] === 5 ? 2 : 4;
    }
  }
  return style;
};

export const segments = (line: string): readonly Segment[] => {
  if (!SPECIAL.test(line)) return line ? [{ text: line }] : [];
  const shown = settledLine(line);
  const out: Segment[] = [];
  let style: Style = {};
  let last = 0;
  const push = (raw: string): void => {
    const text = raw.replaceAll(UNSEEN, '');
    if (text) out.push({ text, ...style });
  };
  for (const match of shown.matchAll(ESCAPE)) {
    push(shown.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[2] === 'm') style = styled(style, match[1] ?? '');
  }
  push(shown.slice(last));
  return out;
};

/** Cut to so many letters. */
export const cutSegments = (parts: readonly Segment[], most: number): readonly Segment[] => {
  const out: Segment[] = [];
  let room = most;
  for (const part of parts) {
    if (room <= 0) break;
    out.push(part.text.length > room ? { ...part, text: part.text.slice(0, room) } : part);
    room -= part.text.length;
  }
  return out;
};

/** Marks what was searched for, also where a colour changes within it. `lower` folds a letter to one letter: places stay places. */
export const mark = (parts: readonly Segment[], needle: string, here = false): readonly Segment[] => {
  if (!needle) return parts;
  const text = foldCase(parts.map(p => p.text).join(''));
  const hits: number[] = [];
  for (let i = text.indexOf(needle); i >= 0; i = text.indexOf(needle, i + needle.length)) hits.push(i);
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
      out.push({ ...part, text: part.text.slice(from - start, to - start), found: true, ...(here ? { here: true } : {}) });
      at = to;
    }
    if (at < end) out.push({ ...part, text: part.text.slice(at - start) });
    start = end;
  }
  return out;
};

/** Small letters, as many as there were: `İ` would become two. */
export const foldCase = (text: string): string => {
  const small = text.toLowerCase();
  return small.length === text.length ? small : [...text].map(c => { const l = c.toLowerCase(); return l.length === c.length ? l : c; }).join('');
};
