import type { CatalogEntry, EntryVersion } from '@xanthus/proto/applications';
import { fitting } from '../catalog/index.js';
import type { FoundVersion } from './source.port.js';
import { compareVersions, isPrerelease, isVersion, plainVersion } from './version-order.js';

/** As many as a person looks through. */
const MOST = 100;
/** What can be a tag and a version, and can be written anywhere without harm. */
const SOUND = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/;

const instant = (text: string | null): string | null => {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
};
const address = (text: string | null): string | null => (text !== null && /^https:\/\/[^\s]{1,900}$/.test(text) ? text : null);

/**
 * What is offered of what a source lists: fits the entry's pattern (without one: is a version at all), newest first, each once.
 * @throws TookTooLong when the pattern goes on for ever
 */
export const offeredVersions = ({ version_source: source, helm_chart: chart }: CatalogEntry, found: readonly FoundVersion[], prereleases: boolean = source.prereleases): readonly EntryVersion[] => {
  const sound = found.filter(({ tag }) => SOUND.test(tag)).map(one => ({ ...one, version: plainVersion(one.tag) }));
  const all = sound.map(one => one.version);
  const fits = new Set(source.pattern === undefined ? all.filter(isVersion) : fitting(source.pattern, all));
  const offered = new Map<string, EntryVersion>();
  for (const { version, tag, prerelease, published_at, app_version, notes } of sound) {
    const pre = prerelease || isPrerelease(version);
    if (!fits.has(version) || (pre && !prereleases) || offered.has(version)) continue;
    offered.set(version, { version, tag, prerelease: pre, chart_version: source.type === 'helm' ? tag : chart.version, app_version: app_version === null || !SOUND.test(plainVersion(app_version)) ? null : app_version, published_at: instant(published_at), notes: address(notes) });
  }
  return [...offered.values()].toSorted((a, b) => compareVersions(b.version, a.version)).slice(0, MOST);
};

/** What an entry itself lists: all there is of a static source, and of another until it answers. */
export const listedVersions = ({ version_source: source }: CatalogEntry): readonly FoundVersion[] => source.versions.map(tag => ({ tag, prerelease: false, published_at: null, app_version: null, notes: null }));
