import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reportCosts, type CostRow } from './cost-arithmetic.js';

type Period = CostRow['periods'][number];
const CX23: Period = {
  type: 'cx23', location: 'fsn1', currency: 'EUR', vat_percent: '19.00', hourly: { net: '0.0048000000', gross: '0.0057120000000000' }, monthly: { net: '2.9900000000', gross: '3.5581000000000000' },
  ipv4: { hourly: { net: '0.0008', gross: '0.000952' }, monthly: { net: '0.50', gross: '0.595' } }, snapshot_gb_month: { net: '0.0110', gross: '0.01309' }, from: '2026-11-01T00:00:00.000Z', to: null,
};
const CX33: Period = { ...CX23, type: 'cx33', hourly: { net: '0.0080', gross: '0.00952' }, monthly: { net: '4.99', gross: '5.9381' } };
const row = (change: Partial<CostRow> = {}): CostRow => {
  const since = change.since ?? '2026-11-01T00:00:00.000Z';
  return { id: '01jd3x8e2v5y9w4z7q6r1s0tab', name: 'web-1', provider: 'hetzner', provider_id: null, since, until: null, periods: [{ ...CX23, ipv4: null, from: since }], snapshots: [], changed_at: since, ...change };
};
const soFar = (rows: readonly CostRow[], at: string, month?: string): string | undefined => reportCosts(rows, at, month).totals[0]?.so_far.net;
const sum = (texts: readonly string[]): number => Math.round(texts.reduce((all, t) => all + Number(t) * 10_000, 0));

describe('hours', () => {
  it.each([
    ['none has started', '2026-11-01T00:00:00.000Z', '0.0000', 0],
    ['a started hour is a whole one', '2026-11-01T00:00:00.001Z', '0.0048', 1],
    ['an hour to its end', '2026-11-01T01:00:00.000Z', '0.0048', 1],
    ['61 minutes are two', '2026-11-01T01:01:00.000Z', '0.0096', 2],
    ['a day', '2026-11-02T00:00:00.000Z', '0.1152', 24],
  ])('%s', (_, at, amount, hours) => {
    const report = reportCosts([row()], at);
    expect([report.totals[0]?.so_far.net, report.servers[0]?.hours]).toEqual([amount, hours]);
  });

  it('are counted from the start of the server: one that starts before midnight belongs to the month before', () => {
    const since = '2026-10-31T23:30:00.000Z';
    expect(soFar([row({ since })], '2026-11-01T00:20:00.000Z')).toBe('0.0000');
    expect(soFar([row({ since })], '2026-11-01T00:31:00.000Z')).toBe('0.0048');
    expect(soFar([row({ since })], '2026-11-01T00:20:00.000Z', '2026-10')).toBe('0.0048');
  });

  it('net and gross, with the address beside', () => {
    const { totals: [total], servers: [line] } = reportCosts([row({ periods: [CX23] })], '2026-11-01T10:00:00.000Z');
    expect(total).toMatchObject({ currency: 'EUR', so_far: { net: '0.0560', gross: '0.0666' }, hourly: { net: '0.005600', gross: '0.006664' }, monthly: { net: '3.4900', gross: '4.1531' }, servers: 1 });
    expect(line).toMatchObject({ server: { so_far: { net: '0.0480' } }, ipv4: { so_far: { net: '0.0080' } }, capped: false });
  });
});

describe('the limit of a month', () => {
  it('is never exceeded, and further hours cost nothing', () => {
    const before = reportCosts([row()], '2026-11-26T00:00:00.000Z').servers[0];
    const after = reportCosts([row()], '2026-11-30T23:00:00.000Z').servers[0];
    expect([before?.so_far.net, before?.capped]).toEqual(['2.8800', false]);
    expect([after?.so_far.net, after?.capped, after?.forecast.net]).toEqual(['2.9900', true, '2.9900']);
  });

  it('begins anew with each month; the one before is told beside', () => {
    const { totals: [total] } = reportCosts([row({ since: '2026-10-01T00:00:00.000Z' })], '2026-11-01T10:00:00.000Z');
    expect([total?.previous.net, total?.so_far.net, total?.forecast.net]).toEqual(['2.9900', '0.0480', '2.9900']);
  });

  it('is the highest that held, when the price changed midway', () => {
    const changed = row({ periods: [{ ...CX23, ipv4: null, to: '2026-11-16T00:00:00.000Z' }, { ...CX33, ipv4: null, from: '2026-11-16T00:00:00.000Z' }] });
    // 360 h × 0.0048 + 360 h × 0.0080 = 4.608, under 4.99
    expect(reportCosts([changed], '2026-11-30T23:59:00.000Z').totals[0]?.so_far.net).toBe('4.6080');
    const late = row({ periods: [{ ...CX33, ipv4: null, to: '2026-11-29T00:00:00.000Z' }, { ...CX23, ipv4: null, from: '2026-11-29T00:00:00.000Z' }] });
    expect(soFar([late], '2026-11-30T23:59:00.000Z')).toBe('4.9900');
  });
});

describe('prices over time', () => {
  it('an hour costs what held when it started', () => {
    const changed = row({ periods: [{ ...CX23, ipv4: null, to: '2026-11-01T01:30:00.000Z' }, { ...CX33, ipv4: null, from: '2026-11-01T01:30:00.000Z' }] });
    expect(soFar([changed], '2026-11-01T02:00:00.000Z')).toBe('0.0096');
    expect(soFar([changed], '2026-11-01T03:00:00.000Z')).toBe('0.0176');
  });

  it('a deleted server stays in the bill of its month, and grows no more', () => {
    const gone = row({ until: '2026-11-02T00:00:00.000Z' });
    const report = reportCosts([gone], '2026-11-20T00:00:00.000Z');
    expect(report.totals[0]).toMatchObject({ so_far: { net: '0.1152' }, forecast: { net: '0.1152' }, hourly: { net: '0.000000' }, servers: 0 });
    expect(report.servers[0]?.until).toBe('2026-11-02T00:00:00.000Z');
    expect(reportCosts([gone], '2026-12-20T00:00:00.000Z')).toMatchObject({ servers: [], totals: [{ so_far: { net: '0.0000' }, previous: { net: '0.1152' } }] });
  });

  it('a snapshot costs by size and time', () => {
    const with_ = row({ snapshots: [{ snapshot: '4712', bytes: 100_000_000_000, from: '2026-11-01T00:00:00.000Z', to: '2026-11-16T00:00:00.000Z' }] });
    // 100 GB × 0.011 × half a month
    expect(reportCosts([with_], '2026-11-30T00:00:00.000Z').servers[0]?.snapshots).toEqual({ so_far: { net: '0.5500', gross: '0.6545' }, forecast: { net: '0.5500', gross: '0.6545' } });
  });

  it('keeps currencies apart, and puts the dearest first', () => {
    const report = reportCosts([row(), row({ id: '01jd3x8e2v5y9w4z7q6r1s0tac', name: 'big', periods: [CX33] }), row({ id: '01jd3x8e2v5y9w4z7q6r1s0tad', name: 'far', periods: [{ ...CX23, currency: 'USD' }] })], '2026-11-10T00:00:00.000Z');
    expect(report.totals.map(t => [t.currency, t.servers])).toEqual([['EUR', 2], ['USD', 1]]);
    expect(report.servers.map(s => s.name)).toEqual(['big', 'far', 'web-1']);
    expect(report.days.filter(d => d.currency === 'USD')).toHaveLength(30);
  });

  it('of nothing are nothing', () => {
    expect(reportCosts([], '2026-11-10T00:00:00.000Z')).toEqual({ month: '2026-11', as_of: '2026-11-10T00:00:00.000Z', totals: [], servers: [], more: 0, days: [] });
    expect(reportCosts([row({ since: '2026-12-01T00:00:00.000Z' })], '2026-11-10T00:00:00.000Z').servers).toEqual([]);
  });
});

it('lists the dearest of many; the totals are of all', () => {
  const many = Array.from({ length: 520 }, (_, i) => row({ id: `01jd3x8e2v5y9w4z7q6r1s${String(i).padStart(4, '0')}`, ...(i < 500 ? { periods: [CX33] } : {}) }));
  const report = reportCosts(many, '2026-11-01T01:00:00.000Z');
  expect([report.servers.length, report.more, report.totals[0]?.servers, new Set(report.servers.map(s => s.type)).size]).toEqual([500, 20, 520, 1]);
});

describe('whatever the prices', () => {
  const START = Date.UTC(2026, 9, 20);
  const digits = (max: number) => fc.integer({ min: 0, max }).map(n => (n / 10_000).toFixed(4));
  const price = fc.record({ net: digits(500), gross: digits(600) });
  const rows = fc.array(fc.record({
    since: fc.integer({ min: 0, max: 40 * 24 * 3_600 }), life: fc.option(fc.integer({ min: 1, max: 40 * 24 * 3_600 })), change: fc.integer({ min: 1, max: 20 * 24 * 3_600 }),
    hourly: fc.tuple(price, price), monthly: fc.tuple(price, price), bytes: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  }), { maxLength: 4 });
  const iso = (s: number): string => new Date(START + s * 1_000).toISOString();

  it('days, parts and servers add up to the totals, and no month costs more than its limits', () => {
    fc.assert(fc.property(rows, fc.integer({ min: 0, max: 60 * 24 * 3_600 }), (all, now) => {
      const given = all.map(({ since, life, change, hourly: [h1, h2], monthly: [m1, m2], bytes }, i) => row({
        id: `01jd3x8e2v5y9w4z7q6r1s0t${String(i).padStart(2, '0')}`, since: iso(since), until: life === null ? null : iso(since + life),
        periods: [{ ...CX23, hourly: h1, monthly: m1, from: iso(since), to: iso(since + change) }, { ...CX33, hourly: h2, monthly: m2, from: iso(since + change) }],
        snapshots: [{ snapshot: 'a', bytes, from: iso(since), to: null }],
      }));
      const report = reportCosts(given, iso(now), '2026-11');
      const [total] = report.totals;
      for (const kind of ['net', 'gross'] as const) {
        expect(sum(report.days.map(d => d[kind]))).toBe(sum(total ? [total.forecast[kind]] : []));
        expect(sum(report.servers.map(s => s.so_far[kind]))).toBe(sum(total ? [total.so_far[kind]] : []));
        for (const s of report.servers) {
          expect(sum([s.server.so_far[kind], s.ipv4.so_far[kind], s.snapshots.so_far[kind]])).toBe(sum([s.so_far[kind]]));
          expect(Number(s.forecast[kind])).toBeGreaterThanOrEqual(Number(s.so_far[kind]));
          const limit = Math.max(...given.filter(g => g.id === s.id).flatMap(g => g.periods.map(p => Number(p.monthly[kind]))));
          expect(Number(s.server.forecast[kind])).toBeLessThanOrEqual(limit);
        }
      }
      for (const d of report.days) expect(Number(d.net)).toBeGreaterThanOrEqual(0);
    }), { numRuns: 150 });
  });
});
