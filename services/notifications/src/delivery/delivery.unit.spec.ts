import { describe, expect, it } from '@jest/globals';
import type { QueuedNotice } from '@xanthus/proto/notifications';
import { deliveryDecider, type DeliveryCommand } from './delivery.decide.js';
import { initialDelivery, isIdle, type DeliveryState } from './delivery.js';
import { GIVE_UP_AFTER, retryAfter } from './policy.js';
import { GATHER, heldUntil, isQuiet, isTimeZone } from './when.js';

const NOW = Date.parse('2026-11-21T08:00:00.000Z');
const notice = (n: number, severity: QueuedNotice['severity'] = 'warning'): QueuedNotice => ({ notice: `n${n}`, what: 'raised', kind: 'alert-disk', severity, text: 'Full.', thing: null, at: new Date(NOW).toISOString() });
const plain = { quiet: null, digest: { every: 'none', time_zone: 'UTC', errors: true } } as const;
const context = (ms: number) => ({ tenant: 'acme', id: 'c', actor: { kind: 'service' as const, id: 'notifications' }, now: new Date(NOW + ms).toISOString(), command_id: 'x', correlation_id: 'x' });
/** Each at so many ms. */
const run = (steps: readonly (readonly [number, DeliveryCommand])[], from: DeliveryState = initialDelivery) => steps.reduce(({ state, types }, [ms, command]) => {
  const events = deliveryDecider.decide(state, command, context(ms));
  return { types: [...types, ...events.map(e => e.type)], state: events.reduce((s, e) => deliveryDecider.evolve(s, e, { tenant: 'acme', id: 'c', seq: 1, occurred_at: new Date(NOW + ms).toISOString(), actor: { kind: 'service', id: 'notifications' } }), state) };
}, { state: from, types: [] as string[] });
const queue = (n: number, settings: Extract<DeliveryCommand, { type: 'Queue' }>['settings'] = plain, severity?: QueuedNotice['severity']): DeliveryCommand => ({ type: 'Queue', notice: notice(n, severity), settings, gather: GATHER });
const dueIn = (state: DeliveryState): number => Date.parse(state.due ?? '') - NOW;
const begin = (attempt = 1): DeliveryCommand => ({ type: 'Begin', delivery: 'd1', attempt });
const fail = (final = false): DeliveryCommand => ({ type: 'Fail', delivery: 'd1', code: 'X.Y', message: 'No.', final, first_pause: 10_000 });

describe('what waits for a channel', () => {
  it('goes as one message, however much comes within a minute', () => {
    expect(dueIn(run([[0, queue(0)]]).state)).toBe(GATHER.settle);
    const storm = run(Array.from({ length: 100 }, (_, n) => [n * 550, queue(n)] as const)).state;
    expect(dueIn(storm)).toBe(99 * 550 + GATHER.settle);
    expect(dueIn(run(Array.from({ length: 100 }, (_, n) => [n * 1_000, queue(n)] as const)).state)).toBe(GATHER.most);
    const { state, types } = run([[60_000, begin()]], storm);
    expect([types, state.queue, state.current?.notices.length]).toEqual([['DeliveryBegun'], [], 100]);
  });

  it('is queued once, and counted beyond what is kept', () => {
    expect(run([[0, queue(1)], [1, queue(1)]]).types).toEqual(['NoticeQueued']);
    const { state } = run(Array.from({ length: 250 }, (_, n) => [n, queue(n)] as const));
    expect([state.queue.length, state.more]).toEqual([200, 50]);
  });

  it('is tried again under the same id, after a crash too, and by one alone', () => {
    const { state, types } = run([[0, queue(1)], [5_000, begin()], [5_001, begin()], [5_002, begin(2)], [6_000, fail()], [7_000, queue(2)], [15_000, begin(3)], [15_100, { type: 'Succeed', delivery: 'd1', detail: 'ok', duration_ms: 1 }]]);
    expect(types).toEqual(['NoticeQueued', 'DeliveryBegun', 'DeliveryBegun', 'DeliveryFailed', 'NoticeQueued', 'DeliveryBegun', 'DeliverySucceeded']);
    expect([state.current, state.queue.map(n => n.notice)]).toEqual([null, ['n2']]);
  });

  it('is given up when it is refused for good, or after a day', () => {
    expect(run([[0, queue(1)], [1, begin()], [2, fail(true)]]).types.at(-1)).toBe('DeliveryGivenUp');
    expect(run([[0, queue(1)], [1, begin()], [GIVE_UP_AFTER, fail()]]).types.at(-1)).toBe('DeliveryGivenUp');
    const pauses = Array.from({ length: 10 }, (_, n) => retryAfter(n + 1) / 1_000);
    expect(pauses).toEqual([10, 30, 60, 120, 300, 600, 1_800, 3_600, 3_600, 3_600]);
  });

  it('is dropped with its channel', () => {
    const { state, types } = run([[0, queue(1)], [1, begin()], [2, queue(2)], [3, { type: 'Drop', because: 'removed' }], [4, { type: 'Drop', because: 'removed' }]]);
    expect([types.at(-1), types.filter(t => t === 'NoticesDropped').length, isIdle(state)]).toEqual(['NoticesDropped', 1, true]);
  });
});

describe('quiet hours and digests', () => {
  const quiet = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin', errors: true };
  const at = (text: string): number => Date.parse(text);
  const held = (time: string, severity: QueuedNotice['severity'] = 'warning', digest: Parameters<typeof heldUntil>[0]['digest'] = plain.digest): string | null => { const until = heldUntil({ quiet, digest }, severity, at(time)); return until === null ? null : new Date(until).toISOString(); };

  it('hold until their end where the channel is, errors aside', () => {
    expect([isQuiet(quiet, at('2026-11-21T21:00:00Z')), isQuiet(quiet, at('2026-11-21T06:00:00Z')), isQuiet(quiet, at('2026-11-21T20:59:00Z'))]).toEqual([true, false, false]);
    expect(held('2026-11-21T21:30:00Z')).toBe('2026-11-22T06:00:00.000Z');
    expect(held('2026-07-21T21:30:00Z')).toBe('2026-07-22T05:00:00.000Z');
    expect([held('2026-11-21T21:30:00Z', 'error'), held('2026-11-21T12:00:00Z')]).toEqual([null, null]);
  });

  it('collect by the hour or until the morning, and not into quiet hours', () => {
    expect(held('2026-11-21T12:10:00Z', 'info', { every: 'hourly', time_zone: 'UTC', errors: true })).toBe('2026-11-21T13:00:00.000Z');
    expect(held('2026-11-21T20:30:00Z', 'info', { every: 'hourly', time_zone: 'UTC', errors: true })).toBe('2026-11-22T06:00:00.000Z');
    expect(held('2026-11-21T12:10:00Z', 'info', { every: 'daily', time_zone: 'Europe/Berlin', errors: true })).toBe('2026-11-22T07:00:00.000Z');
    expect(held('2026-11-21T12:10:00Z', 'error', { every: 'daily', time_zone: 'Europe/Berlin', errors: true })).toBe(null);
  });

  it('wait for nothing once something urgent comes', () => {
    const waiting = { quiet: { ...quiet, from: '00:00', to: '23:00', time_zone: 'UTC' }, digest: plain.digest };
    const { state } = run([[0, queue(1, waiting)]]);
    expect(dueIn(state)).toBe(15 * 3_600_000);
    expect(dueIn(run([[1_000, queue(2, waiting, 'error')]], state).state)).toBe(1_000 + GATHER.settle);
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Base')]).toEqual([true, false]);
  });
});
