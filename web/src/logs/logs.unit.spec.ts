import { describe, expect, it } from '@jest/globals';
import { cutSegments, foldCase, mark, plain, segments, settledLine } from './ansi.js';
import { columnsOf } from './columns.js';
import { LogLayout } from './layout.js';
import { levelAfter, levelOf } from './levels.js';
import { LineList } from './line-list.js';
import { LogModel } from './log-model.js';
import { LogScreen } from './log-screen.js';
import { LogStore } from './log-store.js';
import { stampLength } from './time-stamps.js';

const ESC = '\u001B';
const many = (n: number, line: (i: number) => string): string[] => Array.from({ length: n }, (_, i) => line(i));
const shownBy = (model: LogModel): string[] => many(model.count, i => model.text(i));
/** The work is done piece by piece; each piece asks for a pause, and here the pause is nothing. */
const settle = async (model: LogModel): Promise<void> => { while (model.busy || model.untidy) await Promise.resolve(); };
const modelOf = (lines: readonly string[], keep?: number): LogModel => {
  let time = 0;
  const model = new LogModel(keep, () => (time += 100), () => Promise.resolve());
  model.append(lines);
  return model;
};

describe('a line of a log', () => {
  it('shows colours as what they mean', () => {
    expect(segments(`a ${ESC}[1;31mfault${ESC}[0m b`)).toEqual([{ text: 'a ' }, { text: 'fault', tone: 'red', bold: true }, { text: ' b' }]);
    expect(segments(`${ESC}[38;5;196mx${ESC}[38;2;0;0;250my${ESC}[39;2mz`)).toEqual([{ text: 'x', tone: 'red' }, { text: 'y', tone: 'blue' }, { text: 'z', dim: true }]);
    expect(segments(`${ESC}[mplain${ESC}[48;5;4m on ground`)).toEqual([{ text: 'plain' }, { text: ' on ground' }]);
  });
  it('does nothing that a terminal would do', () => {
    expect(plain(`${ESC}]0;title\u0007${ESC}[2Jx${ESC}[10;20Hy${ESC}]8;;javascript:alert(1)${ESC}\\z\u0000`)).toBe('xyz');
    expect(plain('safe\u202Egpj.exe\u200B')).toBe('safegpj.exe');
    expect(plain(`cut off ${ESC}[3`)).not.toContain(ESC);
  });
  it('keeps what looks like HTML as it is', () => expect(segments('<script>1</script>')).toEqual([{ text: '<script>1</script>' }]));
  it('is what a progress bar left standing', () => {
    expect(settledLine('10 %\r50 %\r100 % done')).toBe('100 % done');
    expect(plain('10 %\r50 %\r')).toBe('50 %');
    expect(plain(`a\r${ESC}[K`)).toBe('a');
    expect(plain('end of line\r')).toBe('end of line');
    expect(plain('\r\r')).toBe('');
  });
  it('is marked at every place, also across a change of colour', () => {
    expect(mark([{ text: 'abcABC' }], 'bc')).toEqual([{ text: 'a' }, { text: 'bc', found: true }, { text: 'A' }, { text: 'BC', found: true }]);
    expect(mark([{ text: 'ab', tone: 'red' }, { text: 'cd' }], 'bc')).toEqual([{ text: 'a', tone: 'red' }, { text: 'b', tone: 'red', found: true }, { text: 'c', found: true }, { text: 'd' }]);
    expect(mark([{ text: 'İb' }], 'b')).toEqual([{ text: 'İ' }, { text: 'b', found: true }]);
    expect(foldCase('İStanbul')).toHaveLength(8);
  });
  it('is cut in the middle of a colour', () => expect(cutSegments([{ text: 'abc', tone: 'red' }, { text: 'def' }], 4)).toEqual([{ text: 'abc', tone: 'red' }, { text: 'd' }]));
  it('takes as many columns as on a terminal', () => expect(['abc', 'ü', '日本', 'e\u0301', '🚀 x'].map(columnsOf)).toEqual([3, 1, 4, 1, 4]));
  it.each([
    ['level=warn msg="x"', 'warning'], ['{"severity":"ERROR"}', 'error'], ['[info] x', 'info'], ['2026-11-21 ERROR: x', 'error'], ['<3>x', 'error'], ['<14>x', 'info'], ['E1121 08:00:00.1 x.go:1] y', 'error'],
    ['unit failed', 'error'], ['DEBUG x', 'debug'], ['all is well', undefined], ['I notice nothing', undefined],
  ] as const)('%p is %p', (text, level) => expect(levelOf(text)).toBe(level));
  it('goes on with the level of what it belongs to', () => expect([levelAfter('  at f (x.js:1)', 'error'), levelAfter('hello', 'error')]).toEqual(['error', 'info']));
  it.each([['2026-11-21T08:00:00+0000 web-1 x', 25], ['2026-11-21 08:00:00.123 x', 24], ['Nov 21 08:00:00 web x', 16], ['08:00:00 x', 9], ['x 08:00:00', 0]] as const)('%p begins with its time', (text, n) => expect(stampLength(text)).toBe(n));
});

describe('lines that are kept', () => {
  it('come back as they were, whatever they are made of', () => {
    const lines = many(20_000, i => (i % 3 === 0 ? `line ${i}` : i % 3 === 1 ? `${ESC}[31m日本 ${i}${ESC}[0m` : ''));
    const store = new LogStore();
    for (let i = 0; i < lines.length; i += 777) store.append(lines.slice(i, i + 777));
    expect(store.count).toBe(20_000);
    for (const i of [0, 1, 2, 9_999, 19_998, 19_999]) expect(store.line(i)).toBe(lines[i]);
    expect([...store.texts()].map(t => t.text).join('\n')).toBe(lines.join('\n'));
    const columns: number[] = [];
    store.eachColumns(0, 20_000, c => columns.push(c));
    expect(columns).toEqual(lines.map(l => columnsOf(plain(l))));
  });
  it('are measured at their end at once when many come, and all when they are put away', () => {
    const lines = many(50_000, i => `${ESC}[31mline${ESC}[0m ${i} ${'x'.repeat(40)}`);
    const exact = lines.map(l => columnsOf(plain(l)));
    const model = new LogModel(undefined, undefined, () => new Promise(() => undefined));
    const screen = new LogScreen(model, () => undefined);
    model.append(lines);
    const columns = (): number[] => { const found: number[] = []; model.store.eachColumns(0, 50_000, c => found.push(c)); return found; };
    const guessed = columns();
    expect(guessed.slice(-4_000)).toEqual(exact.slice(-4_000));
    expect(guessed[30_000]).toBe(lines[30_000]?.length);
    const before = screen.layout(50);
    expect(before.rows).toBeGreaterThan(50_000);
    while (model.store.loose) model.store.compact();
    expect(columns()).toEqual(exact);
    expect(screen.layout(50)).not.toBe(before);
    expect(screen.layout(50).rows).toBe(exact.reduce((rows, c) => rows + Math.ceil(c / 50), 0));
  });
  it('are bounded, and keep their numbers', () => {
    const store = new LogStore(30_000);
    for (let i = 0; i < 100_000; i += 1_000) store.append(many(1_000, k => `line ${i + k} ${'x'.repeat(60)}`));
    expect(store.end).toBe(100_000);
    expect(store.count).toBeGreaterThanOrEqual(30_000);
    expect(store.count).toBeLessThan(45_000);
    expect(store.line(99_999)).toMatch(/^line 99999 /);
    expect(store.line(store.first)).toMatch(new RegExp(`^line ${store.first} `));
    expect(store.line(store.first - 1)).toBeUndefined();
  });
  it('may be several in one text, and a very long one', () => {
    const store = new LogStore();
    store.append(['a\nb\r\nc\n', 'x'.repeat(1_000_000), 'd']);
    expect([0, 1, 2, 4].map(i => store.line(i))).toEqual(['a', 'b', 'c', 'd']);
    expect(store.line(3)).toHaveLength(1_000_000);
  });
});

describe('which lines are shown', () => {
  const lines = many(30_000, i => (i % 1_000 === 7 ? `${i} ERROR Needle ${ESC}[1mhere${ESC}[0m` : `${i} INFO nothing of note`));
  it('are all, and the ones that are found are counted', async () => {
    const model = modelOf(lines);
    model.look({ text: 'needle HERE', only: false, level: 'all' });
    await settle(model);
    expect([model.count, model.found]).toEqual([30_000, 30]);
    expect([model.foundLine(0), model.foundLine(29), model.foundLine(30)]).toEqual([7, 29_007, undefined]);
    expect([model.foundAt(8), model.isFound(1_007), model.isFound(1_008)]).toEqual([1, true, false]);
  });
  it('are found in plain text as in coloured', async () => {
    const model = modelOf(many(50_000, i => `${i} plain ${i % 10 === 3 ? 'Word and word' : ''}`));
    model.look({ text: 'word', only: true, level: 'all' });
    await settle(model);
    expect([model.count, model.found]).toEqual([5_000, 5_000]);
    expect([model.text(0), model.text(4_999)]).toEqual(['3 plain Word and word', '49993 plain Word and word']);
  });
  it('are those of a level, and of a search in it', async () => {
    const model = modelOf(lines);
    model.look({ text: '', only: false, level: 'warning' });
    await settle(model);
    expect(model.count).toBe(30);
    model.look({ text: '2900', only: true, level: 'error' });
    await settle(model);
    expect(shownBy(model)).toEqual([lines[29_007]]);
  });
  it('go on with what comes, in order', async () => {
    const model = modelOf(['a needle', 'b']);
    model.look({ text: 'needle', only: true, level: 'all' });
    model.append(['c', 'd needle']);
    await settle(model);
    model.append(['e needle']);
    await settle(model);
    expect(shownBy(model)).toEqual(['a needle', 'd needle', 'e needle']);
  });
  it('stand still while the view is held', async () => {
    const model = modelOf(['a', 'b']);
    model.hold();
    model.append(['c']);
    expect([model.count, model.waiting]).toEqual([2, 1]);
    model.release();
    expect([model.count, model.waiting]).toEqual([3, 0]);
  });
  it('forget what was let go', async () => {
    const model = modelOf([], 5_000);
    model.look({ text: 'x7', only: true, level: 'all' });
    for (let i = 0; i < 40_000; i += 1_000) { model.append(many(1_000, k => `${i + k} x${k % 10} ${'-'.repeat(60)}`)); await settle(model); }
    expect(model.lineAt(0)).toBeGreaterThanOrEqual(model.store.first);
    expect(model.found).toBe(model.count);
    expect(model.text(model.count - 1)).toMatch(/^39997 x7/);
  });
  it('leave off a search that another one follows', async () => {
    const model = modelOf(lines);
    model.look({ text: 'needle', only: true, level: 'all' });
    model.look({ text: '', only: false, level: 'all' });
    await settle(model);
    expect([model.count, model.found]).toEqual([30_000, 0]);
  });
});

describe('where lines are on the screen', () => {
  const of = (columns: readonly number[]) => ({ count: columns.length, eachColumns: (from: number, to: number, take: (c: number) => void) => { for (let i = from; i < to; i++) take(columns[i] ?? 0); } });
  it('is one row each without wrapping', () => {
    const layout = new LogLayout(of(many(1_000_000, () => '').map(() => 500)), 0, 600);
    expect([layout.rows, layout.topOf(999_999), layout.indexAt(12_345.6)]).toEqual([1_000_000, 999_999, 12_345]);
  });
  it('is as many as are needed with it, and there and back is the same', () => {
    const columns = many(3_000, () => '').map((_, i) => (i * 37) % 250);
    const layout = new LogLayout(of(columns), 80, 600, new Map([[10, 7]]));
    let row = 0;
    for (let i = 0; i < columns.length; i++) {
      const rows = i === 10 ? 7 : Math.max(1, Math.ceil((columns[i] ?? 0) / 80));
      expect(layout.topOf(i)).toBe(row);
      expect(layout.rowsAt(i)).toBe(rows);
      expect(layout.indexAt(row)).toBe(i);
      expect(layout.indexAt(row + rows - 0.1)).toBe(i);
      row += rows;
    }
    expect(layout.rows).toBe(row);
  });
  it('grows at the end', () => {
    const columns = many(300, () => '').map(() => 100);
    const layout = new LogLayout(of(columns), 80, 600);
    expect(layout.rows).toBe(600);
    const lines = { count: 300, eachColumns: of(columns).eachColumns };
    const growing = new LogLayout(lines, 80, 600);
    columns.push(...many(500, () => '').map(() => 10));
    lines.count = 800;
    growing.grow();
    expect([growing.rows, growing.topOf(799), growing.indexAt(1_099)]).toEqual([1_100, 1_099, 799]);
  });
  it('ends where the line is cut', () => expect(new LogLayout(of([10_000_000]), 80, 600).rows).toBe(8));
});

describe('a list of line numbers', () => {
  it('finds, and lets the oldest go', () => {
    const list = new LineList();
    for (let i = 0; i < 10_000; i += 2) list.push(i);
    expect([list.length, list.indexOf(9), list.has(8), list.has(9)]).toEqual([5_000, 5, true, false]);
    expect(list.dropBelow(9)).toBe(5);
    expect([list.length, list.at(0), list.at(-1)]).toEqual([4_995, 10, undefined]);
    for (let i = 10_000; i < 60_000; i += 2) list.push(i);
    expect([list.length, list.at(list.length - 1)]).toEqual([29_995, 59_998]);
  });
});
