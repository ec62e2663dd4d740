import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { metricsSeries, type Metrics, type MetricsBucket } from '../../contracts.js';
import { toProblem, type ShownProblem } from '../../lib/problem.js';
import { useClient } from '../../live/live-context.js';
import { useSignal } from '../../live/use-signal.js';
import { readSample } from '../../servers/metrics-series.js';
import { BUCKETS, fromAnswer, withBucket, withSample, type Series, type Span } from './series.js';

export interface SeriesState { readonly series: Series | undefined; readonly problem: ShownProblem | undefined; retry(): void }

const readBucket = (payload: unknown): { readonly step: string; readonly bucket: MetricsBucket } | undefined => {
  const given = payload as { step?: unknown; bucket?: { at?: unknown } } | null;
  return typeof given?.step === 'string' && typeof given.bucket?.at === 'string' ? given as { step: string; bucket: MetricsBucket } : undefined;
};

/** Asked once, then carried on with what comes; asked again after a lost connection, since signals are not repeated. */
export const useSeries = (id: string, span: Span): SeriesState => {
  const client = useClient();
  const queries = useQueryClient();
  const key = ['series', client.tenant, id, span];
  const asked = useQuery({ queryKey: key, queryFn: async () => fromAnswer(await client.query(metricsSeries, { span }, { id })), staleTime: 0, gcTime: 60_000 });
  const before = useRef<Metrics>(undefined);
  const add = (change: (series: Series) => Series): void => { queries.setQueryData<Series>(key, series => (series ? change(series) : series)); };

  const base = `sig.${client.tenant}.vps.server.${id}`;
  const { round } = useSignal(`${base}.metrics`, payload => {
    const sample = readSample(payload);
    if (!sample) return;
    const last = before.current;
    before.current = sample;
    add(series => withSample(series, sample, last));
  }, span === '1h');
  const { round: buckets } = useSignal(`${base}.metrics-bucket`, payload => {
    const told = readBucket(payload);
    if (told && span !== '1h' && told.step === BUCKETS[span]) add(series => withBucket(series, told.bucket));
  }, span !== '1h');

  const { refetch } = asked;
  useEffect(() => {
    before.current = undefined;
    if (round + buckets > 1) void refetch();
  }, [round, buckets, refetch]);
  return { series: asked.data, problem: asked.error ? toProblem(asked.error) : undefined, retry: () => void refetch() };
};
