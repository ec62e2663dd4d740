import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { castHeader, castLine, cutText, utf8Cut } from './asciicast.js';
import { castWriter } from './cast-writer.js';
import { hashOf, keyOf, linesOf, NO_HASH, pack, seal, unseal, type Line } from './chunk.js';
import type { Batch } from './chunk-writer.js';
import { indexBuilder } from './index-of.js';
import { goesAt, hasOpened, type RecordingEvent } from './recording.js';
import { recordingDecider } from './recording.decide.js';
import { screenText } from './screen-text.js';

const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tsv';
const started: RecordingEvent = { type: 'RecordingStarted', data: { server: SERVER, server_name: 'web-1', title: 'web-1', person: 'p1', input: false, days: 90 } };
const end = { chunks: 1, bytes: 10, duration_ms: 5, head: NO_HASH, whole: true, problem: null };
const ended: RecordingEvent = { type: 'RecordingEnded', data: end };

describe('a recording', () => {
  it('is started and ended once, though a session is taken up again', () => {
    expect(given(recordingDecider, []).when({ type: 'Start', about: started.data }).then()).toEqual([started]);
    expect(given(recordingDecider, [started]).when({ type: 'Start', about: started.data }).then()).toEqual([]);
    expect(given(recordingDecider, [started, ended]).when({ type: 'Start', about: started.data }).refusal()).toBe('RECORDING.OVER');
    expect(given(recordingDecider, [started]).when({ type: 'End', end }).then()).toEqual([ended]);
    expect(given(recordingDecider, [started, ended]).when({ type: 'End', end: { ...end, whole: false } }).then()).toEqual([]);
  });
  it('tells each time who looked, and nothing of one that is gone', () => {
    expect(given(recordingDecider, [started]).when({ type: 'Open', what: 'played' }).then()).toEqual([{ type: 'RecordingOpened', data: { what: 'played' } }]);
    const gone: RecordingEvent = { type: 'RecordingDeleted', data: { reason: 'x' } };
    for (const type of [{ type: 'Open', what: 'played' }, { type: 'Keep', until: null }, { type: 'Delete', reason: 'x' }] as const) expect(given(recordingDecider, [started, ended, gone]).when(type).refusal()).toBe('RECORDING.NOT_FOUND');
    const state = given(recordingDecider, [started, { type: 'RecordingOpened', data: { what: 'played' } }]).when({ type: 'Keep', until: null }).state();
    const [who, at] = Object.entries('opened' in state ? state.opened : {})[0] ?? ['', ''];
    expect([hasOpened(state, who, Date.parse(at) + 3_599_000), hasOpened(state, who, Date.parse(at) + 3_600_000), hasOpened(state, 'other', Date.parse(at))]).toEqual([true, false, false]);
  });
  it('is deleted when it is over, and expires when its days are', () => {
    expect(given(recordingDecider, [started]).when({ type: 'Delete', reason: 'x' }).refusal()).toBe('RECORDING.NOT_OVER');
    expect(given(recordingDecider, [started, ended]).when({ type: 'Delete', reason: 'x' }).then()).toEqual([{ type: 'RecordingDeleted', data: { reason: 'x' } }]);
    expect(given(recordingDecider, [started, ended]).when({ type: 'Expire' }).then()).toEqual([]);
    expect(given(recordingDecider, [started, ended]).when({ type: 'Keep', until: '2000-01-01T00:00:00.000Z' }).refusal()).toBe('RECORDING.PAST');
    const startedAt = '2026-01-01T00:00:00.000Z';
    expect(goesAt({ startedAt, days: 10, keptUntil: null })).toBe(Date.parse('2026-01-11T00:00:00.000Z'));
    expect(goesAt({ startedAt, days: 10, keptUntil: '2026-01-05T00:00:00.000Z' })).toBe(Date.parse('2026-01-11T00:00:00.000Z'));
    expect(goesAt({ startedAt, days: 10, keptUntil: '2027-01-05T00:00:00.000Z' })).toBe(Date.parse('2027-01-05T00:00:00.000Z'));
    expect(goesAt({ startedAt, days: 0, keptUntil: null })).toBeUndefined();
  });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an asciicast', () => {
  it('has the header and lines of version 3', () => {
    expect(castHeader({ cols: 120, rows: 40, began: 1_795_287_600_500, title: 'web-1' })).toMatchObject({ version: 3, term: { cols: 120, rows: 40, type: 'xterm-256color' }, timestamp: 1_795_287_600, title: 'web-1' });
    expect(castLine(1_234, 'o', 'a\u001B[0m"\n')).toBe('[1.234,"o","a\\u001b[0m\\"\\n"]');
  });
  it.each(['é', '€', '日本語', '😀 ok', 'a😀€é😀'])('never tears %s, wherever it is cut', text => {
    const all = bytes(text);
    for (let at = 0; at <= all.length; at++) {
      const cut = utf8Cut();
      expect(cut.text(all.subarray(0, at)) + cut.text(all.subarray(at)) + cut.rest()).toBe(text);
    }
    const one = utf8Cut();
    expect([...all].map(b => one.text(Uint8Array.of(b))).join('')).toBe(text);
  });
  it('replaces what is no letter, and nothing else', () => {
    const cut = utf8Cut();
    expect(cut.text(Uint8Array.of(0x61, 0xff, 0xe2, 0x82)) + cut.text(bytes('b€'))).toBe('a\uFFFD\uFFFDb€');
    expect(cut.text(Uint8Array.of(0xf0, 0x9f)) + cut.rest()).toBe('\uFFFD');
  });
  it('cuts long text between letters', () => {
    expect(cutText('a😀b', 2)).toEqual(['a', '😀', 'b']);
    expect(cutText('abcdef', 4)).toEqual(['abcd', 'ef']);
  });
  it('counts time from event to event, across chunks, and never backwards', () => {
    const batches: Batch[] = [];
    const cast = castWriter({ cols: 80, rows: 24, began: 0, title: 't', last: undefined, onBatch: b => void batches.push(b) });
    cast.output(100, bytes('a'));
    cast.output(1_600, bytes('b'));
    cast.flush();
    cast.output(1_500, bytes('c'));
    cast.event(4_000, 'r', '100x30');
    cast.event(4_000, 'x', '0');
    cast.flush();
    cast.flush();
    expect(batches.map(({ n, from, to }) => [n, from, to])).toEqual([[0, 0, 1_600], [1, 1_600, 4_000]]);
    expect(batches.flatMap(b => linesOf(b.text)).filter(Array.isArray)).toEqual([[0.1, 'o', 'a'], [1.5, 'o', 'b'], [0, 'o', 'c'], [2.4, 'r', '100x30'], [0, 'x', '0']]);
  });
  it('takes no screen within an escape sequence', () => {
    const cast = castWriter({ cols: 80, rows: 24, began: 0, title: 't', last: undefined, onBatch: () => undefined });
    cast.output(1, bytes('ok'));
    expect(cast.place()).toEqual({ n: 0, i: 1, at_ms: 1 });
    cast.output(2, bytes('\u001B[3'));
    expect(cast.place()).toBeUndefined();
    cast.output(3, bytes('1m'));
    expect(cast.place()).toBeDefined();
    cast.output(4, bytes('\u001B]0;title'));
    expect(cast.place()).toBeUndefined();
    cast.output(5, bytes('\u001B\\'));
    expect(cast.place()).toEqual({ n: 0, i: 5, at_ms: 5 });
  });
});

describe('a chunk', () => {
  const place = { tenant: 'acme', session: SERVER };
  const key = keyOf(Buffer.alloc(32, 7), SERVER);
  const about = { n: 0, began: 1, from: 0, to: 5, raw: 3, bytes: 9, key: -1, secret: 'recordings-x', prev: NO_HASH };
  it('opens with its key at its place, and nowhere else', async () => {
    const sealed = seal(key, place, '0', await pack('[0,"o","canary"]'));
    expect(sealed.includes('canary')).toBe(false);
    expect(await unseal(key, place, '0', sealed)).toBe('[0,"o","canary"]');
    await expect(unseal(key, place, '1', sealed)).rejects.toThrow();
    await expect(unseal(key, { ...place, tenant: 'other' }, '0', sealed)).rejects.toThrow();
    await expect(unseal(keyOf(Buffer.alloc(32, 7), 'another'), place, '0', sealed)).rejects.toThrow();
    for (let at = 0; at < sealed.length; at += 7) {
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await expect(unseal(key, place, '0', flipped)).rejects.toThrow();
      expect(hashOf(flipped, about)).not.toBe(hashOf(sealed, about));
    }
  });
  it('has a hash of all that stands beside it', () => {
    const sealed = Buffer.from('x');
    for (const other of [{ n: 1 }, { began: 2 }, { from: 1 }, { to: 6 }, { raw: 4 }, { bytes: 10 }, { key: 0 }, { secret: 'y' }, { prev: 'f'.repeat(64) }]) expect(hashOf(sealed, { ...about, ...other })).not.toBe(hashOf(sealed, about));
  });
});

describe('the lines of a screen', () => {
  const linesIn = (...written: string[]): string[] => {
    const found: string[] = [];
    const screen = screenText(line => void found.push(line));
    for (const text of written) screen.write(text);
    screen.flush();
    return found;
  };
  it('are what one reads, without colours and titles', () => {
    expect(linesIn('\u001B]0;title\u0007\u001B[1;31mred\u001B[0m text\r\nnext\r\n')).toEqual(['red text', 'next']);
    expect(linesIn('\u001B', '[3', '1mto', 'rn\u001B[', 'm\n')).toEqual(['torn']);
  });
  it('know what was typed over, and moves in the line', () => {
    expect(linesIn('10%\r20%\r100%\n')).toEqual(['100%']);
    expect(linesIn('lx\b \bs -l\n')).toEqual(['ls -l']);
    expect(linesIn('abc\u001B[2Dx\u001B[K\n')).toEqual(['ax']);
    expect(linesIn('a\u001B[5Gb\tc\n')).toEqual(['a   b   c']);
  });
  it('end where a program jumps', () => expect(linesIn('\u001B[2J\u001B[1;1Hone\u001B[2;1Htwo\u001B[?1049l')).toEqual(['one', 'two']));
  it('are bounded', () => expect(linesIn('x'.repeat(10_000)).every(l => l.length <= 4_000)).toBe(true));
});

describe('an index', () => {
  it('knows commands, marks, idle times and screens, however it is cut', () => {
    const lines: Line[] = [
      { header: { term: { cols: 100, rows: 30 } } }, [0.5, 'o', 'a'], [7, 'o', 'b'], [0, 'm', 'here'], { screen: { at_ms: 7_500, n: 0, i: 2, cols: 100, rows: 30, text: '' } },
      { command: { at_ms: 500, text: 'ls', exit_code: 0, duration_ms: 20, confidence: 'marked' } }, [1, 'o', 'c'],
    ];
    const whole = indexBuilder();
    whole.add(lines, 0);
    expect(whole.index).toEqual({
      cols: 100, rows: 30, duration_ms: 8_500, keyframes: [7_500], marks: [{ at_ms: 7_500, label: 'here' }], idle: [[500, 7_500]], truncated: false,
      commands: [{ at_ms: 500, text: 'ls', exit_code: 0, duration_ms: 20, confidence: 'marked' }],
    });
    const cut = indexBuilder();
    cut.add(lines.slice(0, 2), 0);
    const later = indexBuilder(cut.index);
    later.add(lines.slice(2), 500);
    expect(later.index).toEqual(whole.index);
  });
});
