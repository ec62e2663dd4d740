import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LONGEST_STRING, Scanner } from './scanner.js';
import { openTerminal, transitions } from './xterm-internals.js';

const table = transitions(openTerminal({ cols: 2, rows: 1, scrollback: 0 }));
const encoder = new TextEncoder();

function scan(parts: readonly Uint8Array[]) {
  const found: string[] = [];
  let plain = '';
  const scanner = new Scanner(table, {
    plain: (bytes) => { plain += Buffer.from(bytes).toString('latin1'); },
    string: (kind, text, whole, _, end) => { found.push(`${kind} ${whole ? '' : 'cut '}${text.length > 40 ? text.length : text} @${end}`); },
  });
  let offset = 0;
  for (const part of parts) {
    scanner.write(part, offset);
    offset += part.length;
  }
  return { found, plain, tail: Buffer.from(scanner.tail).toString('latin1') };
}
const all = (text: string) => scan([encoder.encode(text)]);

describe('what a shell writes, cut at its strings', () => {
  it('takes strings out and leaves the rest', () => {
    expect(all('a\x1b[1mb\x1b]2;t\x07c\x1bPq#1\x1b\\d\x1b_x\x1b\\')).toEqual({ found: ['osc 2;t @12', 'dcs q#1 @20', 'other x @26'], plain: 'a\x1b[1mbc\x1b\\d\x1b\\', tail: '' });
    expect(all('\u009d2;é\u009cx').found).toEqual(['osc 2;é @8']);
  });

  it('says where a string ends, whoever ends it', () => {
    for (const [text, found, plain] of [['\x1b]1;a\x18b', 'osc  @6', 'b'], ['\x1b]1;a\x1b[mb', 'osc 1;a @7', '\x1b[mb'], ['\x1b_aéb', 'other  @5', 'b'], ['\x1b]1;a\u0084b', 'osc  @5', '\u00c2\u0084b'], ['\x1bP1\n;2qx\x1b\\', 'dcs 1;2qx @10', '\x1b\\']] as const) {
      expect(all(text)).toMatchObject({ found: [found], plain });
    }
  });

  it('carries along what is cut, and swallows what is long', () => {
    expect(all('ab\x1b[1;3').tail).toBe('\x1b[1;3');
    expect(all('ab\xe9').plain + all('ab').tail).toBe('ab\u00c3\u00a9');
    expect(scan([encoder.encode('a—').subarray(0, 3)])).toMatchObject({ plain: 'a', tail: '\u00e2\u0080' });
    const long = all(`x\x1bPq${'~'.repeat(1_000_000)}`);
    expect(long.tail.length).toBe(LONGEST_STRING + 2);
    expect(all(`\x1bPq${'~'.repeat(1_000_000)}\x1b\\y`)).toMatchObject({ found: [`dcs cut ${LONGEST_STRING} @1000005`], plain: '\x1b\\y' });
    expect(all(`\x1b[${'1;'.repeat(50_000)}`).tail.length).toBeLessThan(20);
    expect(scan([encoder.encode(`a\x1b[${'1;'.repeat(50_000)}`), encoder.encode('31'), encoder.encode('mb')])).toMatchObject({ plain: 'ab', tail: '' });
  });

  it('finds the same wherever it is cut', () => {
    const piece = fc.constantFrom('a', 'é', '—', '🙂', '\x1b', '[', ']', '2;t', 'P', 'q', '_', '\\', '\x07', '\u009b', '\u009d', '\u009c', '\x18', '\n', '1', ';', 'm', '\x1b]133;A\x07', '\x1b[1m', '\u0084');
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(200), { maxLength: 6 }), (pieces, cuts) => {
      const bytes = encoder.encode(pieces.join(''));
      const at = [0, ...cuts.map(cut => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      expect(scan(at.slice(1).map((end, i) => bytes.subarray(at[i], end)))).toEqual(scan([bytes]));
    }), { numRuns: 2_000 });
  });
});
