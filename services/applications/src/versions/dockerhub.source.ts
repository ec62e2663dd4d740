import { z } from 'zod';
import { askText, jsonOf, unexpected, type Asking } from './ask.js';
import type { FoundVersion, VersionSourcePort } from './source.port.js';

/** docs.docker.com/reference/api/hub: GET /v2/namespaces/{namespace}/repositories/{repository}/tags */
const page = z.object({ next: z.string().nullish(), results: z.array(z.object({ name: z.string().max(200), last_updated: z.string().nullish() })) });
/** Tags of a hundred each: images have thousands. */
const MOST_PAGES = 4;

/** What every text that fits the pattern begins with, so that the source sends less: `17\.\d+` → `17.`. */
export const fixedBeginning = (pattern: string | undefined): string => {
  if (pattern === undefined || /(?<!\\)\|/.test(pattern)) return '';
  const [, plain = ''] = /^((?:\\[.\-+]|[A-Za-z0-9_-])*)/.exec(pattern) ?? [];
  const rest = pattern.slice(plain.length);
  const sure = /^[?*{]/.test(rest) ? plain.replace(/(?:\\.|[^\\])$/, '') : plain;
  return sure.replaceAll('\\', '');
};

export const dockerHubSource = (asking: Asking, options: { readonly base: string }): VersionSourcePort => ({
  list: async ({ source: { source, pattern } }) => {
    const [namespace = '', repository = ''] = source.includes('/') ? source.split('/') : ['library', source];
    const name = fixedBeginning(pattern);
    const found: FoundVersion[] = [];
    for (let number = 1; number <= MOST_PAGES; number++) {
      const query = new URLSearchParams({ page_size: '100', page: String(number), ordering: 'last_updated', ...(name !== '' && { name }) });
      const { text } = await askText(asking, 'Docker Hub', `${options.base}/v2/namespaces/${encodeURIComponent(namespace)}/repositories/${encodeURIComponent(repository)}/tags?${query.toString()}`, { accept: 'application/json' });
      const parsed = page.safeParse(jsonOf('Docker Hub', text));
      if (!parsed.success) throw unexpected('Docker Hub');
      found.push(...parsed.data.results.map(t => ({ tag: t.name, prerelease: false, published_at: t.last_updated ?? null, app_version: null, notes: null })));
      if (parsed.data.next === null || parsed.data.next === undefined) break;
    }
    return found;
  },
});
