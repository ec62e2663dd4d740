/** Are two terminals the same to everyone who looks, and to all bytes to come? */
import { penOf, sameLink, styleOf, type Style } from './attributes.js';
import { charsetFlag } from './charsets.js';
import { COMBINED, textAt } from './mend.js';
import { insides, type Insides, type Line, type Screenful, type Xterm } from './xterm-internals.js';

/** The first difference in words; undefined: there is none. */
export function difference(a: Xterm, b: Xterm): string | undefined {
  const [x, y] = [insides(a), insides(b)];
  const [fx, fy] = [facts(x), facts(y)];
  for (const key of Object.keys(fx)) if (fx[key] !== fy[key]) return `${key}: ${fx[key]} / ${fy[key]}`;
  const inactive = x.buffers.active === x.buffers.alt ? undefined : 'alt';
  for (const name of ['normal', 'alt'] as const) {
    if (name === inactive) continue;
    const found = lines(x, y, x.buffers[name], y.buffers[name]);
    if (found !== undefined) return `${name} ${found}`;
  }
  return undefined;
}

function facts(core: Insides): Record<string, string> {
  const { buffers, coreService, coreMouseService, optionsService, _charsetService: sets, _inputHandler: input } = core;
  const pen = penOf(input._curAttrData, id => core._oscLinkService.getLinkData(id));
  const place = (screen: Screenful, active: boolean): unknown[] => [
    ...(active ? [screen.x, screen.y] : screen.lines.length > 0 ? [screen.y] : []), screen.ybase, screen.lines.length, screen.scrollTop, screen.scrollBottom,
    Object.keys(screen.tabs).filter(c => Number(c) < core.cols && screen.tabs[Number(c)] === true).join(),
    Math.min(screen.savedX, core.cols - 1), Math.max(screen.ybase, Math.min(screen.savedY, screen.ybase + core.rows - 1)) - screen.ybase, word({ ...pen, ...styleOf(screen.savedCurAttrData.fg, screen.savedCurAttrData.bg, undefined, () => undefined) }), charsetFlag(screen.savedCharset),
  ];
  return {
    size: `${core.cols}×${core.rows}`, active: buffers.active === buffers.alt ? 'alt' : 'normal',
    normal: place(buffers.normal, buffers.active === buffers.normal).join(' '), alt: place(buffers.alt, buffers.active === buffers.alt).join(' '),
    modes: JSON.stringify([coreService.isCursorHidden, coreService.modes, Object.entries(coreService.decPrivateModes).toSorted(), coreMouseService.activeProtocol, coreMouseService.activeEncoding, optionsService.rawOptions.convertEol, optionsService.rawOptions.cursorBlink]),
    title: `${input._windowTitle}|${input._iconName}`, pen: word(pen), charsets: [charsetFlag(sets.charset), sets.glevel, ...[0, 1, 2, 3].map(i => charsetFlag(sets._charsets[i]))].join(' '),
    parser: `${input._parser.currentState} ${(input._parser.precedingJoinState >> 1) & 3}`,
  };
}

const word = (s: Style): string => `${s.fg.toString(16)},${s.bg.toString(16)},${s.line},${s.lineColour.toString(16)},${s.link === undefined ? '' : `${s.link.id}:${s.link.uri}`}`;

function lines(x: Insides, y: Insides, a: Screenful, b: Screenful): string | undefined {
  for (let row = 0; row < a.lines.length; row += 1) {
    const [la, lb] = [a.lines.get(row)!, b.lines.get(row)!];
    if (la.isWrapped !== lb.isWrapped) return `line ${row} wrapped: ${la.isWrapped} / ${lb.isWrapped}`;
    for (let at = 0; at < la.length; at += 1) {
      const found = sameCell(x, y, la, lb, at);
      if (found !== undefined) return `line ${row} cell ${at}: ${found}`;
    }
  }
  return undefined;
}

const linkIn = (core: Insides) => (id: number) => core._oscLinkService.getLinkData(id);
function sameCell(x: Insides, y: Insides, a: Line, b: Line, at: number): string | undefined {
  const i = at * 3;
  const [ca, cb] = [a._data[i]!, b._data[i]!];
  if ((ca !== cb || (ca & COMBINED) !== 0) && (textAt(a, at) !== textAt(b, at) || ca >>> 22 !== cb >>> 22)) return `${JSON.stringify([textAt(a, at), ca >>> 22])} / ${JSON.stringify([textAt(b, at), cb >>> 22])}`;
  if (a._data[i + 1] === b._data[i + 1] && a._data[i + 2] === b._data[i + 2] && (a._data[i + 2]! & 0x1000_0000) === 0) return undefined;
  const [sa, sb] = [styleOf(a._data[i + 1]!, a._data[i + 2]!, a._extendedAttrs[at], linkIn(x)), styleOf(b._data[i + 1]!, b._data[i + 2]!, b._extendedAttrs[at], linkIn(y))];
  return word(sa) === word(sb) && sameLink(sa.link, sb.link) ? undefined : `${word(sa)} / ${word(sb)}`;
}
