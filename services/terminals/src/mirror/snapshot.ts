/**
 * Escape sequences that rebuild a terminal, cell by cell and mode by mode, in a fresh one of that size; in one that shows something else too, for they begin with a reset.
 * Nothing in them asks anything. `mend` has to be called before.
 */
import { agrees, changes, COLOUR, EXTENDED, osc8, penOf, PLAIN, toFlags, toStyle, type Style } from './attributes.js';
import { textAt } from './mend.js';
import { charsetFlag } from './charsets.js';
import { insides, type Insides, type Screenful, type Xterm } from './xterm-internals.js';
import { LineWriter } from './snapshot-lines.js';

const CSI = '\x1b[';
const place = (row: number, column: number): string => `${CSI}${row + 1};${column + 1}H`;

/** @param scrollback lines above the screen at most @param colours sequences that set the palette */
export function sequencesOf(terminal: Xterm, scrollback: number, colours: string): string {
  const core = insides(terminal);
  const { normal, alt, active } = core.buffers;
  const out = [`\x18\x1bc${CSI}?25h${CSI}20l${CSI}?12l`, colours, titles(core)]; // a reset leaves these four
  const put = (text: string): void => void out.push(text);
  const writer = new LineWriter(core, put);
  writer.screen(normal, Math.max(0, normal.ybase - scrollback), true);
  put(tabs(core, normal));
  if (active === normal) {
    if (!isFresh(alt)) {
      put(`${writer.plain()}${CSI}?47h`);
      saved(core, alt, writer, put);
      put(`${writer.plain()}${CSI}?47l`);
    }
    if (!isFresh(normal) || writer.disturbed) saved(core, normal, writer, put);
  } else {
    if (!isFresh(normal) || writer.disturbed) saved(core, normal, writer, put);
    put(region(core, normal));
    put(`${writer.plain()}${place(normal.y, Math.min(normal.x, core.cols - 1))}${CSI}?47h${CSI}H`);
    writer.disturbed = false;
    writer.screen(alt, 0, false);
    put(tabs(core, alt));
    if (!isFresh(alt) || writer.disturbed) saved(core, alt, writer, put);
  }
  finish(core, writer, put);
  return out.join('');
}

/** Nothing was saved, as in a fresh terminal without lines above. */
const isFresh = (screen: Screenful): boolean => screen.savedX === 0 && screen.savedY === 0 && screen.savedCurAttrData.fg === 0 && screen.savedCurAttrData.bg === 0 && screen.savedCharset === undefined;

const titles = (core: Insides): string => {
  const { _windowTitle: title, _iconName: icon } = core._inputHandler;
  return `\x1b]2;${title}\x07\x1b]1;${icon}\x07`;
};

function tabs(core: Insides, screen: Screenful): string {
  const columns = Object.keys(screen.tabs).map(Number).toSorted((a, b) => a - b);
  if (columns.length === Math.ceil(core.cols / 8) && columns.every((column, i) => column === i * 8)) return '';
  return `${CSI}3g${columns.map(column => `${CSI}${column + 1}G\x1bH`).join('')}`;
}

/** What DECSC keeps of this screen, which is the active one: place, pen, charset. */
function saved(core: Insides, screen: Screenful, writer: LineWriter, put: (text: string) => void): void {
  const { fg, bg } = screen.savedCurAttrData;
  const pen = toFlags(fg, bg, writer.link);
  const flag = charsetFlag(screen.savedCharset);
  put(`${pen.text}${place(screen.savedY - screen.ybase, screen.savedX)}${flag === 'B' ? '\x1b7' : `\x1b(${flag}\x1b7\x1b(B`}`);
  writer.lost(pen.link);
}

const region = (core: Insides, screen: Screenful): string => (screen.scrollTop === 0 && screen.scrollBottom === core.rows - 1 ? '' : `${CSI}${screen.scrollTop + 1};${screen.scrollBottom + 1}r`);

function finish(core: Insides, writer: LineWriter, put: (text: string) => void): void {
  const { active: screen } = core.buffers;
  const pen = core._inputHandler._curAttrData;
  const style = penOf(pen, id => core._oscLinkService.getLinkData(id));
  const sets = core._charsetService;
  const joining = core._inputHandler._parser.precedingJoinState !== 0;
  const strayCharset = sets.charset !== sets._charsets[sets.glevel];
  if (joining || strayCharset) put(designations(core));
  let setPen = toStyle(style, writer.link).text;
  if (!agrees(style)) {
    put(strayPen(core, style, writer.link));
    setPen = ''; // it stays; what follows changes no pen, but where a character is written again
  } else if (strayCharset) put('\x1b8');
  put(region(core, screen));
  put(modes(core));
  put(cursor(core, writer, style, setPen, joining, put));
  if (!joining && !strayCharset) put(designations(core));
}

/** A pen whose flags DECRC brought: it does so again, and the rest as it was. */
function strayPen(core: Insides, style: Style, link: Style['link']): string {
  const savedPen = core.buffers.active.savedCurAttrData;
  const extended = toStyle({ ...PLAIN, line: style.line, lineColour: style.lineColour, link: style.link, fg: style.line === 0 ? 0 : 0x1000_0000, bg: style.line === 0 && style.link === undefined ? 0 : EXTENDED }, link).text;
  const again = ((savedPen.bg ^ style.bg) & EXTENDED) === 0 ? '' : osc8(style.link);
  const glevel = core._charsetService.charset === core._charsetService._charsets[core._charsetService.glevel] ? shift(core) : '';
  return `${extended}\x1b8${again}${changes(savedPen.fg, savedPen.bg, style.fg, style.bg)}${glevel}`;
}

const shift = (core: Insides): string => ['\x0f', '\x0e', '\x1bn', '\x1bo'][core._charsetService.glevel]!;
const designations = (core: Insides): string => {
  const { _charsets: sets, glevel } = core._charsetService;
  const named = ['(', ')', '*', '+'].map((at, i) => (charsetFlag(sets[i]) === 'B' ? '' : `\x1b${at}${charsetFlag(sets[i])}`)).join('');
  return named + (glevel === 0 ? '' : shift(core));
};

function modes(core: Insides): string {
  const { decPrivateModes: dec, isCursorHidden, modes: ansi } = core.coreService;
  const { rawOptions } = core.optionsService;
  const on: string[] = [];
  const when = (is: boolean, text: string): void => void (is && on.push(text));
  when(dec.applicationCursorKeys, `${CSI}?1h`);
  when(dec.applicationKeypad, '\x1b=');
  when(dec.bracketedPasteMode, `${CSI}?2004h`);
  when(dec.reverseWraparound, `${CSI}?45h`);
  when(dec.sendFocus, `${CSI}?1004h`);
  when(dec.synchronizedOutput, `${CSI}?2026h`);
  const mouse = { X10: 9, VT200: 1_000, DRAG: 1_002, ANY: 1_003 }[core.coreMouseService.activeProtocol];
  when(mouse !== undefined, `${CSI}?${mouse}h`);
  const encoding = { SGR: 1_006, SGR_PIXELS: 1_016 }[core.coreMouseService.activeEncoding];
  when(encoding !== undefined, `${CSI}?${encoding}h`);
  const shape = dec.cursorStyle === undefined ? 7 : { block: 1, underline: 3, bar: 5 }[dec.cursorStyle];
  when(dec.cursorBlink !== undefined, `${CSI}${shape + (dec.cursorBlink === true ? 0 : 1)} q`);
  when(rawOptions.cursorBlink, `${CSI}?12h`);
  when(rawOptions.convertEol, `${CSI}20h`);
  when(isCursorHidden, `${CSI}?25l`);
  when(dec.origin, `${CSI}?6h`);
  when(!dec.wraparound, `${CSI}?7l`);
  when(ansi.insertMode, `${CSI}4h`);
  return on.join('');
}

/** The cursor and the pen. Behind the last column it comes only by printing there; and an accent to come stands on what was printed last. */
function cursor(core: Insides, writer: LineWriter, style: Style, setPen: string, joining: boolean, put: (text: string) => void): string {
  const { active: screen, active: { x, y } } = core.buffers;
  const row = core.coreService.decPrivateModes.origin ? y - screen.scrollTop : y;
  const line = screen.lines.get(screen.ybase + y)!;
  const insert = core.coreService.modes.insertMode;
  /** In insert mode what follows moves right again. */
  const again = (column: number, text: string, width: number, before: string): string => `${place(row, column)}${insert && width > 0 ? `${CSI}${width}P` : ''}${before}${text}`;
  const width = (core._inputHandler._parser.precedingJoinState >> 1) & 3;
  if (joining) return again(x - width, textAt(line, x - width), width, setPen);
  if (x < core.cols) return place(row, x) + setPen;
  const last = line._data[(core.cols - 1) * 3] === 0 ? core.cols - 2 : core.cols - 1;
  const text = textAt(line, last);
  const there = writer.styleAt(line, last);
  if (text === '') {
    put(`${place(row, core.cols - 1)}${toStyle({ ...PLAIN, bg: there.bg & COLOUR }, writer.link).text}x${CSI}1K`);
    return toStyle(style, undefined).text;
  }
  const pen = toStyle(there, writer.link);
  put(again(last, text, line._data[last * 3]! >>> 22, pen.text));
  return toStyle(style, there.link).text;
}
