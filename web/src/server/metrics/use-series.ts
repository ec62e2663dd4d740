import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Metrics } from '../../contracts.js';
import { toProblem, type ShownProblem } from '../../lib/problem.js';
import { useClient } from '../../live/live-context.js';
import { readSample } from '../../servers/metrics-series.js';
import { metricsSeries, useSamples } from '../server.data.js';
import { fromAnswer, withSample, type Series, type Span } from './series.js';

export interface SeriesState { readonly series: Series | undefined; readonly problem: ShownProblem | undefined; retry(): void }

/** Asked once, then carried on with what comes; asked again after a lost connection, since signals are not repeated. */
export const useSeries = (id: string, span: Span): SeriesState => {
  const client = useClient();
  const queries = useQueryClient();
  const key = ['series', client.tenant, id, span];
  const asked = useQuery({ queryKey: key, queryFn: async () => fromAnswer(await metricsSeries(client, { span }, id)), staleTime: 0, gcTime: 60_000 });
  const before = useRef<Metrics>(undefined);
  const add = (change: (series: Series) => Series): void => { queries.setQueryData<Series>(key, series => (series ? change(series) : series)); };

  const { round } = useSamples(id, payload => {
    const sample = readSample(payload);
    if (!sample) return;
    const last = before.current;
    before.current = sample;
    add(series => withSample(series, sample, last));
  });

  const { refetch } = asked;
  useEffect(() => {
    before.current = undefined;
    if (round > 1) void refetch();
  }, [round, refetch]);
  return { series: asked.data, problem: asked.error ? toProblem(asked.error) : undefined, retry: () => void refetch() };
};
