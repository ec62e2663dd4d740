import { useMemo, useSyncExternalStore, type ReactNode } from 'react';
import type { Metrics } from '../contracts.js';
import { formatBytes, formatPercent } from '../lib/format.js';
import { useLive, useLooking } from '../live/live-context.js';
import type { Live } from '../live/live.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { byServer, niceCeiling, points, spanOf, WINDOW } from './metrics-series.js';
import { lastSamples, samplesSince } from './servers.data.js';
import { Sparkline } from './sparkline.js';

export interface MetricsBoard {
  last(server: string): Metrics | undefined;
  series(server: string): readonly Metrics[];
}

/** Messages that are kept for sparklines, whatever there are of servers. */
const KEPT = 6_000;
/** A sample of each server comes so often, ms. */
const BEAT = 10_000;
/** How far back the series begin: as far as so many servers leave room for. Steps, so that one more server does not begin all anew. */
export const backFor = (servers: number): number => [WINDOW, 300_000, 120_000].find(back => (back / BEAT) * servers <= KEPT) ?? 60_000;

/** Figures are drawn again at most so often, ms: a thousand servers tell a hundred samples a second. */
const PACE = 1_000;

/** All servers' measurements, one subscription for the page: the last samples from the view, the series from the stream. `servers`: how many there are. */
export const useMetricsBoard = (servers = 1): MetricsBoard => {
  const live = useLive();
  const looking = useLooking();
  const back_ms = backFor(servers);
  const board = useMemo(() => makeBoard(live, looking, back_ms), [live, looking, back_ms]);
  return useSyncExternalStore(board.subscribe, board.get);
};

/** The board as a store of its own, so that what comes draws nothing before it is due. */
const makeBoard = (live: Live, looking: boolean, back_ms: number): { subscribe: (listener: () => void) => () => void; get: () => MetricsBoard } => {
  const { held: { view, use: holdView }, keyOf } = lastSamples(live, looking);
  const { feed, use: holdFeed } = samplesSince(live, looking, back_ms, KEPT);
  const read = (): MetricsBoard => {
    const series = byServer(feed.get().items);
    const { entries } = view.get();
    return { last: id => newer((entries.get(keyOf(id)) as unknown as { data: Metrics } | undefined)?.data, series.get(id)?.at(-1)), series: id => series.get(id) ?? [] };
  };
  let board = read();
  return {
    get: () => board,
    subscribe: listener => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let last = 0;
      const draw = (): void => {
        timer = undefined;
        last = Date.now();
        board = read();
        listener();
      };
      const due = (): void => { timer ??= setTimeout(draw, Math.max(0, last + PACE - Date.now())); };
      const stops = [holdView(), holdFeed(), view.subscribe(due), feed.subscribe(due), () => clearTimeout(timer)];
      due();
      return () => { for (const stop of stops) stop(); };
    },
  };
};

const newer = (a: Metrics | undefined, b: Metrics | undefined): Metrics | undefined => (a && b ? (a.at >= b.at ? a : b) : a ?? b);

/** The figures that are drawn, each with its unit. `least`: the lowest ceiling of its axis. */
export const FIGURES = {
  load1: { label: t('Load'), of: (m: Metrics) => m.load1, format: (v: number) => v.toFixed(2), ceiling: (h: number) => niceCeiling(h, 0.5) },
  cpu: { label: 'CPU', of: (m: Metrics) => m.cpu, format: formatPercent, ceiling: () => 1 },
  memory: { label: t('Memory'), of: (m: Metrics) => m.memory_used_bytes, format: formatBytes, ceiling: (h: number) => h * 1.1 || 1 },
  disk: { label: t('Disk'), of: (m: Metrics) => m.disk_used_bytes, format: formatBytes, ceiling: (h: number) => h * 1.1 || 1 },
  latency: { label: t('Latency'), of: (m: Metrics) => m.latency_ms, format: (v: number) => `${v < 10 ? v.toFixed(1) : Math.round(v)} ms`, ceiling: (h: number) => niceCeiling(h, 5) },
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
  return <Sparkline line={line} now={now} span={span} label={t('{label} of {name}', { label: figure.label, name })} format={figure.format} ceiling={ceiling ?? figure.ceiling(highest)}
    {...(className ? { className } : {})} {...(height ? { height } : {})} {...(interactive ? { interactive } : {})} />;
};
