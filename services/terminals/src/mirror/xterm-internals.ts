/**
 * Everything of xterm.js 6.0 that is no public interface. Nothing else of this service reaches inside; `xterm-internals.unit.spec.ts` fails first where a version
 * changes it. What a snapshot needs (`snapshot.ts`) is in no public interface: attributes of cells as numbers, wraps, saved cursors, charsets, tab stops.
 */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import * as headless from '@xterm/headless';

// CommonJS without names that Node can see.
const { Terminal } = (headless as { default?: typeof headless }).default ?? headless;
export type Xterm = headless.Terminal;

export interface Extended { _ext: number; urlId: number; clone(): Extended }
/** `fg` and `bg`: 24 bits of colour, 2 of its kind, then flags (`attributes.ts`). */
export interface Attributes { fg: number; bg: number; extended: Extended }
export interface Line {
  readonly length: number; isWrapped: boolean;
  /** Three numbers a cell: content (21 bits code point, 1 combined, 2 width), fg, bg. */
  readonly _data: Uint32Array; readonly _combined: Record<number, string>; readonly _extendedAttrs: Record<number, Extended | undefined>;
  resize(cols: number): boolean;
}
export interface Lines { readonly length: number; maxLength: number; get(index: number): Line | undefined; pop(): Line | undefined; trimStart(count: number): void }
export type Charset = Readonly<Record<string, string>> | undefined;
export interface Screenful {
  readonly lines: Lines; x: number; y: number; ybase: number; ydisp: number; scrollTop: number; scrollBottom: number; readonly tabs: Record<number, boolean | undefined>;
  savedX: number; savedY: number; readonly savedCurAttrData: Attributes; savedCharset: Charset;
}
interface Params { readonly params: Int32Array; readonly length: number }
interface Parser {
  currentState: number; precedingJoinState: number; readonly _transitions: { readonly table: Uint8Array | Uint16Array }; reset(): void;
  registerCsiHandler(id: { prefix?: string; intermediates?: string; final: string }, act: (params: Params) => boolean): void;
}
interface InputHandler {
  parse(data: Uint8Array): void; _curAttrData: Attributes; _windowTitle: string; _iconName: string; readonly _parser: Parser;
  eraseInDisplay(params: Params, respectProtect?: boolean): boolean; _eraseInBufferLine(y: number, start: number, end: number, clearWrap: boolean, respectProtect: boolean): void;
}
export interface Link { readonly id?: string; readonly uri: string }
export interface Insides {
  readonly cols: number; readonly rows: number;
  readonly buffers: { readonly normal: Screenful; readonly alt: Screenful; readonly active: Screenful };
  readonly coreService: {
    isCursorHidden: boolean; readonly modes: { insertMode: boolean };
    readonly decPrivateModes: { applicationCursorKeys: boolean; applicationKeypad: boolean; bracketedPasteMode: boolean; cursorBlink: boolean | undefined; cursorStyle: 'block' | 'underline' | 'bar' | undefined; origin: boolean; reverseWraparound: boolean; sendFocus: boolean; synchronizedOutput: boolean; wraparound: boolean };
  };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly optionsService: { readonly rawOptions: { readonly convertEol: boolean; readonly cursorBlink: boolean; readonly scrollback: number } };
  readonly unicodeService: { wcwidth(codepoint: number): number };
  readonly _charsetService: { charset: Charset; glevel: number; readonly _charsets: Charset[] };
  readonly _oscLinkService: { registerLink(link: Link): number; addLineToLink(id: number, y: number): void; getLinkData(id: number): Link | undefined };
  readonly _inputHandler: InputHandler;
}

export const insides = (terminal: Xterm): Insides => (terminal as unknown as { _core: Insides })._core;
export const GROUND = 0;

/** A terminal without a page, made safe against what breaks or stalls xterm.js 6.0. Its parser may only be fed by `parse`. */
export function openTerminal(o: { cols: number; rows: number; scrollback: number }): Xterm {
  const terminal = new Terminal({ cols: o.cols, rows: o.rows, scrollback: o.scrollback, allowProposedApi: true, logLevel: 'off' });
  terminal.loadAddon(new Unicode11Addon() as unknown as headless.ITerminalAddon);
  terminal.unicode.activeVersion = '11'; // as in the console
  harden(insides(terminal));
  return terminal;
}

/** At once, unlike `write`. @throws what xterm.js throws at bytes that it can't bear */
export const parse = (terminal: Xterm, bytes: Uint8Array): void => insides(terminal)._inputHandler.parse(bytes);

export function resize(terminal: Xterm, cols: number, rows: number): void {
  terminal.resize(cols, rows);
  const { alt, normal } = insides(terminal).buffers;
  for (const screen of [alt, normal]) {
    // Reflow can leave more lines than it says, and fewer, where the next character would throw.
    while (screen.lines.length > screen.ybase + terminal.rows) screen.lines.pop();
    screen.ydisp = screen.ybase = Math.max(0, Math.min(screen.ybase, screen.lines.length - terminal.rows));
  }
  if (alt.lines.length === 0) alt.lines.maxLength = rows; // else it keeps room for more from before, and lines above the screen
}

/** The next state of its parser, by its own table. @param code below 0xa0, or 0xa0 for every other character */
export const nextState = (table: Uint8Array | Uint16Array, state: number, code: number): number => table[state << 8 | code]! & 15;
export const transitions = (terminal: Xterm): Uint8Array | Uint16Array => insides(terminal)._inputHandler._parser._transitions.table;

/** Characters that a cell holds at most: a base and accents. */
const LONGEST_CELL = 32;
const LINKS = 4_096;

function harden(core: Insides): void {
  const { _inputHandler: input } = core;
  clampCounts(core, input._parser);
  // ED 1 in the last cell of a screen without scrollback throws (it wants the line below).
  const erase = input.eraseInDisplay.bind(input);
  input.eraseInDisplay = (params, respect = false) => {
    const screen = core.buffers.active;
    if (params.params[0] !== 1 || screen.x + 1 < core.cols || screen.lines.get(screen.y + 1) !== undefined) return erase(params, respect);
    const at = screen.x;
    screen.x = Math.max(0, core.cols - 2);
    erase(params, respect);
    screen.x = at;
    input._eraseInBufferLine(screen.y, core.cols - 1, core.cols, true, respect);
    return true;
  };
  safeCells(core.buffers.active.lines.get(0)!);
  safeLines(core.buffers.active.lines);
  ownLinks(core);
}

/** Counts far above the size repeat what one screenful does: `CSI 2147483647 S` would loop for minutes. */
function clampCounts(core: Insides, parser: Parser): void {
  const clamp = (final: string, most: () => number): void => parser.registerCsiHandler({ final }, (params) => {
    params.params[0] = Math.min(params.params[0]!, most());
    return false;
  });
  for (const final of ['L', 'M', 'S', 'T']) clamp(final, () => core.rows);
  for (const final of ['I', 'Z']) clamp(final, () => core.cols);
  clamp('b', () => core.cols * core.rows);
}

type CellLine = Line & { addCodepointToCell(index: number, codePoint: number, width: number): void; getString(index: number): string; copyCellsFrom(src: Line, srcCol: number, destCol: number, length: number, applyInReverse: boolean): void; safe?: boolean };
/** A megabyte of accents on one letter is kept by xterm.js, in every cell; and reflow mixes up letters with accents, for it moves those of cells that are long overwritten too. */
function safeCells(line: Line): void {
  const proto = Object.getPrototypeOf(line) as CellLine;
  if (proto.safe === true) return;
  const add = proto.addCodepointToCell;
  proto.addCodepointToCell = function capped(this: CellLine, index, codePoint, width) {
    if (this.getString(index).length < LONGEST_CELL) add.call(this, index, codePoint, width);
  };
  proto.copyCellsFrom = function exact(this: CellLine, src, srcCol, destCol, length, applyInReverse) {
    for (let i = 0; i < length; i += 1) {
      const cell = applyInReverse ? length - 1 - i : i;
      const [from, to] = [srcCol + cell, destCol + cell];
      for (let k = 0; k < 3; k += 1) this._data[to * 3 + k] = src._data[from * 3 + k]!;
      if ((src._data[from * 3]! & 0x20_0000) !== 0) this._combined[to] = src._combined[from]!;
      if ((src._data[from * 3 + 2]! & 0x1000_0000) !== 0) this._extendedAttrs[to] = src._extendedAttrs[from];
    }
  };
  proto.safe = true;
}

/** Reflow of a full buffer sets lines above the first one, which in a ring are the last. */
function safeLines(lines: Lines): void {
  const proto = Object.getPrototypeOf(lines) as { set(index: number, line: Line): void; safe?: boolean };
  if (proto.safe === true) return;
  const { set } = proto;
  proto.set = function inside(this: Lines, index, line) {
    if (index >= 0) set.call(this, index, line);
  };
  proto.safe = true;
}

/** Its registry of links keeps a marker a link and line and searches them at every character: a flood of links makes it slow and big. */
function ownLinks(core: Insides): void {
  const ids = new Map<string, number>();
  const links = new Map<number, Link>();
  let next = 1;
  core._oscLinkService.registerLink = (link) => {
    const key = `${link.id ?? ''};${link.uri}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    if (links.size >= LINKS) sweep(core, ids, links);
    if (links.size >= LINKS) return 0; // no link, but text
    links.set(next, link);
    ids.set(key, next);
    return next++;
  };
  core._oscLinkService.addLineToLink = () => undefined;
  core._oscLinkService.getLinkData = id => links.get(id);
}

function sweep(core: Insides, ids: Map<string, number>, links: Map<number, Link>): void {
  const used = new Set<number>([core._inputHandler._curAttrData.extended.urlId]);
  for (const { lines } of [core.buffers.normal, core.buffers.alt]) {
    for (let y = 0; y < lines.length; y += 1) for (const extended of Object.values(lines.get(y)?._extendedAttrs ?? {})) used.add(extended?.urlId ?? 0);
  }
  for (const [key, id] of ids) {
    if (used.has(id)) continue;
    ids.delete(key);
    links.delete(id);
  }
}
