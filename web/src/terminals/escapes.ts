/** What a program on the host may make a browser do by escape sequences. Asked questions it never answers: the service's mirror does, once, however many look. */
import type { IParser } from '@xterm/xterm';

/** What a program may put onto the clipboard at once, bytes. */
export const CLIPBOARD_MOST = 100_000;

export interface EscapeHandlers {
  /** OSC 52: the program wants this on the clipboard. Nothing reads it. */
  onClipboard(text: string): void;
  /** More than may be, or no text. */
  onClipboardRefused(why: 'too-large' | 'read'): void;
}

type Params = readonly (number | number[])[];
const first = (params: Params): number => (typeof params[0] === 'number' ? params[0] : 0);
/** Window operations that report; the others are off. */
const REPORTS = new Set([11, 13, 14, 15, 16, 18, 19, 20, 21]);

/** Installs the hooks. `() => true` is: dealt with, and the emulator's own answer is never made. */
export const hookEscapes = (parser: IParser, handlers: EscapeHandlers): void => {
  const swallow = (): boolean => true;
  for (const id of [
    { final: 'c' }, { prefix: '>', final: 'c' }, { prefix: '=', final: 'c' }, { final: 'n' }, { prefix: '?', final: 'n' }, { intermediates: '$', final: 'p' }, { prefix: '?', intermediates: '$', final: 'p' },
    { prefix: '>', final: 'q' }, { prefix: '?', final: 'u' }, { final: 'x' }, { prefix: '?', final: 'S' }, { intermediates: '$', final: 'u' }, { intermediates: '$', final: 'w' }, { intermediates: '*', final: 'y' },
  ]) parser.registerCsiHandler(id, swallow);
  parser.registerCsiHandler({ final: 't' }, params => REPORTS.has(first(params)));
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow);
  parser.registerDcsHandler({ intermediates: '+', final: 'q' }, swallow);
  parser.registerEscHandler({ final: 'Z' }, swallow);
  // Colours may be set; a question about one has a `?` where the colour would be.
  for (const code of [4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21]) parser.registerOscHandler(code, data => data.split(';').includes('?'));
  parser.registerOscHandler(52, (data) => {
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

/** Only pages are opened, never a program's own schemes; as the browser reads the address, not as it is written. */
export const linkTarget = (uri: string): string | undefined => {
  if (uri.length > 2_000) return undefined;
  try {
    const { protocol, href } = new URL(uri);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
};
