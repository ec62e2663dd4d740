/** The attributes of a cell as xterm.js packs them, and the sequences that bring them about. Pure. */
import type { Attributes, Extended, Link } from './xterm-internals.js';

export const COLOUR = 0x3ff_ffff;
const KIND = 0x300_0000;
const P16 = 0x100_0000;
const P256 = 0x200_0000;
const RGB = 0xff_ffff;
export const UNDERLINE = 0x1000_0000;
/** Of `bg`: the cell has an entry in `_extendedAttrs`. */
export const EXTENDED = 0x1000_0000;
export const PROTECTED = 0x2000_0000;
const FG_FLAGS: readonly (readonly [number, string, string])[] = [[0x800_0000, '1', '22'], [0x2000_0000, '5', '25'], [0x400_0000, '7', '27'], [0x4000_0000, '8', '28'], [0x8000_0000, '9', '29']];
const BG_FLAGS: readonly (readonly [number, string, string])[] = [[0x800_0000, '2', '22'], [0x400_0000, '3', '23'], [0x4000_0000, '53', '55']];

/** `line`: style of the underline, 0–5; counts, as colour and link do, where `bg` says EXTENDED. */
export interface Style { readonly fg: number; readonly bg: number; readonly line: number; readonly lineColour: number; readonly link: Link | undefined }
export const PLAIN: Style = { fg: 0, bg: 0, line: 0, lineColour: 0, link: undefined };

/** Without what earlier colours left behind in bits that nobody reads. */
export const colour = (packed: number): number => {
  const kind = packed & KIND;
  return kind === 0 ? 0 : kind === KIND ? packed & (KIND | RGB) : packed & (KIND | 0xff);
};
const clean = (packed: number): number => ((packed & ~COLOUR) | colour(packed)) >>> 0;

export const styleOf = (fg: number, bg: number, extended: Extended | undefined, linkOf: (id: number) => Link | undefined): Style => {
  const e = (bg & EXTENDED) === 0 ? undefined : extended;
  return { fg: clean(fg), bg: clean(bg), line: e === undefined ? 0 : (e._ext >>> 26) & 7, lineColour: e === undefined ? 0 : colour(e._ext & COLOUR), link: e === undefined || e.urlId === 0 ? undefined : linkOf(e.urlId) };
};
/** Of the pen, where the extended part counts even while nothing shows it. */
export const penOf = (pen: Attributes, linkOf: (id: number) => Link | undefined): Style => ({ ...styleOf(pen.fg, pen.bg | EXTENDED, pen.extended, linkOf), bg: clean(pen.bg) });

export const sameLink = (a: Link | undefined, b: Link | undefined): boolean => a?.uri === b?.uri && a?.id === b?.id;
export const sameStyle = (a: Style, b: Style): boolean => a.fg === b.fg && a.bg === b.bg && a.line === b.line && a.lineColour === b.lineColour && sameLink(a.link, b.link);

/** As printing leaves it: flags and extended part agree. DECRC brings flags back and no extended part, and then they don't. */
export const agrees = (s: Style): boolean => ((s.fg & UNDERLINE) !== 0) === (s.line !== 0) && ((s.bg & EXTENDED) !== 0) === (s.line !== 0 || s.link !== undefined);

const colourCodes = (packed: number, base: 30 | 40 | 50): string[] => {
  const value = packed & RGB;
  switch (packed & KIND) {
    case P16: return [String(base + (value & 8 ? 60 : 0) + (value & 7))];
    case P256: return [base === 50 ? `58:5:${value & 0xff}` : `${base + 8};5;${value & 0xff}`];
    case KIND: return [base === 50 ? `58:2::${value >> 16}:${(value >> 8) & 0xff}:${value & 0xff}` : `${base + 8};2;${value >> 16};${(value >> 8) & 0xff};${value & 0xff}`];
    default: return [];
  }
};
export const osc8 = (link: Link | undefined): string => (link === undefined ? '\x1b]8;;\x07' : `\x1b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\x07`);

/** SGR from nothing, and protection; the link stays. @param line left out: without the extended part */
const rendition = (s: Style): string => {
  const codes = [...colourCodes(s.fg, 30), ...colourCodes(s.bg, 40)];
  for (const [flag, on] of FG_FLAGS) if ((s.fg & flag) !== 0) codes.push(on);
  for (const [flag, on] of BG_FLAGS) if ((s.bg & flag) !== 0) codes.push(on);
  if (s.line !== 0) codes.push(s.line === 1 ? '4' : `4:${s.line}`);
  codes.push(...colourCodes(s.lineColour, 50));
  return `\x1b[${codes.length === 0 ? '' : `;${codes.join(';')}`}m${(s.bg & PROTECTED) === 0 ? '' : '\x1b[1"q'}`;
};

/** From any pen with the link `link` to this style. Where flags and extended part disagree by a saved cursor, which it takes: `disturbs`. */
export function toStyle(to: Style, link: Link | undefined): { readonly text: string; readonly disturbs: boolean } {
  const relink = (from: Link | undefined, target: Link | undefined): string => (sameLink(from, target) ? '' : osc8(target));
  if (agrees(to)) return { text: relink(link, to.link) + rendition(to), disturbs: false };
  const flags = toFlags(to.fg, to.bg, link);
  const extended = rendition({ ...PLAIN, line: to.line, lineColour: to.lineColour });
  return { text: `${flags.text}\x1b7${extended}${relink(flags.link, to.link)}\x1b8`, disturbs: true };
}

const SOME_LINK: Link = { uri: 'http://x' };
/** Only `fg` and `bg`, whatever becomes of the extended part: what a saved cursor holds. Says which link is open then. */
export function toFlags(fg: number, bg: number, link: Link | undefined): { readonly text: string; readonly link: Link | undefined; readonly disturbs: boolean } {
  const close = link === undefined ? '' : osc8(undefined);
  const style: Style = { ...PLAIN, fg, bg };
  const under = (fg & UNDERLINE) !== 0;
  const extended = (bg & EXTENDED) !== 0;
  if (under && extended) return { text: close + rendition({ ...style, line: 1 }), link: undefined, disturbs: false };
  if (under) return { text: `${close}${rendition({ ...style, line: 1 })}\x1b7\x1b[24m\x1b8${osc8(undefined)}`, link: undefined, disturbs: true };
  if (extended) return { text: osc8(SOME_LINK) + rendition(style), link: SOME_LINK, disturbs: false };
  return { text: close + rendition(style), link: undefined, disturbs: false };
}

/** SGR between two pens of the same underline. */
export function changes(fromFg: number, fromBg: number, fg: number, bg: number): string {
  const codes: string[] = [];
  const dropsBoldOrDim = ((fromFg & ~fg & 0x800_0000) | (fromBg & ~bg & 0x800_0000)) !== 0;
  if (dropsBoldOrDim) codes.push('22');
  if (colour(fromFg) !== colour(fg)) codes.push(...(colour(fg) === 0 ? ['39'] : colourCodes(colour(fg), 30)));
  if (colour(fromBg) !== colour(bg)) codes.push(...(colour(bg) === 0 ? ['49'] : colourCodes(colour(bg), 40)));
  for (const [[flag, on, off], from, to] of [...FG_FLAGS.map(f => [f, fromFg, fg] as const), ...BG_FLAGS.map(f => [f, fromBg, bg] as const)]) {
    const had = (from & flag) !== 0 && !(dropsBoldOrDim && off === '22');
    if (had !== ((to & flag) !== 0)) codes.push((to & flag) !== 0 ? on : off);
  }
  const shield = ((fromBg ^ bg) & PROTECTED) === 0 ? '' : (bg & PROTECTED) === 0 ? '\x1b[0"q' : '\x1b[1"q';
  return (codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`) + shield;
}
