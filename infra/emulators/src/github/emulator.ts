import { serveRegistry, type Registry, type RegistryAnswer } from '../registry/serve.js';

export interface GithubRelease { readonly tag: string; readonly prerelease?: boolean; readonly draft?: boolean; readonly at?: string }

export interface GithubEmulator extends Registry {
  /** The releases of `owner/repository`, newest first. */
  publish(repository: string, releases: readonly GithubRelease[]): void;
  /** Questions that an anonymous client may still ask, and when (seconds since 1970) it may ask again. */
  limit(remaining: number, reset: number): void;
  /** One that may ask 5,000 an hour. */
  readonly token: string;
}

/** "List releases" of GitHub's REST API (docs.github.com/rest/releases/releases), with its rate limit: 403 and `x-ratelimit-remaining: 0`. */
export const startGithubEmulator = async (): Promise<GithubEmulator> => {
  const repositories = new Map<string, readonly GithubRelease[]>();
  const token = 'ghp_emulator';
  let left = 60;
  let reset = 0;
  const refused = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): RegistryAnswer => ({ status, body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }, headers });
  const registry = await serveRegistry(({ path, query, headers }) => {
    if (headers['user-agent'] === undefined) return refused(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.');
    const known = headers.authorization === `Bearer ${token}`;
    if (headers.authorization !== undefined && !known) return refused(401, 'Bad credentials');
    const limits = { 'x-ratelimit-limit': known ? '5000' : '60', 'x-ratelimit-remaining': String(known ? 4_999 : Math.max(0, left - 1)), 'x-ratelimit-reset': String(reset), 'x-ratelimit-resource': 'core' };
    if (!known && left <= 0) return refused(403, 'API rate limit exceeded for 127.0.0.1.', { ...limits, 'x-ratelimit-remaining': '0' });
    left -= known ? 0 : 1;
    const [, name] = /^\/repos\/([^/]+\/[^/]+)\/releases$/.exec(path) ?? [];
    const all = name === undefined ? undefined : repositories.get(name);
    if (all === undefined) return refused(404, 'Not Found', limits);
    const size = Math.min(100, Number(query.get('per_page') ?? 30));
    const page = Number(query.get('page') ?? 1);
    const visible = all.filter(r => r.draft !== true || known);
    const body = visible.slice((page - 1) * size, page * size).map((r, i) => ({
      id: i + 1, tag_name: r.tag, name: r.tag, draft: r.draft ?? false, prerelease: r.prerelease ?? false, created_at: r.at ?? '2026-01-01T00:00:00Z', published_at: r.at ?? '2026-01-01T00:00:00Z',
      html_url: `https://github.com/${name ?? ''}/releases/tag/${r.tag}`, body: '', assets: [],
    }));
    return { status: 200, body, headers: { ...limits, ...(page * size < visible.length && { link: `<${path}?page=${page + 1}>; rel="next"` }) } };
  });
  return { ...registry, token, publish: (repository, releases) => { repositories.set(repository, releases); }, limit: (remaining, at) => { left = remaining; reset = at; } };
};
