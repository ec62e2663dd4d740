/** Questions that xterm.js 6.0 without a page leaves open, or answers for real terminals wrongly. `proto/src/terminals/queries.ts` lists all of them. */
import { colour, EXTENDED, PROTECTED, UNDERLINE } from './attributes.js';
import { insides, type Insides, type Xterm } from './xterm-internals.js';

const ST = '\x1b\\';
export const VERSION = 'xterm.js(6.0.0)';

/** What XTGETTCAP knows: of `xterm-256color`, and what programs look for in terminfo in vain. */
const CAPABILITIES: Readonly<Record<string, string>> = {
  TN: 'xterm-256color', name: 'xterm-256color', Co: '256', colors: '256', RGB: '8', Tc: '', Su: '', indn: '\x1b[%p1%dS', rin: '\x1b[%p1%dT', Smulx: '\x1b[4:%p1%dm', Setulc: '\x1b[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%dm',
  Ss: '\x1b[%p1%d q', Se: '\x1b[2 q', smxx: '\x1b[9m', rmxx: '\x1b[29m', Sync: '\x1b[?2026%?%p1%{1}%-%tl%eh%;',
};

/** Registers those of CSI. @param reply gets what would be typed */
export function answerControls(terminal: Xterm, reply: (text: string) => void): void {
  const core = insides(terminal);
  const on = (id: { prefix?: string; intermediates?: string; final: string }, act: (params: (number | number[])[]) => boolean): void => void terminal.parser.registerCsiHandler(id, act);
  on({ prefix: '=', final: 'c' }, ([p]) => {
    if (p === 0) reply(`\x1bP!|00000000${ST}`);
    return true;
  });
  on({ prefix: '>', final: 'q' }, ([p]) => {
    if (p === 0) reply(`\x1bP>|${VERSION}${ST}`);
    return true;
  });
  // Behind the last column is still the last column; xterm.js says one more.
  for (const prefix of ['', '?']) on({ ...(prefix === '' ? {} : { prefix }), final: 'n' }, ([p]) => {
    if (p !== 6) return false;
    const { x, y, scrollTop } = core.buffers.active;
    reply(`\x1b[${prefix}${y + 1 - (core.coreService.decPrivateModes.origin ? scrollTop : 0)};${Math.min(x + 1, core.cols)}R`);
    return true;
  });
  // Size in characters only: a title that comes back is input that the host chose, and pixels are every viewer's own. The parser lets none of these through by itself.
  core._inputHandler._parser.registerCsiHandler({ final: 't' }, ({ params }) => {
    if (params[0] === 18 || params[0] === 19) reply(`\x1b[${params[0] === 18 ? 8 : 9};${core.rows};${core.cols}t`);
    return true;
  });
}

/** Of a DCS: the answer; undefined: it asks nothing. */
export function answerString(terminal: Xterm, text: string): string | undefined {
  if (text.startsWith('$q')) return status(insides(terminal), text.slice(2));
  if (text.startsWith('+q')) return text.slice(2).split(';').slice(0, 64).map(capability).join('');
  return undefined;
}

function capability(hex: string): string {
  const name = /^([\da-f]{2})+$/i.test(hex) ? Buffer.from(hex, 'hex').toString('latin1') : '';
  const value = Object.hasOwn(CAPABILITIES, name) ? CAPABILITIES[name]! : undefined;
  if (value === undefined) return `\x1bP0+r${/^[\da-f]{0,64}$/i.test(hex) ? hex : ''}${ST}`;
  return `\x1bP1+r${hex}${value === '' ? '' : `=${Buffer.from(value, 'latin1').toString('hex').toUpperCase()}`}${ST}`;
}

/** DECRQSS. */
function status(core: Insides, about: string): string {
  const { scrollTop, scrollBottom } = core.buffers.active;
  const pen = core._inputHandler._curAttrData;
  const { cursorStyle, cursorBlink } = core.coreService.decPrivateModes;
  const { rawOptions } = core.optionsService;
  const shape = { block: 2, underline: 4, bar: 6 }[cursorStyle ?? 'block'] - ((cursorBlink ?? rawOptions.cursorBlink) ? 1 : 0);
  const known: Readonly<Record<string, string>> = { 'm': `${rendition(pen.fg, pen.bg, (pen.bg & EXTENDED) === 0 ? 0 : pen.extended._ext)}m`, 'r': `${scrollTop + 1};${scrollBottom + 1}r`, '"p': '61;1"p', '"q': `${(pen.bg & PROTECTED) === 0 ? 0 : 1}"q`, ' q': `${shape} q` };
  return Object.hasOwn(known, about) ? `\x1bP1$r${known[about]}${ST}` : `\x1bP0$r${ST}`;
}

/** The pen as parameters of SGR, with `0` first. */
function rendition(fg: number, bg: number, extended: number): string {
  const codes = ['0'];
  const flag = (is: number, code: string): void => void (is !== 0 && codes.push(code));
  flag(fg & 0x800_0000, '1');
  flag(bg & 0x800_0000, '2');
  flag(bg & 0x400_0000, '3');
  const line = (extended >>> 26) & 7;
  flag(fg & UNDERLINE, line > 1 ? `4:${line}` : '4');
  flag(fg & 0x2000_0000, '5');
  flag(fg & 0x400_0000, '7');
  flag(fg & 0x4000_0000, '8');
  flag(fg & 0x8000_0000, '9');
  flag(bg & 0x4000_0000, '53');
  for (const [packed, base] of [[colour(fg), 30], [colour(bg), 40]] as const) {
    const value = packed & 0xff_ffff;
    const kind = packed >>> 24;
    if (kind === 1) codes.push(String(base + (value & 8 ? 60 : 0) + (value & 7)));
    else if (kind === 2) codes.push(`${base + 8}:5:${value}`);
    else if (kind === 3) codes.push(`${base + 8}:2::${value >> 16}:${(value >> 8) & 0xff}:${value & 0xff}`);
  }
  return codes.join(';');
}
