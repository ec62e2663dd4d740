import { describe, expect, it } from '@jest/globals';
import { addLines, CUT, cutLine, filterLines, mark, plain, segments } from './log-view.js';

const ESC = '\u001B';
const rows = addLines([], ['alpha', `${ESC}[31mBeta${ESC}[0m`, '<b>gamma</b>'], 100);

describe('a line of a log', () => {
  it('shows colours as what they mean', () => expect(segments(`a ${ESC}[1;31mfault${ESC}[0m b`)).toEqual([{ text: 'a ' }, { text: 'fault', tone: 'red' }, { text: ' b' }]));
  it('does nothing that a terminal would do', () => {
    expect(plain(`${ESC}]0;title\u0007${ESC}[2Jx${ESC}[10;20Hy\rz\u0000`)).toBe('xyz');
    expect(plain('safe\u202Egpj.exe')).toBe('safegpj.exe');
  });
  it('keeps what looks like HTML as it is', () => expect(segments('<script>1</script>')).toEqual([{ text: '<script>1</script>' }]));
  it('is cut when it is long, until it is opened', () => {
    const long = 'x'.repeat(10_000_000);
    expect(cutLine(long, false)).toEqual({ text: long.slice(0, CUT), hidden: 10_000_000 - CUT });
    expect(cutLine(long, true).hidden).toBe(0);
    expect(cutLine('short', false)).toEqual({ text: 'short', hidden: 0 });
  });
});

describe('a search in a log', () => {
  it('finds without regard to case and colour', () => expect(filterLines(rows, 'beta').map(r => r.seq)).toEqual([2]));
  it('shows all for nothing', () => expect(filterLines(rows, ' ')).toBe(rows));
  it('marks every place', () => expect(mark([{ text: 'abcABC' }], 'bc')).toEqual([{ text: 'a' }, { text: 'bc', found: true }, { text: 'A' }, { text: 'BC', found: true }]));
  it('marks across a change of colour', () => expect(mark([{ text: 'ab', tone: 'red' }, { text: 'cd' }], 'bc')).toEqual([{ text: 'a', tone: 'red' }, { text: 'b', tone: 'red', found: true }, { text: 'c', found: true }, { text: 'd' }]));
});

describe('what came', () => {
  it('is bounded, and each line keeps its number', () => expect(addLines(rows, ['d', 'e'], 3).map(r => [r.seq, r.text])).toEqual([[3, '<b>gamma</b>'], [4, 'd'], [5, 'e']]));
  it('changes nothing when it is nothing', () => expect(addLines(rows, [], 3)).toBe(rows));
});
