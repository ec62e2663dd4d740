import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import type { AlertFinding, AlertKind, AlertLimits, MetricsSample } from '@xanthus/proto/vps';
import type { AlertEvent } from './alert.js';
import { alertDecider, type AlertCommand } from './alert.decide.js';
import { follow, newTrack, type Seen, type Track } from './evaluate.js';

const CALM: MetricsSample = {
  at: '2026-11-21T08:00:00.000Z', load1: 0.1, load5: 0.1, load15: 0.1, cpus: 2, cpu: 0.1, memory_used_bytes: 1, memory_bytes: 2, disk_used_bytes: 10, disk_bytes: 100, network_rx_bytes: 0, network_tx_bytes: 0,
  uptime_seconds: 1, latency_ms: 1, clock_offset_seconds: 0, services: { k3s: 'active', ssh: 'active', chrony: 'absent' },
};
const sample = (more: Partial<MetricsSample>): Seen => ({ kind: 'sample', sample: { ...CALM, ...more } });
const silence = (code = 'SERVER.TIMEOUT'): Seen => ({ kind: 'silence', code, message: 'No answer.' });

/** Every change of what is said about a kind, one sample every 10 s: `[second, 'open' | 'over']`. */
const course = (kind: AlertKind, series: readonly Seen[], limits: AlertLimits = {}): [number, string][] => {
  let track: Track = newTrack;
  const changes: [number, string][] = [];
  series.forEach((seen, i) => {
    const before = track.verdicts[kind]?.is;
    track = follow(track, seen, i * 10, limits);
    const now = track.verdicts[kind]?.is;
    if (now !== undefined && now !== before) changes.push([i * 10, now]);
  });
  return changes;
};
const repeat = <T>(n: number, ...parts: T[]): T[] => Array.from({ length: n }, () => parts).flat();
const disk = (percent: number): Seen => sample({ disk_used_bytes: percent });
const load = (load5: number): Seen => sample({ load5 });
const k3s = (state: 'active' | 'failed'): Seen => sample({ services: { k3s: state, ssh: 'active' } });
const off = (clock_offset_seconds: number): Seen => sample({ clock_offset_seconds });

describe('a disk', () => {
  it('is an alert above 90 %, and over only below 85 %', () => {
    expect(course('disk', [89, 90, 91, 90, 89, 86, 85, 84, 88].map(disk))).toEqual([[20, 'open'], [70, 'over']]);
  });
  it('around the limit does not flap', () => {
    expect(course('disk', repeat(100, disk(91), disk(89)))).toEqual([[0, 'open']]);
  });
  it('has a limit of its own where one is set', () => {
    expect(course('disk', [91, 94, 96, 92, 89].map(disk), { disk: 0.95 })).toEqual([[20, 'open'], [40, 'over']]);
  });
  it('of unknown size says nothing', () => {
    expect(course('disk', [sample({ disk_bytes: 0, disk_used_bytes: 0 })])).toEqual([]);
  });
});

describe('load', () => {
  it('is an alert after five minutes above twice the processors, and over after two below 1.5 times', () => {
    expect(course('load', [...repeat(40, load(4.1)), ...repeat(20, load(2.9))])).toEqual([[300, 'open'], [520, 'over']]);
  });
  it('that goes up and down does not count', () => {
    expect(course('load', repeat(50, ...repeat(29, load(9)), load(3.5)))).toEqual([]);
    expect(course('load', [...repeat(31, load(9)), ...repeat(50, load(2), load(3.5))])).toEqual([[300, 'open']]);
  });
  it('counts no time in which nobody watched', () => {
    expect(course('load', [...repeat(20, load(9)), silence(), ...repeat(20, load(9))])).toEqual([]);
  });
  it('of a machine that does not say how many processors it has says nothing', () => {
    const { cpus: _, ...bare } = CALM;
    expect(course('load', repeat(60, { kind: 'sample', sample: { ...bare, load5: 99 } } as const))).toEqual([]);
  });
});

describe('an unreachable server', () => {
  it('is an alert after a minute, and over after two answers', () => {
    expect(course('unreachable', [sample({}), sample({}), ...repeat(10, silence()), sample({}), sample({})])).toEqual([[10, 'over'], [80, 'open'], [130, 'over']]);
  });
  it('that answers now and then is none, and an open one stays open', () => {
    expect(course('unreachable', repeat(50, silence(), silence(), silence(), sample({})))).toEqual([]);
    expect(course('unreachable', [...repeat(10, silence()), ...repeat(50, sample({}), silence())])).toEqual([[60, 'open']]);
  });
  it('that shows another host key is one at once', () => {
    expect(course('unreachable', [silence('SERVER.HOST_KEY_CHANGED')])).toEqual([[0, 'open']]);
  });
  it('that was switched off is none', () => {
    expect(course('unreachable', [...repeat(10, silence()), { kind: 'off' }, { kind: 'off' }])).toEqual([[60, 'open'], [100, 'over']]);
    expect(course('disk', [disk(95), { kind: 'off' }])).toEqual([[0, 'open']]);
  });
  it('leaves other alerts as they were', () => {
    expect(course('disk', [disk(95), ...repeat(20, silence()), disk(95), disk(10)])).toEqual([[0, 'open'], [220, 'over']]);
  });
});

describe('a service', () => {
  it('that failed twice in a row is an alert, named', () => {
    expect(course('service', [k3s('failed'), k3s('active'), k3s('failed'), k3s('failed'), k3s('active'), k3s('active')])).toEqual([[30, 'open'], [50, 'over']]);
    const track = [k3s('failed'), k3s('failed')].reduce((t, seen, i) => follow(t, seen, i, {}), newTrack);
    expect(track.verdicts.service).toMatchObject({ is: 'open', finding: { services: ['k3s'], message: 'The service k3s has failed.' } });
  });
  it('of a machine without systemd says nothing', () => {
    const { services: _, ...bare } = CALM;
    expect(course('service', repeat(5, { kind: 'sample', sample: bare } as const))).toEqual([]);
  });
});

describe('a clock', () => {
  it('is an alert when it is off three times in a row, either way', () => {
    expect(course('clock', [off(60), off(0), off(-60), off(-60), off(-60), off(7), off(7), off(7), off(1), off(1), off(1)])).toEqual([[40, 'open'], [100, 'over']]);
  });
});

describe('kinds that are off', () => {
  it('are over, whatever is seen', () => {
    const track = follow(follow(newTrack, disk(99), 0, {}), disk(99), 10, { off: ['disk'] });
    expect(track.verdicts.disk?.is).toBe('over');
    expect(follow(newTrack, silence('SERVER.HOST_KEY_CHANGED'), 0, { off: ['unreachable'] }).verdicts.unreachable?.is).toBe('over');
  });
});

const FULL: AlertFinding = { kind: 'disk', message: 'The disk is 95 % full.', value: 0.95, limit: 0.9 };
const raised: AlertEvent = { type: 'AlertRaised', data: FULL };
const after = (...events: AlertEvent[]) => given(alertDecider, events, { now: '2026-11-21T08:00:00.000Z' });
const observe = (raise: readonly AlertFinding[], cleared: readonly AlertKind[] = []): AlertCommand => ({ type: 'Observe', data: { raised: raise, cleared: cleared.map(kind => ({ kind })) } });

describe('alerts of a server', () => {
  it('are raised once and cleared once', () => {
    expect(after().when(observe([FULL])).then()).toEqual([raised]);
    expect(after(raised).when(observe([{ ...FULL, value: 0.99 }])).then()).toEqual([]);
    expect(after(raised).when(observe([], ['disk', 'load'])).then()).toEqual([{ type: 'AlertCleared', data: { kind: 'disk' } }]);
    expect(after(raised, { type: 'AlertCleared', data: { kind: 'disk' } }).when(observe([], ['disk'])).then()).toEqual([]);
  });

  it('tell of another service that fails', () => {
    const failed = (...services: string[]): AlertFinding => ({ kind: 'service', message: '', services });
    const one: AlertEvent = { type: 'AlertRaised', data: failed('k3s') };
    expect(after(one).when(observe([failed('k3s')])).then()).toEqual([]);
    expect(after(one, { type: 'AlertAcknowledged', data: { kind: 'service' } }).when(observe([failed('chrony', 'k3s')])).state()).toMatchObject({ open: { service: { acknowledged: true, finding: { services: ['chrony', 'k3s'] } } } });
  });

  it('are acknowledged while they are open, once', () => {
    const acknowledge: AlertCommand = { type: 'Acknowledge', data: { kind: 'disk' } };
    expect(after().when(acknowledge).refusal()).toBe('ALERT.NOT_OPEN');
    expect(after(raised).when(acknowledge).then()).toEqual([{ type: 'AlertAcknowledged', data: { kind: 'disk' } }]);
    expect(after(raised, { type: 'AlertAcknowledged', data: { kind: 'disk' } }).when(acknowledge).then()).toEqual([]);
    expect(after(raised, { type: 'AlertAcknowledged', data: { kind: 'disk' } }, { type: 'AlertCleared', data: { kind: 'disk' } }, raised).state().open.disk?.acknowledged).toBe(false);
  });

  it('are muted until a time to come, at most 90 days ahead', () => {
    const mute = (until: string | null): AlertCommand => ({ type: 'Mute', data: { kind: 'load', until } });
    const until = '2026-11-22T08:00:00.000Z';
    for (const wrong of ['2026-11-21T08:00:00.000Z', '2020-01-01T00:00:00.000Z', '2027-11-21T08:00:00.000Z']) expect(after().when(mute(wrong)).refusal()).toBe('ALERT.UNTIL_INVALID');
    expect(after().when(mute(until)).then()).toEqual([{ type: 'AlertMuted', data: { kind: 'load', until } }]);
    expect(after().when(mute(null)).then()).toEqual([]);
    const muted: AlertEvent = { type: 'AlertMuted', data: { kind: 'load', until } };
    expect(after(muted).when(mute(until)).then()).toEqual([]);
    expect(after(muted).when(mute(null)).state().muted).toEqual({});
  });

  it('have limits of their own', () => {
    const set = (limits: AlertLimits): AlertCommand => ({ type: 'SetLimits', data: { limits } });
    expect(after().when(set({ disk: 0.95 })).then()).toEqual([{ type: 'AlertLimitsSet', data: { limits: { disk: 0.95 } } }]);
    expect(after({ type: 'AlertLimitsSet', data: { limits: { disk: 0.95, off: ['load', 'disk'] } } }).when(set({ off: ['disk', 'load', 'disk'], disk: 0.95 })).then()).toEqual([]);
    expect(after({ type: 'AlertLimitsSet', data: { limits: { disk: 0.95 } } }).when(set({})).state().limits).toEqual({});
  });

  it('skip events that they do not know', () => {
    const state = after(raised).state();
    expect(alertDecider.evolve(state, { type: 'AlertPainted', data: {} } as never, {} as never)).toBe(state);
  });
});
