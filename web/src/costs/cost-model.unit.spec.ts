import { describe, expect, it } from '@jest/globals';
import type { CostReport } from '../contracts.js';
import { breakdown, dayBars, formatMonth, money, monthAfter, vatOf } from './cost-model.js';
import { readCostSearch } from './cost-search.js';

const price = (net: string, gross: string): { net: string; gross: string } => ({ net, gross });
const report = {
  month: '2026-11', as_of: '2026-11-03T12:00:00.000Z', totals: [], servers: [], more: 0, days: [
    { day: '2026-11-01', currency: 'EUR', net: '0.10', gross: '0.12', forecast: false }, { day: '2026-11-03', currency: 'EUR', net: '0.20', gross: '0.24', forecast: true }, { day: '2026-11-03', currency: 'USD', net: '9', gross: '9', forecast: true },
  ],
} satisfies CostReport;

describe('a month of costs', () => {
  it('has a bar for every day, of one currency', () => {
    const bars = dayBars(report, 'EUR', 'gross');
    expect(bars).toHaveLength(30);
    expect(bars.slice(0, 4).map(b => [b.label, b.amount, b.part, b.forecast])).toEqual([['1 Nov', '0.12', 0.5, false], ['2 Nov', '0', 0, false], ['3 Nov', '0.24', 1, true], ['4 Nov', '0', 0, true]]);
  });
  it('has none higher than nothing in a month without costs', () => expect(dayBars({ ...report, days: [] }, 'EUR', 'net').every(b => b.part === 0)).toBe(true));
  it('goes over the end of a year', () => expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1), formatMonth('2026-11')]).toEqual(['2027-01', '2025-12', 'November 2026']));
  it('reads an address bar without trusting it', () => expect([{ month: '2026-11' }, { month: '2026-13' }, { month: 7 }].map(readCostSearch)).toEqual([{ month: '2026-11' }, {}, {}]));
});

describe('a break-down', () => {
  const sum = (gross: string): { so_far: { net: string; gross: string }; forecast: { net: string; gross: string } } => ({ so_far: price('0', gross), forecast: price('0', gross) });
  it('leaves out what is nothing, never the server', () => expect(breakdown({ server: sum('0'), ipv4: sum('0.1'), snapshots: sum('0') }).map(([name]) => name)).toEqual(['Server', 'IPv4 address']));
  it('says the tax', () => expect([vatOf(price('1.00', '1.19')), vatOf(price('1', '1'))]).toEqual(['0.1900', '0']));
  it('shows a fraction of a cent', () => expect([money('0.0057', 'EUR'), money('3.5581', 'EUR'), money('0', 'EUR')]).toEqual(['€0.0057', '€3.56', '€0.00']));
});
