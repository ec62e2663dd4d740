/**
 * What a program on the host may ask a terminal. The service's screen answers, exactly once, however many look (`services/terminals/src/mirror`); a browser
 * swallows all of it in its parser and answers nothing. Pure tables for both sides.
 */

/** `CSI <prefix> … <intermediates> <final>`. */
export interface CsiQuery { readonly prefix?: string; readonly intermediates?: string; readonly final: string; /** First parameters that ask; left out: all do. */ readonly params?: readonly number[]; readonly name: string }
export const CSI_QUERIES: readonly CsiQuery[] = [
  { final: 'c', name: 'DA1' },
  { prefix: '>', final: 'c', name: 'DA2' },
  { prefix: '=', final: 'c', name: 'DA3' },
  { final: 'n', name: 'DSR, CPR' },
  { prefix: '?', final: 'n', name: 'DECDSR' },
  { intermediates: '$', final: 'p', name: 'DECRQM' },
  { prefix: '?', intermediates: '$', final: 'p', name: 'DECRQM, private' },
  { prefix: '>', final: 'q', name: 'XTVERSION' },
  { prefix: '?', final: 'u', name: 'keyboard protocol of kitty' },
  { final: 'x', name: 'DECREQTPARM' },
  { final: 't', params: [11, 13, 14, 15, 16, 18, 19, 20, 21], name: 'reports of the window' },
];
/** `DCS <intermediates> <final>`. */
export const DCS_QUERIES = [{ intermediates: '$', final: 'q', name: 'DECRQSS' }, { intermediates: '+', final: 'q', name: 'XTGETTCAP' }] as const;
/** OSC that ask where a part of their text is `?`: colours, and the clipboard, which is never read. */
export const OSC_QUERIES = [4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 52] as const;

/** Does this OSC ask? `4;1;?` of 4, `c;?` of 52. */
export const isOscQuery = (id: number, text: string): boolean => (OSC_QUERIES as readonly number[]).includes(id) && text.split(';').includes('?');

/** Colours that programs are told, unless they set others: of the console's first theme (`xanthus-dark`). */
export const TERMINAL_COLOURS = {
  foreground: '#e4e6ea', background: '#0e0f12', cursor: '#ecbc4b',
  ansi: ['#2a2d33', '#f2716b', '#4cc38a', '#ecbc4b', '#6cb0f7', '#c792ea', '#4fc1d6', '#c9cdd4', '#888e99', '#ff8f88', '#6fdca6', '#f4c95f', '#93c6ff', '#ddb3f8', '#7fd8e8', '#ffffff'],
} as const;

/** The longest title that anything keeps, in characters. */
export const LONGEST_TITLE = 256;
/** What a link of a program (OSC 8) may lead to; everything else is text. */
export const LINK_SCHEMES = ['http:', 'https:', 'mailto:'] as const;
const LONGEST_LINK = 2_048;
export const isTerminalLink = (uri: string): boolean => {
  if (uri.length > LONGEST_LINK || /[^\x21-\x7e]/.test(uri)) return false;
  const scheme = /^([a-z][a-z0-9+.-]*:)./i.exec(uri)?.[1]?.toLowerCase();
  return scheme !== undefined && (LINK_SCHEMES as readonly string[]).includes(scheme);
};

/**
 * Where the last whole character of these bytes of UTF-8 ends: what lies behind has to wait for the next bytes. xterm.js 6.0 loses characters that are cut
 * behind a byte 0x80, such as a dash `E2 80 | 94`, so never write it half of one.
 */
export const wholeCharacters = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return byte < 0xf8 && length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
};
