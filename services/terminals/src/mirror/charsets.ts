/** Which designation brings a charset: xterm.js knows them as objects only. */
import { insides, openTerminal, parse, type Charset } from './xterm-internals.js';

const FLAGS = '0ABC4567EKQRYZ=H`';
let flags: Map<Charset, string> | undefined;

/** The last byte of its designation (`ESC ( 0`); `B` is US ASCII. */
export function charsetFlag(charset: Charset): string {
  if (charset === undefined) return 'B';
  flags ??= learn();
  return flags.get(charset) ?? 'B';
}

function learn(): Map<Charset, string> {
  const terminal = openTerminal({ cols: 2, rows: 1, scrollback: 0 });
  const known = new Map<Charset, string>();
  for (const flag of FLAGS) {
    parse(terminal, new TextEncoder().encode(`\x1b(B\x1b(${flag}`));
    const { charset } = insides(terminal)._charsetService;
    if (charset !== undefined && !known.has(charset)) known.set(charset, flag);
  }
  terminal.dispose();
  return known;
}
