/** Charts in registries of container images: the OCI distribution specification 1.1, and helm.sh/docs/topics/registries. */
import { z } from 'zod';
import { SourceError } from '../versions/index.js';
import type { SafeFetch } from '@xanthus/net';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })).max(50) });

const failed = (who: string, status: number): SourceError => new SourceError(status === 404 ? 'SOURCE.NOT_FOUND' : status === 429 ? 'SOURCE.RATE_LIMITED' : status >= 500 ? 'SOURCE.UNREACHABLE' : 'SOURCE.REFUSED', `${who} answers ${status}.`);

/** The address where a registry hands out tokens to anybody, from its refusal. */
const tokenAddress = (challenge: string | null): URL | undefined => {
  const parts = Object.fromEntries([...(/^Bearer /i.test(challenge ?? '') ? challenge ?? '' : '').matchAll(/(\w+)="([^"]{0,500})"/g)].map(([, name = '', value = '']) => [name, value]));
  if (parts['realm'] === undefined || !URL.canParse(parts['realm'])) return undefined;
  const address = new URL(parts['realm']);
  for (const name of ['service', 'scope']) if (parts[name] !== undefined) address.searchParams.set(name, parts[name]);
  return address;
};

/** @param repository `oci://host/path` @throws SourceError */
export const ociChart = async (fetch: SafeFetch, repository: string, chart: string, version: string, signal: AbortSignal): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> => {
  const { host, pathname } = new URL(repository.replace(/^oci:/, 'https:'));
  const who = `The registry ${host}`;
  const base = `https://${host}/v2${pathname.replace(/\/$/, '')}/${chart}`;
  let token: string | undefined;
  const get = async (path: string, accept: string): Promise<Response> => {
    const ask = (): Promise<Response> => fetch(`${base}${path}`, { signal, headers: { accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) } });
    let answer = await ask();
    const from = answer.status === 401 && token === undefined ? tokenAddress(answer.headers.get('www-authenticate')) : undefined;
    if (from !== undefined) {
      await answer.body?.cancel();
      const given = await fetch(from, { signal });
      const { token: one, access_token: other } = z.object({ token: z.string().optional(), access_token: z.string().optional() }).catch({}).parse(given.ok ? await given.json().catch(() => ({})) : {});
      token = one ?? other;
      if (token !== undefined) answer = await ask();
    }
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw failed(who, answer.status);
    }
    return answer;
  };
  // A "+" cannot stand in a tag; Helm writes "_" for it.
  const parsed = manifest.safeParse(await (await get(`/manifests/${version.replaceAll('+', '_')}`, MANIFEST)).json().catch(() => null));
  const layer = parsed.data?.layers.find(l => l.mediaType === CHART);
  if (layer === undefined) throw new SourceError('SOURCE.INVALID_ANSWER', `${who} has something else than a Helm chart under ${chart}:${version}.`);
  return { bytes: new Uint8Array(await (await get(`/blobs/${layer.digest}`, '*/*')).arrayBuffer()), digest: layer.digest.slice('sha256:'.length) };
};
