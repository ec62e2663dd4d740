/** The lines of a zone file by RFC 1035 §5.1: quotes, escapes, parentheses, comments. */

export interface Token {
  /** Bytes, one character each; escapes resolved. */
  readonly bytes: string;
  readonly quoted: boolean;
  /** As it was written, for names: there an escaped dot is no dot. */
  readonly raw: string;
}
export interface Line {
  /** Of its first character; from 1. */
  readonly number: number;
  readonly tokens: readonly Token[];
  /** Begins with white space: the owner is the one of the line before. */
  readonly continues: boolean;
  /** Of the end of the line, without the semicolon; empty when there is none. */
  readonly comment: string;
}
export class ZoneFileError extends Error {
  override readonly name = 'ZoneFileError';
  constructor(readonly line: number, message: string) { super(message); }
}

/** @param text one character per byte. @throws ZoneFileError what cannot be divided: an open quote or parenthesis, an escape that is none */
export const readLines = (text: string): Line[] => {
  const lines: Line[] = [];
  let at = 0;
  let number = 1;
  while (at < text.length) {
    const first = number;
    const continues = text[at] === ' ' || text[at] === '\t';
    const tokens: Token[] = [];
    let comment = '';
    let depth = 0;
    for (;;) {
      const c = text[at];
      if (c === undefined) {
        if (depth > 0) throw new ZoneFileError(first, 'A parenthesis is opened here and never closed.');
        break;
      }
      if (c === '\n') {
        at += 1;
        number += 1;
        if (depth === 0) break;
      } else if (SPACE.has(c)) at += 1;
      else if (c === ';') {
        const end = endOfLine(text, at);
        comment = trimmed(text, at + 1, end);
        at = end;
      } else if (c === '(') {
        depth += 1;
        at += 1;
      } else if (c === ')') {
        if (depth === 0) throw new ZoneFileError(number, 'A parenthesis is closed that was not opened.');
        depth -= 1;
        at += 1;
      } else {
        const { token, end } = c === '"' ? readQuoted(text, at, number) : readPlain(text, at, number);
        tokens.push(token);
        at = end;
      }
    }
    if (tokens.length > 0) lines.push({ number: first, tokens, continues, comment });
  }
  return lines;
};

/** White space of RFC 1035 only: what else looks like it here may be part of a character of several bytes. */
const SPACE: ReadonlySet<string | undefined> = new Set([' ', '\t', '\r']);
const ENDS: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n', ';', '(', ')', '"']);
const trimmed = (text: string, from: number, to: number): string => {
  while (from < to && SPACE.has(text[from])) from += 1;
  while (to > from && SPACE.has(text[to - 1])) to -= 1;
  return text.slice(from, to);
};

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
};

const readQuoted = (text: string, from: number, line: number): { token: Token; end: number } => {
  let bytes = '';
  let at = from + 1;
  for (;;) {
    const c = text[at];
    if (c === undefined || c === '\n') throw new ZoneFileError(line, 'A quotation mark is missing at the end of a text.');
    if (c === '"') return { token: { bytes, quoted: true, raw: text.slice(from, at + 1) }, end: at + 1 };
    const escape = c === '\\' ? escapeAt(text, at, line) : undefined;
    bytes += escape?.byte ?? c;
    at += escape?.length ?? 1;
  }
};

const readPlain = (text: string, from: number, line: number): { token: Token; end: number } => {
  let bytes = '';
  let at = from;
  for (let c = text[at]; c !== undefined && !ENDS.has(c); c = text[at]) {
    const escape = c === '\\' ? escapeAt(text, at, line) : undefined;
    bytes += escape?.byte ?? c;
    at += escape?.length ?? 1;
  }
  return { token: { bytes, quoted: false, raw: text.slice(from, at) }, end: at };
};

/** `\DDD` is a byte, `\X` is X itself. */
const escapeAt = (text: string, at: number, line: number): { byte: string; length: number } => {
  const digits = /^\d{3}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (digits !== undefined) {
    if (Number(digits) > 255) throw new ZoneFileError(line, `\\${digits} is no byte; the largest is \\255.`);
    return { byte: String.fromCharCode(Number(digits)), length: 4 };
  }
  const next = text[at + 1];
  if (next === undefined || next === '\n' || /\d/.test(next)) throw new ZoneFileError(line, 'A backslash stands before nothing that it could escape.');
  return { byte: next, length: 2 };
};
