import { Link, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useState, type ReactNode } from 'react';
import { Legend, TimeChart } from '../../charts/time-chart.js';
import type { Server } from '../../contracts.js';
import { t } from '../../texts/text.js';
import { useNow } from '../../ui/ago.js';
import { Panel, Skeleton } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { ServicesPanel } from '../services-panel.js';
import { chartsOf, type ChartSpec } from './charts.js';
import { LENGTH, SPANS, type Series, type Span } from './series.js';
import { useSeries } from './use-series.js';

/** The course of all figures of a server. The read-out of one chart is that of all: what happened at the same moment stands together. */
export const MetricsTab = ({ server }: { readonly server: Server }): ReactNode => {
  const { span = '1h' } = useSearch({ from: '/shell/servers/$id' });
  const { series, problem, retry } = useSeries(server.id, span);
  return (
    <div className="grid gap-4">
      <Spans id={server.id} at={span} />
      {problem && <ProblemNote problem={problem} onRetry={retry} />}
      {series ? <Charts server={server} series={series} /> : !problem && (
        <div role="status" aria-label={t('Loading the figures')} className="grid gap-4 lg:grid-cols-2">{[0, 1, 2, 3, 4, 5].map(i => <Skeleton key={i} className="h-48 rounded-xl" />)}</div>
      )}
      <ServicesPanel id={server.id} />
    </div>
  );
};

const Spans = ({ id, at }: { readonly id: string; readonly at: Span }): ReactNode => (
  <nav aria-label={t('Span of the charts')} className="inline-flex w-fit rounded-md border border-line bg-surface p-0.5">
    {SPANS.map(([span, label]) => (
      <Link key={span} to="/servers/$id" params={{ id }} search={{ tab: 'metrics', ...(span === '1h' ? {} : { span }) }} replace aria-current={at === span ? 'true' : undefined}
        className={clsx('rounded px-2.5 py-1 text-[13px] transition-colors', at === span ? 'bg-raised font-medium text-ink' : 'text-ink-3 hover:text-ink')}>{label}</Link>
    ))}
  </nav>
);

const Charts = ({ server, series }: { readonly server: Server; readonly series: Series }): ReactNode => {
  const [at, setAt] = useState<number>();
  const to = useNow(5_000) + 5_000;
  const from = to - LENGTH[series.span];
  if (series.points.length === 0) return <Panel><p className="py-6 text-center text-[13px] text-ink-3">{t('No figures in this time.')}{' '}{server.status === 'reachable' ? t('The first comes within ten seconds.') : t('They are taken while the server answers over SSH.')}</p></Panel>;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {chartsOf(series).map(chart => <Chart key={chart.key} chart={chart} of={server.name} from={from} to={to} step={series.step} at={at} onAt={setAt} />)}
    </div>
  );
};

interface ChartProps { readonly chart: ChartSpec; readonly of: string; readonly from: number; readonly to: number; readonly step: number; readonly at: number | undefined; readonly onAt: (at: number | undefined) => void }

const Chart = ({ chart, of, ...rest }: ChartProps): ReactNode => (
  <section aria-label={chart.title} data-testid={`chart-${chart.key}`} className="min-w-0 rounded-xl border border-line bg-surface p-4">
    <header className="mb-4 flex flex-wrap items-center justify-between gap-x-3">
      <h2 className="text-[13px] font-semibold tracking-tight">{chart.title} {chart.of && <span className="figure font-normal text-ink-3">{chart.of}</span>}</h2>
      {chart.lines.length > 1 ? <Legend lines={chart.lines} format={chart.format} /> : <p className="figure text-[13px] text-ink-2">{chart.now || '–'}</p>}
    </header>
    <TimeChart label={t('{title} of {of}', { title: chart.title, of })} lines={chart.lines} ceiling={chart.ceiling} format={chart.format} {...rest} />
  </section>
);
