/** What is pasted reaches a shell only as text: a page that one copied from may hide a line break, or an escape that ends bracketed paste. Pure. */
import { t } from '../texts/text.js';

export interface PastedText { /** As it would be typed. */ readonly text: string; readonly lines: number; /** Names of what was in it and is no text. */ readonly controls: readonly string[] }

const NAMES: Readonly<Record<number, string>> = { 0: 'NUL', 3: t('Ctrl C'), 4: t('Ctrl D'), 7: t('Bell'), 8: t('Backspace'), 21: t('Ctrl U'), 26: t('Ctrl Z'), 27: t('Escape'), 127: t('Delete') };
const nameOf = (code: number): string => NAMES[code] ?? (code < 32 ? t('Ctrl {fromCharCode}', { fromCharCode: String.fromCharCode(code + 64) }) : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`);

/** Control characters but tab and line ends; and marks that make text read in another order than it runs. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export const examinePaste = (raw: string): PastedText => {
  const controls = [...new Set([...raw.matchAll(CONTROL)].map(([c]) => nameOf(c.codePointAt(0) ?? 0)))];
  const text = raw.replaceAll(CONTROL, '').replaceAll(/\r\n?/g, '\n');
  return { text, lines: text.replace(/\n$/, '').split('\n').length, controls };
};

/** One line of plain text is pasted without a question. A line end at its end runs it, so that is asked about too; not where the program said that it takes pastes as text. */
export const needsQuestion = ({ text, lines, controls }: PastedText, bracketed: boolean): boolean => controls.length > 0 || lines > 1 || (!bracketed && text.endsWith('\n'));

/** Bytes for the shell. A terminal's line end is a carriage return. */
export const pasteBytes = (text: string, bracketed: boolean): string => {
  const typed = text.replaceAll('\n', '\r');
  return bracketed ? `\u001b[200~${typed}\u001b[201~` : typed;
};
