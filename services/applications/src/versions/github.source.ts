import { z } from 'zod';
import { askText, jsonOf, unexpected, type Asking } from './ask.js';
import type { VersionSourcePort } from './source.port.js';

/** docs.github.com/rest/releases/releases, "List releases": newest first, drafts only for those who may push. */
const releases = z.array(z.object({ tag_name: z.string().max(200), draft: z.boolean().default(false), prerelease: z.boolean().default(false), published_at: z.string().nullish(), html_url: z.string().max(1_000).nullish() }));

/** @param options.token raises the limit from 60 questions an hour to 5,000 */
export const githubSource = (asking: Asking, options: { readonly base: string; readonly token?: string | undefined }): VersionSourcePort => ({
  list: async ({ source: { source } }) => {
    const [owner = '', repository = ''] = source.split('/');
    const { text } = await askText(asking, 'GitHub', `${options.base}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/releases?per_page=100`, {
      accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    });
    const parsed = releases.safeParse(jsonOf('GitHub', text));
    if (!parsed.success) throw unexpected('GitHub');
    return parsed.data.filter(r => !r.draft).map(r => ({ tag: r.tag_name, prerelease: r.prerelease, published_at: r.published_at ?? null, app_version: null, notes: r.html_url ?? null }));
  },
});
