import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordingPart } from '../contracts.js';
import { createPlayer, POLL, readSize, type Player } from './player.js';
import { clock, readMoment, readRecordingSearch, spokenMoment } from './recording-link.js';

const header = { version: 3, term: { cols: 90, rows: 20 } };
const page = (events: RecordingPart['events'], o: Partial<RecordingPart> = {}): RecordingPart => ({ header, screen: null, events, cursor: null, live: false, ...o });

let [time, soon, later]: [number, (() => void) | undefined, { fn: () => void; ms: number } | undefined] = [0, undefined, undefined];
let shown: string[] = [];
let asked: { from_ms?: number; cursor?: string }[] = [];
let answers: RecordingPart[] = [];
let drawn: (() => void)[] = [];
let player: Player;
/** Lets what was answered arrive. */
const settle = async (): Promise<void> => { for (let i = 0; i < 20; i++) await Promise.resolve(); };
const pass = async (ms: number): Promise<void> => {
  for (let left = ms; left > 0; left -= 100) {
    time += Math.min(100, left);
    const run = soon;
    soon = undefined;
    run?.();
    await settle();
  }
};
beforeEach(() => {
  [time, soon, later, shown, asked, answers, drawn] = [0, undefined, undefined, [], [], [], []];
  player = createPlayer({
    screen: { reset: (c, r) => void shown.push(`reset ${c}x${r}`), resize: (c, r) => void shown.push(`size ${c}x${r}`), write: (text, done) => { shown.push(text); drawn.push(done); done(); } },
    ask: input => { asked.push(input); const answer = answers.shift(); return answer ? Promise.resolve(answer) : Promise.reject(new Error('no more')); },
    now: () => time, soon: fn => { soon = fn; return () => { soon = undefined; }; }, later: (fn, ms) => { later = { fn, ms }; return () => { later = undefined; }; },
  });
});

describe('a player', () => {
  it('shows each event at its moment, sizes among them, and stops at the end', async () => {
    answers = [page([[0, 'o', 'a'], [1_000, 'o', 'b'], [1_000, 'r', '100x30'], [1_000, 'o', 'c'], [1_500, 'x', '0']])];
    await player.seek(0);
    expect([shown, player.get().status]).toEqual([['reset 90x20', 'a'], 'paused']);
    player.play();
    await pass(900);
    expect(shown).toHaveLength(2);
    await pass(200);
    expect(shown).toEqual(['reset 90x20', 'a', 'b', 'size 100x30', 'c']);
    await pass(1_000);
    expect(player.get()).toMatchObject({ status: 'ended', at_ms: 1_500 });
  });

  it('never shows what was typed or marks', async () => {
    answers = [page([[0, 'i', 'secret'], [0, 'm', 'mark'], [0, 'o', 'x']])];
    await player.seek(0);
    expect(shown).toEqual(['reset 90x20', 'x']);
  });

  it('plays at another speed, and over pauses where that is wanted', async () => {
    answers = [page([[0, 'o', 'a'], [60_000, 'o', 'b'], [61_000, 'o', 'c']])];
    await player.seek(0);
    player.play();
    await pass(700);
    expect(shown.at(-1)).toBe('b');
    player.setSpeed(4);
    await pass(300);
    expect(shown.at(-1)).toBe('c');
    answers = [page([[0, 'o', 'a'], [60_000, 'o', 'b']])];
    player.setSkipIdle(false);
    await player.seek(0);
    player.play();
    await pass(10_000);
    expect(shown.at(-1)).toBe('a');
    expect(player.get().at_ms).toBeGreaterThan(30_000);
  });

  it('jumps with the screen of that moment, and what came after it', async () => {
    answers = [page([[59_000, 'o', 'x'], [60_500, 'o', 'y'], [62_000, 'o', 'z']], { screen: { at_ms: 58_000, cols: 70, rows: 10, text: 'SCREEN' } })];
    await player.seek(61_000);
    expect([asked, shown]).toEqual([[{ from_ms: 61_000 }], ['reset 70x10', 'SCREEN', 'xy']]);
    expect(player.get()).toMatchObject({ status: 'paused', at_ms: 61_000 });
  });

  it('asks for pages before they are needed, and until the moment is reached', async () => {
    answers = [page([[0, 'o', 'a']], { cursor: '1.0' }), page([[5_000, 'o', 'b']], { cursor: '2.0' }), page([[90_000, 'o', 'c']])];
    await player.seek(6_000);
    expect([asked.length, shown]).toEqual([3, ['reset 90x20', 'a', 'b']]);
  });

  it('forgets the answer to a jump when another came', async () => {
    answers = [page([[0, 'o', 'old']]), page([[0, 'o', 'new']])];
    const first = player.seek(0);
    await player.seek(0);
    await first;
    expect(shown).toEqual(['reset 90x20', 'new']);
  });

  it('follows one that still goes on', async () => {
    answers = [page([[0, 'o', 'a']], { cursor: '1.0', live: true })];
    await player.seek(0);
    player.play();
    await pass(200);
    expect([player.get().status, later?.ms]).toEqual(['live', POLL]);
    answers = [page([[300, 'o', 'b']])];
    later?.fn();
    await settle();
    await pass(1_000);
    expect([shown.at(-1), player.get().status]).toEqual(['b', 'ended']);
  });

  it('says why it cannot go on, and tries again', async () => {
    await player.seek(3_000);
    expect(player.get()).toMatchObject({ status: 'failed', error: new Error('no more') });
    answers = [page([[4_000, 'o', 'x']])];
    player.play();
    await settle();
    expect([asked.at(-1), player.get().status]).toEqual([{ from_ms: 3_000 }, 'paused']);
  });

  it('waits for a screen that draws too slowly', async () => {
    const slow = createPlayer({
      screen: { reset: () => undefined, resize: () => undefined, write: (_text, done) => void drawn.push(done) },
      ask: () => Promise.resolve(page([[100, 'o', 'x'.repeat(300_000)], [5_000, 'o', 'y']])), now: () => time, soon: fn => { soon = fn; return () => { soon = undefined; }; }, later: () => () => undefined,
    });
    await slow.seek(0);
    slow.play();
    await pass(1_000);
    const { at_ms } = slow.get();
    await pass(1_000);
    expect(slow.get().at_ms).toBe(at_ms);
    drawn[0]?.();
    await pass(500);
    expect(slow.get().at_ms).toBeGreaterThan(at_ms);
  });
});

describe('moments and sizes', () => {
  it('are read from addresses', () => {
    expect([readMoment('95'), readMoment('1h2m3s'), readMoment(7), readMoment('2m'), readMoment('x'), readMoment(''), readMoment('-1')]).toEqual([95, 3_723, 7, 120, undefined, undefined, undefined]);
    expect(readRecordingSearch({ t: '95', q: ' ' })).toEqual({ t: 95 });
    expect(readRecordingSearch({ q: 'error' })).toEqual({ q: 'error' });
  });
  it('are shown and said', () => {
    expect([clock(0), clock(65_000), clock(3_725_999)]).toEqual(['0:00', '1:05', '1:02:05']);
    expect([spokenMoment(0), spokenMoment(61_000), spokenMoment(3_600_000)]).toEqual(['the beginning', '1 minute 1 second', '1 hour']);
  });
  it('of screens are bounded', () => expect([readSize('80x24'), readSize('9999x999'), readSize('0x1'), readSize('a')]).toEqual([{ cols: 80, rows: 24 }, { cols: 1_000, rows: 500 }, undefined, undefined]));
});
