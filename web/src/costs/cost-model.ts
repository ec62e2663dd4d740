/** A month of costs for eyes: bars, months, words. Pure; amounts are decimal text. */
import type { CostReport } from '../contracts.js';
import { timeFormat } from '../lib/format.js';
import { formatMoney, type Price } from '../lib/money.js';
import { t } from '../texts/text.js';


/** `2026-11` and −1 → `2026-10`. */
export const monthAfter = (month: string, by: number): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
};
const monthName = timeFormat({ month: 'long', year: 'numeric', timeZone: 'UTC' });
const dayName = timeFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' });
export const formatMonth = (month: string): string => monthName.format(Date.parse(`${month}-01T00:00:00Z`));

export interface DayBar { readonly day: string; readonly label: string; readonly amount: string; /** Of the dearest day, 0–1. */ readonly part: number; readonly forecast: boolean }

/** Every day of the month in order, also those that cost nothing. */
export const dayBars = (report: CostReport, currency: string, of: keyof Price): readonly DayBar[] => {
  const found = new Map(report.days.filter(d => d.currency === currency).map(d => [d.day, d]));
  const [year = 0, number = 1] = report.month.split('-').map(Number);
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const today = report.as_of.slice(0, 10);
  const highest = Math.max(0, ...[...found.values()].map(d => Number(d[of])));
  return Array.from({ length }, (_, i) => {
    const day = `${report.month}-${String(i + 1).padStart(2, '0')}`;
    const amount = found.get(day)?.[of] ?? '0';
    return { day, label: dayName.format(Date.parse(`${day}T00:00:00Z`)), amount, part: highest === 0 ? 0 : Number(amount) / highest, forecast: found.get(day)?.forecast ?? day >= today };
  });
};

/** A row of a break-down; what is nothing is left out. */
export const breakdown = (line: Pick<CostReport['servers'][number], 'server' | 'ipv4' | 'snapshots'>): readonly (readonly [string, { readonly so_far: Price; readonly forecast: Price }])[] =>
  ([[t('Server'), line.server], [t('IPv4 address'), line.ipv4], [t('Snapshots'), line.snapshots]] as const).filter(([, s]) => s === line.server || Number(s.forecast.gross) > 0 || Number(s.so_far.gross) > 0);

/** The tax in an amount: what gross is more than net, as text. */
export const vatOf = ({ net, gross }: Price): string => { const vat = Number(gross) - Number(net); return vat > 0 ? vat.toFixed(4) : '0'; };

/** Small amounts with more digits, so that a cent's fraction is not nothing. */
export const money = (amount: string, currency: string): string => formatMoney(amount, currency, Number(amount) > 0 && Number(amount) < 0.1 ? 4 : 2);
