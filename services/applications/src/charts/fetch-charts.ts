import { createHash } from 'node:crypto';
import { localChart, packChart } from '@xanthus/deploy/charts';
import { Refusal } from '@xanthus/kernel';
import type { SafeFetch } from '@xanthus/net';
import type { ChartRef, Charts } from '../running/ports.js';
import { indexedCharts, SourceError } from '../versions/index.js';
import { ociChart } from './oci.js';

/** Bytes of charts that are kept, so that an upgrade and its rollback ask nobody twice. */
const KEPT = 32 * 1024 * 1024;

type Packed = Awaited<ReturnType<Charts['get']>>;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const notFound = (message: string): Refusal => new Refusal('CHART.NOT_FOUND', message);
const unreachable = (message: string): Refusal => new Refusal('CHART.UNREACHABLE', message, undefined, true);

/**
 * Charts of ours, of Helm repositories and of OCI registries, fetched here and not on the server: the addresses are checked, the digest of the index is held against
 * what came, and a server needs no way out.
 * @param options.fetch follows redirects and takes answers of some megabytes
 */
export const createCharts = ({ fetch, now }: { readonly fetch: SafeFetch; readonly now: () => number }): Charts => {
  const kept = new Map<string, Packed>();
  const keep = (key: string, packed: Packed): Packed => {
    kept.set(key, packed);
    for (const oldest of kept.keys()) {
      if ([...kept.values()].reduce((sum, { bytes }) => sum + bytes.length, 0) <= KEPT || kept.size === 1) break;
      kept.delete(oldest);
    }
    return packed;
  };
  return {
    async get(chart, signal) {
      if (chart.repository === 'local') return ours(chart);
      const key = JSON.stringify([chart.repository, chart.chart, chart.version]);
      const known = kept.get(key);
      if (known !== undefined) return known;
      try {
        return keep(key, checked(chart, chart.repository.startsWith('oci://') ? await ociChart(fetch, chart.repository, chart.chart, chart.version, signal) : await fromRepository({ fetch, now }, chart, signal)));
      } catch (error) {
        if (signal.aborted || (error instanceof Refusal && error.code.startsWith('CHART.'))) throw error;
        if (error instanceof SourceError) throw error.code === 'SOURCE.NOT_FOUND' ? notFound(error.message) : unreachable(error.message);
        throw unreachable(`The chart ${chart.chart} ${chart.version} could not be fetched: ${(error as Error).message}`);
      }
    },
  };
};

const ours = ({ chart, version }: ChartRef): Packed => {
  const found = localChart(chart);
  if (found === undefined) throw notFound(`Xanthus brings no chart ${chart} along (any more).`);
  // A release of before an upgrade of Xanthus names an earlier version: values stay compatible within a major version.
  if (found.version.split('.')[0] !== version.split('.')[0]) throw notFound(`Xanthus brings the chart ${chart} along as ${found.version}, not as ${version}.`);
  const bytes = packChart(found);
  return { bytes, digest: sha256(bytes) };
};

const fromRepository = async ({ fetch, now }: { readonly fetch: SafeFetch; readonly now: () => number }, { repository, chart, version }: ChartRef, signal: AbortSignal): Promise<Packed> => {
  const base = repository.replace(/\/$/, '');
  const cancellable = Object.assign((url: string | URL, init: RequestInit = {}) => fetch(url, { ...init, signal }), { close: () => Promise.resolve() });
  const listed = (await indexedCharts({ fetch: cancellable, now }, base, chart)).find(one => one.version === version || one.version === `v${version}`);
  if (listed === undefined) throw notFound(`${new URL(base).host} has no version ${version} of the chart ${chart}. Choose another version.`);
  const [url] = listed.urls ?? [];
  if (url === undefined || !URL.canParse(url, `${base}/`)) throw notFound(`${new URL(base).host} lists ${chart} ${version} without an address.`);
  const answer = await fetch(new URL(url, `${base}/`), { signal });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw answer.status === 404 ? notFound(`${chart} ${version} is listed, but not there.`) : unreachable(`${new URL(base).host} answers ${answer.status} for ${chart} ${version}.`);
  }
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { bytes, digest: (listed.digest ?? '').replace(/^sha256:/, '') || sha256(bytes) };
};

const checked = ({ chart, version }: ChartRef, packed: Packed): Packed => {
  if (packed.bytes[0] !== 0x1f || packed.bytes[1] !== 0x8b) throw unreachable(`What came for ${chart} ${version} is no packed chart.`);
  if (packed.digest.toLowerCase() !== sha256(packed.bytes)) throw unreachable(`What came for ${chart} ${version} is not what its repository vouches for: another digest. Nothing of it is used.`);
  return packed;
};
