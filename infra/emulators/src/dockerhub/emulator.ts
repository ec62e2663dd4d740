import { serveRegistry, type Registry } from '../registry/serve.js';

export interface DockerHubEmulator extends Registry {
  /** Tags of `namespace/image` (`library/postgres`), the one updated last first. */
  publish(image: string, tags: readonly string[]): void;
  /** From now on 429, until a time (seconds since 1970); null: answers again. */
  limit(until: number | null): void;
}

/** Tags of a repository by Docker Hub's API (docs.docker.com/reference/api/hub): pages of at most 100, `name` as part of the tag, 429 with `x-retry-after` in seconds since 1970. */
export const startDockerHubEmulator = async (): Promise<DockerHubEmulator> => {
  const images = new Map<string, readonly string[]>();
  let until: number | null = null;
  const registry = await serveRegistry(({ path, query }) => {
    const limits = { 'x-ratelimit-limit': '180', 'x-ratelimit-remaining': until === null ? '170' : '0', 'x-ratelimit-reset': String(until ?? 0) };
    if (until !== null) return { status: 429, body: { detail: 'Rate limit exceeded', error: false }, headers: { ...limits, 'x-retry-after': String(until) } };
    const [, namespace, image] = /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags$/.exec(path) ?? [];
    const all = images.get(`${namespace ?? ''}/${image ?? ''}`);
    if (all === undefined) return { status: 404, body: { message: 'object not found', errinfo: { namespace, repository: image } }, headers: limits };
    const fitting = all.filter(tag => tag.includes(query.get('name') ?? ''));
    const size = Math.min(100, Math.max(1, Number(query.get('page_size') ?? 10)));
    const page = Math.max(1, Number(query.get('page') ?? 1));
    const next = new URLSearchParams(query);
    next.set('page', String(page + 1));
    const results = fitting.slice((page - 1) * size, page * size).map((name, i) => ({
      id: i, name, full_size: 1, last_updated: '2026-10-01T08:00:00.123456Z', tag_status: 'active', tag_last_pushed: '2026-10-01T08:00:00.123456Z', digest: `sha256:${'0'.repeat(64)}`, images: [], v2: true,
    }));
    return { status: 200, body: { count: fitting.length, next: page * size < fitting.length ? `https://hub.docker.com${path}?${next.toString()}` : null, previous: null, results }, headers: limits };
  });
  return { ...registry, publish: (image, tags) => { images.set(image, tags); }, limit: at => { until = at; } };
};
