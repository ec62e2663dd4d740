/**
 * States of a terminal that no output brings about in a fresh one. xterm.js comes into them by splitting wide characters, by resizing under a saved cursor and the
 * like; nobody sees a difference. They are made good before a snapshot, so that it can say everything that is left.
 */
import { agrees, COLOUR, EXTENDED, penOf, sameStyle, styleOf, UNDERLINE, type Style } from './attributes.js';
import { insides, type Insides, type Line, type Screenful, type Xterm } from './xterm-internals.js';

export const COMBINED = 0x20_0000;
export const CONTENT = 0x3f_ffff;
export const EMPTY = 1 << 22;
export const widthOf = (content: number): number => content >>> 22;

export function mend(terminal: Xterm): void {
  const core = insides(terminal);
  for (const screen of [core.buffers.normal, core.buffers.alt]) {
    mendPlaces(core, screen);
    for (let y = 0; y < screen.lines.length; y += 1) mendLine(core, screen.lines.get(y)!);
  }
  if (core.rows === 1) for (const screen of [core.buffers.normal, core.buffers.alt]) mendWraps(core, screen);
  mendPen(core);
  mendCursor(core);
}

/** Tab stops right of the last column, saved cursors outside of the screen. */
function mendPlaces(core: Insides, screen: Screenful): void {
  for (const column of Object.keys(screen.tabs)) if (Number(column) >= core.cols || screen.tabs[Number(column)] !== true) delete screen.tabs[Number(column)];
  screen.savedX = Math.max(0, Math.min(screen.savedX, core.cols - 1));
  screen.savedY = Math.max(screen.ybase, Math.min(screen.savedY, screen.ybase + core.rows - 1));
}

function mendLine(core: Insides, line: Line): void {
  if (line.length > core.cols) line.resize(core.cols); // the alternate screen keeps what was cut, for when it grows again
  const data = line._data;
  for (let x = 0; x < line.length; x += 1) {
    const content = data[x * 3]!;
    if ((content & CONTENT) !== 0 && (content & CONTENT) > 0x7e && !isWhole(core, textAt(line, x), widthOf(content))) empty(line, x);
    else if (widthOf(content) === 2) {
      const tail = x + 1 < line.length ? data[x * 3 + 3]! : CONTENT;
      if ((content & CONTENT) === 0 || tail !== 0) empty(line, x);
      else {
        data[x * 3 + 4] = data[x * 3 + 1]!;
        data[x * 3 + 5] = data[x * 3 + 2]!;
        line._extendedAttrs[x + 1] = line._extendedAttrs[x];
        x += 1;
      }
    } else if ((content & CONTENT) === 0 && content !== EMPTY) empty(line, x);
  }
  let blank = line.length;
  while (blank > 0 && isStained(line, blank - 1)) blank -= 1;
  if (blank === 0) empty(line, 0); // there has to be room beside to make the others
}

/** Empty, and yet with more than a colour behind it: what printing leaves of a wide character that it cuts or that did not fit. */
export const isStained = (line: Line, x: number): boolean => line._data[x * 3] === EMPTY && (line._data[x * 3 + 1] !== 0 || (line._data[x * 3 + 2]! & ~COLOUR) !== 0);

/** A base of this width with what stands on it. */
const isWhole = (core: Insides, text: string, width: number): boolean => text !== '' && [...text].every((character, i) => core.unicodeService.wcwidth(character.codePointAt(0)!) === (i === 0 ? width : 0)) && (width > 0 || [...text].length === 1);

function empty(line: Line, x: number): void {
  line._data[x * 3] = EMPTY;
  line._data[x * 3 + 1] = 0;
  line._data[x * 3 + 2] = line._data[x * 3 + 2]! & COLOUR;
}

/** Of a screen of one row only wraps that come by themselves can be made again. */
function mendWraps(core: Insides, screen: Screenful): void {
  for (let y = 1; y < screen.lines.length; y += 1) if (screen.lines.get(y)!.isWrapped && !wrapsByItself(core, screen.lines.get(y - 1)!, screen.lines.get(y)!)) screen.lines.get(y)!.isWrapped = false;
}

export const styleAt = (core: Insides, line: Line, x: number): Style => styleOf(line._data[x * 3 + 1]!, line._data[x * 3 + 2]!, line._extendedAttrs[x], id => core._oscLinkService.getLinkData(id));

/** Does printing both lines, one behind the other, wrap between them and fill nothing? */
export function wrapsByItself(core: Insides, before: Line, line: Line): boolean {
  const first = line._data[0]!;
  const style = styleAt(core, line, 0);
  return before._data[(before.length - 1) * 3] !== EMPTY && !isStained(line, line.length - 1) && (first & CONTENT) !== 0 && widthOf(first) > 0 && (style.bg & COLOUR) === 0 && agrees(style);
}

/** A pen or charset that only DECRC brings, where the saved cursor is not that one. */
function mendPen(core: Insides): void {
  const pen = core._inputHandler._curAttrData;
  const saved = core.buffers.active.savedCurAttrData;
  const style = penOf(pen, id => core._oscLinkService.getLinkData(id));
  const extended = style.line !== 0 || style.link !== undefined;
  const otherExtended = ((pen.bg ^ saved.bg) & EXTENDED) !== 0 && ((pen.bg & EXTENDED) !== 0) !== extended;
  if (!agrees(style) && (((pen.fg ^ saved.fg) & UNDERLINE) !== 0 || otherExtended)) {
    pen.fg = style.line === 0 ? (pen.fg & ~UNDERLINE) : (pen.fg | UNDERLINE);
    pen.bg = extended ? (pen.bg | EXTENDED) : (pen.bg & ~EXTENDED);
  }
  const sets = core._charsetService;
  if (sets.charset !== sets._charsets[sets.glevel] && sets.charset !== core.buffers.active.savedCharset) sets.charset = sets._charsets[sets.glevel];
}

function mendCursor(core: Insides): void {
  const { active } = core.buffers;
  const parser = core._inputHandler._parser;
  if (core.coreService.decPrivateModes.origin) active.y = Math.max(active.scrollTop, Math.min(active.y, active.scrollBottom));
  if (parser.precedingJoinState !== 0 && !joins(core)) parser.precedingJoinState = 0;
  if (active.x < core.cols) return;
  active.x = core.cols;
  const line = active.lines.get(active.ybase + active.y)!;
  const last = line._data[(core.cols - 1) * 3]!;
  if (parser.precedingJoinState !== 0) return;
  const text = textAt(line, (last === 0 ? core.cols - 2 : core.cols - 1));
  const pen = penOf(core._inputHandler._curAttrData, id => core._oscLinkService.getLinkData(id));
  const written = text === '' ? isErased(core, line) : !mapped(core, text) && agrees(styleAt(core, line, last === 0 ? core.cols - 2 : core.cols - 1));
  if (!written || !agrees(pen)) active.x = core.cols - 1;
}

export const textAt = (line: Line, x: number): string => {
  const content = line._data[x * 3]!;
  if ((content & COMBINED) !== 0) return line._combined[x] ?? '';
  return (content & CONTENT) === 0 ? '' : String.fromCodePoint(content & CONTENT);
};
/** Is a charset at work that only DECRC brings, and would it make another character of this one? */
const mapped = (core: Insides, text: string): boolean => {
  const { charset, glevel, _charsets } = core._charsetService;
  return charset !== _charsets[glevel] && charset?.[text[0]!] !== undefined;
};

/** One colour and nothing else. */
const isErased = (core: Insides, line: Line): boolean => {
  for (let x = 0; x < core.cols; x += 1) if (line._data[x * 3] !== EMPTY || line._data[x * 3 + 1] !== 0 || line._data[x * 3 + 2] !== line._data[2] || (line._data[x * 3 + 2]! & ~COLOUR) !== 0) return false;
  return true;
};

/** The character that the next accent would stand on is the one left of the cursor, written with this pen. */
function joins(core: Insides): boolean {
  const { active } = core.buffers;
  const width = (core._inputHandler._parser.precedingJoinState >> 1) & 3;
  const line = active.lines.get(active.ybase + active.y)!;
  const x = active.x - width;
  if (width === 0 || x < 0 || widthOf(line._data[x * 3]!) !== width || (line._data[x * 3]! & CONTENT) === 0) return false;
  const pen = core._inputHandler._curAttrData;
  const text = textAt(line, x);
  const style = penOf(pen, id => core._oscLinkService.getLinkData(id));
  const shown = (pen.bg & EXTENDED) === 0 ? { ...style, line: 0, lineColour: 0, link: undefined } : style;
  return sameStyle(shown, styleAt(core, line, x)) && core._charsetService.charset?.[text[0]!] === undefined;
}
