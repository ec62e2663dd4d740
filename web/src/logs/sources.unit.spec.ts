import { afterEach, describe, expect, it } from '@jest/globals';
import { followedLog, type FollowedLog } from './followed-log.js';
import { GrowingLog } from './growing-log.js';
import { joinTail, readSignal, type LogSignal } from './join-tail.js';
import { readLogSettings } from './log-settings.js';
import type { LogListener, LogState } from './log-source.js';

const listening = (): LogListener & { readonly shown: string[]; states: LogState[] } => {
  const shown: string[] = [];
  const states: LogState[] = [];
  return { shown, states, lines: lines => void shown.push(...lines), reset: () => { shown.length = 0; }, gap: count => void shown.push(`… ${count}`), state: s => void states.push(s) };
};
/** Of what is followed: its timers end with the test. */
const stops: (() => void)[] = [];
afterEach(() => { for (const stop of stops.splice(0)) stop(); });
const follow = (log: FollowedLog, to: LogListener, clock: () => number = () => 0): (() => void) => {
  const stop = followedLog(log, clock).subscribe(to);
  stops.push(stop);
  return stop;
};
const turns = async (): Promise<void> => { for (let i = 0; i < 20; i++) await Promise.resolve(); };

/** A service that follows, and a connection that can be lost. */
const ground = (asked: readonly string[]) => {
  let tell: ((signal: LogSignal) => void) | undefined;
  let answer: (lines: readonly string[]) => void = () => undefined;
  let state = 'live';
  const changes = new Set<() => void>();
  const stopped: string[] = [];
  let rounds = 0;
  const log: FollowedLog = {
    connection: { get: () => ({ state }), subscribe: fn => { changes.add(fn); return () => changes.delete(fn); } },
    listen: fn => { tell = fn; return () => { tell = undefined; }; },
    follow: () => Promise.resolve({ follower: `f${++rounds}`, renew_within_ms: 60_000 }),
    stop: follower => { stopped.push(follower); return Promise.resolve(); },
    ask: () => new Promise(resolve => { answer = lines => resolve({ lines, truncated: false }); }),
  };
  return {
    log, stopped, answer: (lines = asked) => answer(lines), heard: () => tell !== undefined,
    say: (...lines: string[]) => tell?.({ lines, dropped: 0 }), signal: (signal: LogSignal) => tell?.(signal),
    connection: (next: string) => { state = next; for (const fn of changes) fn(); },
  };
};

describe('the seam between what was asked and what follows', () => {
  it('shows lines once', () => {
    expect(joinTail(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd']);
    expect(joinTail(['a', 'a'], ['a', 'a', 'a'])).toEqual(['a', 'a', 'a']);
    expect(joinTail(['a', 'b', 'c'], ['b', 'x'])).toEqual(['a', 'b', 'c', 'b', 'x']);
    expect(joinTail([], ['c'])).toEqual(['c']);
  });
  it('takes nothing that is no lines', () => {
    expect([null, 7, {}, { lines: 'x' }].map(readSignal)).toEqual([undefined, undefined, undefined, undefined]);
    expect(readSignal({ lines: ['a', 7], ended: { code: 'X', message: 'y' } })).toEqual({ lines: ['a'], dropped: 0, ended: { code: 'X', message: 'y' } });
  });
});

describe('a followed log', () => {
  it('tells each line once and in order, whatever came first', async () => {
    const g = ground(['a', 'b', 'c']);
    const to = listening();
    const stop = follow(g.log, to);
    await turns();
    g.say('c', 'd');
    g.answer();
    await turns();
    expect(to.shown).toEqual(['a', 'b', 'c', 'd']);
    g.say('e');
    expect(to.shown).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(to.states.at(-1)).toMatchObject({ loading: false, following: 'live' });
    stop();
    expect([g.stopped, g.heard()]).toEqual([['f1'], false]);
  });
  it('finds the seam elsewhere when more has come', async () => {
    const g = ground(['x', 'y', 'x']);
    const to = listening();
    follow(g.log, to);
    await turns();
    g.answer();
    await turns();
    g.say('x');
    expect(to.shown).toEqual(['x', 'y', 'x']);
    g.say('y', 'x', 'z');
    expect(to.shown).toEqual(['x', 'y', 'x', 'z']);
  });
  it('says what is missing where it is missing', async () => {
    let now = 0;
    const g = ground(['a']);
    const to = listening();
    follow(g.log, to, () => now);
    await turns();
    g.answer();
    await turns();
    now = 10_000;
    g.signal({ lines: ['b'], dropped: 3 });
    expect(to.shown).toEqual(['a', 'b', '… 3']);
    expect(to.states.at(-1)?.dropped).toBe(3);
  });
  it('begins anew when a lost connection is back', async () => {
    const g = ground(['a']);
    const to = listening();
    follow(g.log, to);
    await turns();
    g.answer();
    await turns();
    g.connection('connecting');
    expect(to.states.at(-1)?.following).toBe('off');
    g.connection('live');
    await turns();
    g.answer(['b', 'c']);
    await turns();
    expect(to.shown).toEqual(['b', 'c']);
    expect(g.stopped).toEqual(['f1']);
  });
  it('says why it ended', async () => {
    const g = ground([]);
    const to = listening();
    follow(g.log, to);
    await turns();
    g.answer();
    await turns();
    g.signal({ lines: [], dropped: 0, ended: { code: 'SERVER.TIMEOUT', message: 'gone' } });
    expect(to.states.at(-1)).toMatchObject({ following: 'off', problem: { code: 'SERVER.TIMEOUT', retryable: true } });
  });
});

describe('a log that comes with a view', () => {
  it('tells what is new of it, and begins anew with another one', () => {
    const log = new GrowingLog();
    const to = listening();
    log.subscribe(to);
    log.take(['a', 'b'], true);
    log.take(['a', 'b', 'c'], true);
    log.take(['c', 'd'], true);
    expect(to.shown).toEqual(['a', 'b', 'c', 'd']);
    log.take(['x'], true);
    expect(to.shown).toEqual(['x']);
    log.take([], false);
    expect(to.shown).toEqual([]);
    expect(to.states.at(-1)?.following).toBe('ended');
    const late = listening();
    log.take(['y'], true);
    log.subscribe(late);
    expect(late.shown).toEqual(['y']);
  });
});

describe('how somebody reads logs', () => {
  it('is kept; what is not known is left out', () => {
    expect(readLogSettings({ source: 'k3s', lines: 1_000, wrap: false, times: false, level: 'error' })).toEqual({ source: 'k3s', lines: 1_000, wrap: false, times: false, level: 'error' });
    for (const bad of [null, 7, 'x', {}, { source: 'x', lines: 7, wrap: 1, level: 'loud' }]) expect(readLogSettings(bad)).toEqual({ source: 'system', lines: 500, wrap: true, times: true, level: 'all' });
  });
});
