/** Which charts a series becomes, with their words and scales. Pure. */
import { byteCeiling, type Line } from '../../charts/chart-model.js';
import type { SeriesField } from '../../contracts.js';
import { formatBytes, formatPercent } from '../../lib/format.js';
import { niceCeiling } from '../../servers/metrics-series.js';
import { t } from '../../texts/text.js';
import type { Series } from './series.js';

export interface ChartSpec {
  readonly key: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly ceiling: number;
  readonly format: (value: number) => string;
  /** What it has now, beside the title; empty: nothing known. */
  readonly now: string;
  /** What the fraction is of. */
  readonly of?: string;
}

const rate = (value: number): string => `${formatBytes(value)}/s`;
const load = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const latency = (value: number): string => (value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);

const lineOf = (series: Series, key: SeriesField, label: string): Line => ({
  key, label,
  points: series.points.flatMap(({ at, of }) => { const range = of[key]; return range ? [{ at, value: range[1], low: range[0], high: range[2] }] : []; }),
});

const highest = (lines: readonly Line[]): number => lines.reduce((most, l) => l.points.reduce((m, p) => Math.max(m, p.high ?? p.value), most), 0);
const latest = (lines: readonly Line[], format: (value: number) => string): string =>
  lines.flatMap(l => { const p = l.points.at(-1); return p ? [lines.length > 1 ? `${l.label} ${format(p.value)}` : format(p.value)] : []; }).join(' · ');

export const chartsOf = (series: Series): readonly ChartSpec[] => {
  const chart = (key: string, title: string, lines: readonly Line[], format: (v: number) => string, ceiling: (highest: number) => number, of?: string): ChartSpec =>
    ({ key, title, lines, format, ceiling: ceiling(highest(lines)), now: latest(lines, format), ...(of ? { of } : {}) });
  const swap = lineOf(series, 'swap', t('Swap'));
  const memory = lineOf(series, 'memory', t('Memory'));
  const swaps = swap.points.some(p => p.value > 0);
  return [
    chart('cpu', 'CPU', [lineOf(series, 'cpu', 'CPU')], formatPercent, () => 1),
    chart('load', t('Load'), [lineOf(series, 'load', t('Load'))], load, h => niceCeiling(h, 0.5)),
    chart('memory', t('Memory'), swaps ? [memory, swap] : [memory], formatPercent, () => 1, series.memory_bytes ? t('of {memory_bytes}', { memory_bytes: formatBytes(series.memory_bytes) }) : undefined),
    chart('disk', t('Disk'), [lineOf(series, 'disk', t('Disk'))], formatPercent, () => 1, series.disk_bytes ? t('of {disk_bytes}', { disk_bytes: formatBytes(series.disk_bytes) }) : undefined),
    chart('network', t('Network'), [lineOf(series, 'rx', t('In')), lineOf(series, 'tx', t('Out'))], rate, h => byteCeiling(h, 1_024)),
    chart('latency', t('Round trip over SSH'), [lineOf(series, 'latency', t('Round trip'))], latency, h => niceCeiling(h, 5)),
  ];
};
