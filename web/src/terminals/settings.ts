/** How somebody likes their terminals, kept in this browser. */
import { t } from '../texts/text.js';

export interface TerminalSettings {
  readonly theme: string; readonly font: TerminalFont; readonly size: number; /** Lines kept above the screen. */ readonly scrollback: number;
  readonly copyOnSelect: boolean; readonly bell: 'off' | 'visual' | 'sound'; readonly screenReader: boolean; readonly cursor: 'block' | 'bar' | 'underline';
}
export const TERMINAL_FONTS = ['geist', 'system', 'courier'] as const;
export type TerminalFont = (typeof TERMINAL_FONTS)[number];
export const FONT_LABELS: Readonly<Record<TerminalFont, string>> = { geist: t('Geist Mono'), system: t('System'), courier: t('Courier') };
export const FONT_FAMILIES: Readonly<Record<TerminalFont, string>> = { geist: "'Geist Mono', ui-monospace, Menlo, monospace", system: "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace", courier: "'Courier New', Courier, 'Liberation Mono', monospace" };
export const FONT_SIZES = { least: 8, most: 32 } as const;
export const SCROLLBACKS = [1_000, 5_000, 10_000, 50_000] as const;
const BELLS = ['off', 'visual', 'sound'] as const;
const CURSORS = ['block', 'bar', 'underline'] as const;
const KEY = 'xanthus.terminal';

const oneOf = <T extends string | number>(all: readonly T[], value: unknown, otherwise: T): T => all.find(v => v === value) ?? otherwise;

/** Unknown values are left out, not an error. Pure. */
export const readTerminalSettings = (text: string | null): TerminalSettings => {
  let given: Partial<Record<keyof TerminalSettings, unknown>> = {};
  try { given = (JSON.parse(text ?? '{}') ?? {}) as typeof given; } catch { /* as if there were none */ }
  const { size } = given;
  return {
    theme: typeof given.theme === 'string' && /^[a-z-]{1,30}$/.test(given.theme) ? given.theme : 'auto', font: oneOf(TERMINAL_FONTS, given.font, 'geist'),
    size: typeof size === 'number' && Number.isInteger(size) && size >= FONT_SIZES.least && size <= FONT_SIZES.most ? size : 13,
    scrollback: oneOf(SCROLLBACKS, given.scrollback, 10_000), copyOnSelect: given.copyOnSelect === true, bell: oneOf(BELLS, given.bell, 'visual'), screenReader: given.screenReader === true, cursor: oneOf(CURSORS, given.cursor, 'block'),
  };
};

let settings: TerminalSettings | undefined;
const listeners = new Set<() => void>();
const stored = (): TerminalSettings => {
  try { return readTerminalSettings(localStorage.getItem(KEY)); } catch { return readTerminalSettings(null); }
};

export const terminalSettings = {
  get: (): TerminalSettings => (settings ??= stored()),
  set: (change: Partial<TerminalSettings>): void => {
    settings = { ...terminalSettings.get(), ...change };
    try { localStorage.setItem(KEY, JSON.stringify(settings)); } catch { /* for this page only */ }
    for (const fn of listeners) fn();
  },
  subscribe: (fn: () => void): (() => void) => { listeners.add(fn); return () => listeners.delete(fn); },
};
