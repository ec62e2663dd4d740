import { useMemo, type ReactNode } from 'react';
import type { Metrics } from '../contracts.js';
import { formatBytes, formatPercent } from '../lib/format.js';
import { useClient, useFeed, useRows } from '../live/live-context.js';
import { useNow } from '../ui/ago.js';
import { byServer, niceCeiling, points, spanOf, WINDOW } from './metrics-series.js';
import { Sparkline } from './sparkline.js';

export interface MetricsBoard {
  last(server: string): Metrics | undefined;
  series(server: string): readonly Metrics[];
}

/** All servers' measurements, one subscription for the page: the last samples from the view, the series from the stream. */
export const useMetricsBoard = (): MetricsBoard => {
  const { tenant } = useClient();
  const { rows } = useRows<Metrics>('vps', tenant, 'metrics');
  const feed = useFeed({ stream: 'VPS_METRICS', filter: `met.${tenant}.vps.>`, from: { back_ms: WINDOW }, keep: 6_000 });
  return useMemo(() => {
    const series = byServer(feed.items);
    return { last: id => newer(rows.get(id), series.get(id)?.at(-1)), series: id => series.get(id) ?? [] };
  }, [rows, feed.items]);
};

const newer = (a: Metrics | undefined, b: Metrics | undefined): Metrics | undefined => (a && b ? (a.at >= b.at ? a : b) : a ?? b);

/** The figures that are drawn, each with its unit. `least`: the lowest ceiling of its axis. */
export const FIGURES = {
  load1: { label: 'Load', of: (m: Metrics) => m.load1, format: (v: number) => v.toFixed(2), ceiling: (h: number) => niceCeiling(h, 0.5) },
  cpu: { label: 'CPU', of: (m: Metrics) => m.cpu, format: formatPercent, ceiling: () => 1 },
  memory: { label: 'Memory', of: (m: Metrics) => m.memory_used_bytes, format: formatBytes, ceiling: (h: number) => h * 1.1 || 1 },
  disk: { label: 'Disk', of: (m: Metrics) => m.disk_used_bytes, format: formatBytes, ceiling: (h: number) => h * 1.1 || 1 },
  latency: { label: 'Latency', of: (m: Metrics) => m.latency_ms, format: (v: number) => `${v < 10 ? v.toFixed(1) : Math.round(v)} ms`, ceiling: (h: number) => niceCeiling(h, 5) },
} as const;
export type Figure = keyof typeof FIGURES;

const STEP = 5_000;

interface Props { readonly id: string; readonly name: string; readonly of: Figure; readonly board: MetricsBoard; readonly className?: string; readonly height?: number; readonly interactive?: boolean; readonly ceiling?: number | undefined }

export const ServerSpark = ({ id, name, of, board, className, height, interactive, ceiling }: Props): ReactNode => {
  // A step to the right every five seconds is as smooth as the eye needs, and costs a fifth.
  const now = useNow(STEP) + STEP;
  const figure = FIGURES[of];
  const samples = board.series(id);
  const span = spanOf(samples, now);
  const line = points(samples, figure.of, now - span);
  const highest = Math.max(0, ...line.map(p => p.value));
  return <Sparkline line={line} now={now} span={span} label={`${figure.label} of ${name}`} format={figure.format} ceiling={ceiling ?? figure.ceiling(highest)}
    {...(className ? { className } : {})} {...(height ? { height } : {})} {...(interactive ? { interactive } : {})} />;
};
