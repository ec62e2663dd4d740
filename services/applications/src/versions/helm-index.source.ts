import { parse } from 'yaml';
import { z } from 'zod';
import { askText, jsonOf, unexpected, type Asking } from './ask.js';
import { SourceError, type VersionSourcePort } from './source.port.js';

/** helm.sh/docs/topics/chart_repository: index.yaml. */
const versions = z.array(z.object({
  version: z.string().max(200), appVersion: z.union([z.string(), z.number()]).nullish(), created: z.string().nullish(), deprecated: z.unknown().optional(),
  urls: z.array(z.string().max(2_000)).max(20).nullish(), digest: z.string().max(200).nullish(),
}));
export type IndexedChart = z.infer<typeof versions>[number];
/** Of one chart: newest stand first. */
const MOST = 200;
/** Characters of YAML that are parsed. */
const MOST_TEXT = 2_000_000;

/**
 * The part of an index about one chart, as text. Indexes are megabytes of other charts, which are not parsed. Helm writes them with sorted names and
 * an indentation of two.
 */
const sectionOf = (index: string, chart: string): string | undefined => {
  const lines = index.split('\n');
  const plain = new RegExp(`^( +)["']?${chart.replaceAll(/[.]/g, '\\.')}["']?: *$`);
  const at = lines.findIndex(line => plain.test(line));
  if (at < 0) return undefined;
  const indent = plain.exec(lines[at] ?? '')?.[1]?.length ?? 0;
  const end = lines.findIndex((line, i) => i > at && line.trim() !== '' && (line.length - line.trimStart().length < indent || (line.length - line.trimStart().length === indent && !line.trimStart().startsWith('- '))));
  const items: string[] = [];
  let seen = 0;
  const dash = lines[at + 1]?.search(/- /) ?? 0;
  for (const line of lines.slice(at + 1, end < 0 ? undefined : end)) {
    if (line.startsWith('- ', dash) && line.slice(0, dash).trim() === '' && ++seen > MOST) break;
    items.push(line);
  }
  return items.join('\n');
};

/** What the index of a repository says of one chart, newest first. @param base its address without a slash at the end @throws SourceError */
export const indexedCharts = async (asking: Asking, base: string, chart: string): Promise<readonly IndexedChart[]> => {
  const who = `The Helm repository ${new URL(base).host}`;
  const { text } = await askText(asking, who, `${base}/index.yaml`, { accept: 'application/yaml, text/yaml, */*;q=0.5' });
  const parsed = versions.safeParse(text.trimStart().startsWith('{') ? fromJson(who, text, chart) : fromYaml(who, text, chart));
  if (!parsed.success) throw unexpected(who);
  return parsed.data;
};

export const helmIndexSource = (asking: Asking): VersionSourcePort => ({
  list: async ({ source: { source }, chart: { chart } }) => (await indexedCharts(asking, source.replace(/\/$/, ''), chart)).filter(v => v.deprecated !== true && v.deprecated !== 'true')
    .map(v => ({ tag: v.version, prerelease: false, published_at: v.created ?? null, app_version: ['', '~', 'null', 'undefined'].includes(String(v.appVersion)) ? null : String(v.appVersion), notes: null })),
});

const unknown = (who: string, chart: string): SourceError => new SourceError('SOURCE.NOT_FOUND', `${who} has no chart ${chart}. Check helm_chart of the entry.`);

const fromJson = (who: string, text: string, chart: string): unknown => {
  const index = z.object({ entries: z.record(z.string(), z.unknown()) }).safeParse(jsonOf(who, text));
  if (!index.success) throw unexpected(who);
  if (!Object.hasOwn(index.data.entries, chart)) throw unknown(who, chart);
  const list = index.data.entries[chart];
  return Array.isArray(list) ? list.slice(0, MOST) : list;
};

const fromYaml = (who: string, text: string, chart: string): unknown => {
  if (!/^entries:/m.test(text)) throw unexpected(who);
  const section = sectionOf(text, chart);
  if (section === undefined) throw unknown(who, chart);
  if (section.length > MOST_TEXT) throw unexpected(who);
  try {
    return parse(section, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'silent', stringKeys: true, prettyErrors: false }) as unknown;
  } catch {
    throw unexpected(who);
  }
};
