/** What a program on the host may make a browser do by escape sequences. Asked questions it never answers: the service's mirror does, once, however many look. */
import { CSI_QUERIES, DCS_QUERIES, isOscQuery, isTerminalLink, OSC_QUERIES } from '@xanthus/proto/terminals/queries';
import type { IParser, Terminal } from '@xterm/xterm';

/** What a program may put onto the clipboard at once, bytes. */
export const CLIPBOARD_MOST = 100_000;
const CLIPBOARD = 52;

export interface EscapeHandlers {
  /** OSC 52: the program wants this on the clipboard. Nothing reads it. */
  onClipboard(text: string): void;
  /** More than may be, or no text. */
  onClipboardRefused(why: 'too-large' | 'read'): void;
}

type Params = readonly (number | number[])[];
const first = (params: Params): number => (typeof params[0] === 'number' ? params[0] : 0);

/** Of what repeats or moves: more is a program that wants to stop the page, for xterm.js 6.0 does each of them one by one. */
const MOST_COUNT = 10_000;
const COUNTED = ['S', 'T', 'L', 'M', 'I', 'Z', 'b', '@', 'P', 'X'] as const;

/** What stops an xterm.js 6.0 for good, or for minutes, is not done. For everything that shows what a program wrote. */
export const hookFaults = (term: Pick<Terminal, 'parser' | 'buffer' | 'cols'>): void => {
  for (const final of COUNTED) term.parser.registerCsiHandler({ final }, params => first(params) > MOST_COUNT);
  // "Erase above", asked for in the very last cell, throws within the parser, which then never reads again.
  for (const id of [{ final: 'J' }, { prefix: '?', final: 'J' }]) {
    term.parser.registerCsiHandler(id, (params) => {
      const { active } = term.buffer;
      return first(params) === 1 && active.cursorX >= term.cols - 1 && active.cursorY + 1 >= active.length;
    });
  }
};

/** Installs the hooks. A handler that says true has dealt with it: the emulator's own answer is never made. */
export const hookEscapes = (parser: IParser, handlers: EscapeHandlers): void => {
  for (const { name: _, params: asking, ...id } of CSI_QUERIES) parser.registerCsiHandler(id, params => asking?.includes(first(params)) ?? true);
  for (const { name: _, ...id } of DCS_QUERIES) parser.registerDcsHandler(id, () => true);
  // DECID, the oldest question of all.
  parser.registerEscHandler({ final: 'Z' }, () => true);
  // Colours may be set; a question about one has a `?` where the colour would be.
  for (const code of OSC_QUERIES) if (code !== CLIPBOARD) parser.registerOscHandler(code, data => isOscQuery(code, data));
  parser.registerOscHandler(CLIPBOARD, (data) => {
    const wish = clipboardOf(data);
    if (wish.kind === 'text') handlers.onClipboard(wish.text);
    else if (wish.kind !== 'none') handlers.onClipboardRefused(wish.kind);
    return true;
  });
};

type ClipboardWish = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'read' | 'too-large' | 'none' };

/** `c;<base64>`. A question (`?`) would hand out what somebody else copied: refused. */
export const clipboardOf = (data: string): ClipboardWish => {
  const at = data.indexOf(';');
  const content = at < 0 ? '' : data.slice(at + 1);
  if (content === '?') return { kind: 'read' };
  if (content.length > Math.ceil(CLIPBOARD_MOST / 3) * 4) return { kind: 'too-large' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(content), c => c.charCodeAt(0)));
    return text === '' ? { kind: 'none' } : { kind: 'text', text };
  } catch {
    return { kind: 'none' };
  }
};

/** Where a link leads, as the browser reads it; undefined: nowhere, it is text. Only pages and letters, never a program's own schemes. */
export const linkTarget = (uri: string): string | undefined => {
  if (!isTerminalLink(uri)) return undefined;
  try {
    return new URL(uri).href;
  } catch {
    return undefined;
  }
};
