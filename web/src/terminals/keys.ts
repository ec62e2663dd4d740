/** Shortcuts of the terminals page. A shell gets every key that is not listed here; none of these means anything to one. Pure. */
import { t, tc } from '../texts/text.js';

export const SHORTCUTS = [
  ['out', 'Alt+Shift+X', t('Leave the terminal with the keyboard: to its toolbar')],
  ['help', 'Alt+Shift+/', t('These shortcuts')],
  ['open', 'Alt+Shift+T', t('Open a terminal')],
  ['switch', 'Alt+Shift+P', t('Switch to an open session')],
  ['next-tab', 'Alt+Shift+→', t('Next tab')],
  ['previous-tab', 'Alt+Shift+←', t('Previous tab')],
  ['next-pane', 'Alt+Shift+↓', t('Next pane')],
  ['previous-pane', 'Alt+Shift+↑', t('Previous pane')],
  ['split-right', 'Alt+Shift+V', t('Split: side by side')],
  ['split-below', 'Alt+Shift+H', t('Split: one below the other')],
  ['hide', 'Alt+Shift+W', t('Close the pane; the session goes on')],
  ['full-screen', 'Alt+Shift+M', t('Full screen, and back')],
  ['broadcast', 'Alt+Shift+B', t('Type into several sessions')],
  ['search', 'Ctrl+Shift+F', t('Search')],
  ['copy', 'Ctrl+Shift+C', t('Copy what is selected')],
  ['larger', 'Alt+Shift+=', t('Larger text')],
  ['smaller', 'Alt+Shift+-', t('Smaller text')],
  ['reconnect', 'Alt+Shift+R', t('Reconnect now (R alone while it is not connected)')],
] as const;
export type Shortcut = (typeof SHORTCUTS)[number][0];

const CODES: Readonly<Record<string, string>> = { '/': 'Slash', '→': 'ArrowRight', '←': 'ArrowLeft', '↓': 'ArrowDown', '↑': 'ArrowUp', '=': 'Equal', '-': 'Minus' };
const BY_KEYS = new Map<string, Shortcut>(SHORTCUTS.map(([name, keys]) => {
  const key = keys.split('+').at(-1) ?? '';
  return [`${keys.startsWith('Ctrl') ? 'ctrl' : 'alt'} ${CODES[key] ?? `Key${key}`}`, name];
}));

interface Pressed { readonly code: string; readonly altKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly shiftKey: boolean }
/** By the place of the key: with Alt, what it writes differs from system to system. */
export const shortcutOf = ({ code, altKey, ctrlKey, metaKey, shiftKey }: Pressed): Shortcut | undefined => {
  if (!shiftKey || altKey === (ctrlKey || metaKey)) return undefined;
  return BY_KEYS.get(`${altKey ? 'alt' : 'ctrl'} ${code}`);
};

/** Keys that a phone's keyboard lacks. */
export const KEY_ROW = [['Esc', '\u001b'], ['Tab', '\t'], ['←', '\u001b[D'], ['↑', '\u001b[A'], ['↓', '\u001b[B'], ['→', '\u001b[C'], ['|', '|'], ['~', '~'], ['/', '/'], ['-', '-'], ['Home', '\u001b[H'], ['End', '\u001b[F'], ['PgUp', '\u001b[5~'], ['PgDn', '\u001b[6~']] as const;
export const KEY_NAMES: Readonly<Record<string, string>> = { Esc: t('Escape'), Home: tc('key', 'Home'), End: tc('key', 'End'), '←': t('Left'), '↑': t('Up'), '↓': t('Down'), '→': t('Right'), '|': t('Pipe'), '~': t('Tilde'), '/': t('Slash'), '-': t('Dash'), PgUp: t('Page up'), PgDn: t('Page down') };

/** Arrows of a program that asked for application keys (vim, less). */
// oxlint-disable-next-line no-control-regex -- keys begin so
export const keyBytes = (bytes: string, application: boolean): string => (application ? bytes.replace(/^\u001b\[([ABCDHF])$/, '\u001bO$1') : bytes);

/** What Ctrl and Alt, held on the key row, make of what is typed next. */
export const withModifiers = (data: string, held: { readonly ctrl: boolean; readonly alt: boolean }): string => {
  const [char = ''] = data;
  const code = char.toUpperCase().charCodeAt(0);
  const made = held.ctrl && data.length === 1 && (code === 32 || (code >= 63 && code <= 95)) ? String.fromCharCode(code === 63 ? 127 : code & 31) : data;
  return held.alt && made.length > 0 ? `\u001b${made}` : made;
};
