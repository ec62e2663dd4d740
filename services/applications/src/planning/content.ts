/** What a release would be made of: entry, version, values, secrets. */
import { Refusal } from '@xanthus/kernel';
import type { CatalogEntry, EntryVersion, PlanWish } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { chartProblems, makeSecrets, parseValues, renderValues, type Rendered } from '../catalog/index.js';
import type { SealedRelease } from '../running/ports.js';
import { secretTexts } from './secret-texts.js';
import { MASK, maskOf } from '../cluster/mask.js';
import { unmaskedOverlay, type Restored } from '../access/masked-overlay.js';
import { SECRET_TOOLS } from '../access/secret-tools.js';

export interface ChosenVersion { readonly version: EntryVersion; /** Its source could not be asked: nobody knows whether it is there. */ readonly unsure: string | null }

/** @param wanted preset: the newest. @throws Refusal CATALOG.VERSION_UNKNOWN */
export const chooseVersion = async (on: Pick<ApplicationsContext, 'versions'>, entry: CatalogEntry, wanted: string | undefined): Promise<ChosenVersion> => {
  const answer = await on.versions.of(entry);
  const fits = (v: EntryVersion): boolean => v.version === wanted || v.tag === wanted;
  const found = wanted === undefined ? answer.versions[0] : answer.versions.find(fits) ?? (await on.versions.of(entry, { prereleases: true })).versions.find(fits);
  if (found) return { version: found, unsure: null };
  if (wanted === undefined) throw new Refusal('CATALOG.VERSION_UNKNOWN', `No version of ${entry.name} is known${answer.problem ? `: ${answer.problem.message}` : '.'} Name one.`);
  if (answer.problem === null) throw new Refusal('CATALOG.VERSION_UNKNOWN', `${entry.name} has no version ${wanted}. Choose one of those that there are, such as ${answer.versions.slice(0, 3).map(v => v.version).join(', ') || '(none)'}.`);
  const chart_version = entry.version_source.type === 'helm' ? wanted : entry.helm_chart.version;
  return { version: { version: wanted, tag: wanted, prerelease: wanted.includes('-'), chart_version, app_version: null, published_at: null, notes: null }, unsure: answer.problem.message };
};

export type Settings = Pick<Extract<PlanWish, { kind: 'deploy' }>, 'choices' | 'environment' | 'values'>;
export interface ContentWish extends Settings {
  readonly entry: CatalogEntry;
  readonly version: Pick<EntryVersion, 'version' | 'app_version' | 'chart_version'>;
  readonly subdomain: string;
  readonly domain: string | null;
  readonly time_zone: string;
  /** Preset: as the entry says. */
  readonly release_name?: string;
  readonly namespace?: string;
  /** Of the release before: what is left out stays. */
  readonly kept?: SealedRelease;
}

const invalid = (problems: readonly { readonly path: string; readonly message: string }[], code = 'APPLICATION.INVALID'): Refusal =>
  new Refusal(code, problems.length === 1 ? (problems[0]?.message ?? '') : `${problems.length} things are wrong; the first: ${problems[0]?.message ?? ''}`, { problems: problems.slice(0, 100) });

interface Unmasked { readonly overlay: string; readonly environment: Readonly<Record<string, string>> }
/** Values are shown with their secrets masked; what comes back masked is what it was. */
const unmasked = ({ values, environment }: Settings, kept: SealedRelease | undefined): Unmasked | Extract<Restored, { problems: unknown }> => {
  // Read with limits before anything else reads it.
  const read = values?.includes(MASK) === true ? parseValues(values) : undefined;
  if (read !== undefined && read.values === undefined) return { problems: read.problems };
  const mask = maskOf(kept ? secretTexts(kept) : []);
  const restored: Restored = values === undefined ? { overlay: kept?.overlay ?? '' } : unmaskedOverlay(values, kept?.overlay ?? '', mask);
  if ('problems' in restored) return restored;
  const were = kept?.environment ?? {};
  return { ...restored, environment: environment === undefined ? were : Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, Object.hasOwn(were, name) && value.includes(MASK) && mask(were[name] ?? '') === value ? were[name] ?? '' : value])) };
};

const isSecretVariable = (entry: CatalogEntry, name: string): boolean => entry.environment_variables.some(v => v.name === name && v.secret);

/** @throws Refusal APPLICATION.INVALID, APPLICATION.VALUES_INVALID with all problems */
export const makeContent = async (wish: ContentWish): Promise<{ readonly content: SealedRelease; readonly rendered: Rendered }> => {
  const { entry, version, kept } = wish;
  const restored = unmasked(wish, kept);
  if ('problems' in restored) throw invalid(restored.problems, 'APPLICATION.VALUES_INVALID');
  const { overlay } = restored;
  const parsed = parseValues(overlay);
  if (parsed.values === undefined) throw invalid(parsed.problems, 'APPLICATION.VALUES_INVALID');
  const given = restored.environment;
  const environment = Object.fromEntries(Object.entries(given).filter(([name]) => !isSecretVariable(entry, name)));
  // Nobody is shown a secret, so nobody can give it again: only what is named changes; an empty one is taken away.
  const own = new Set(entry.secrets.map(s => s.name));
  const secretVariables: Record<string, string> = Object.fromEntries(Object.entries(kept?.secrets ?? {}).filter(([name]) => !own.has(name) && isSecretVariable(entry, name)));
  for (const [name, value] of Object.entries(wish.environment ?? {})) if (isSecretVariable(entry, name)) secretVariables[name] = value;
  for (const [name, value] of Object.entries(secretVariables)) if (value === '') delete secretVariables[name];
  const choices = wish.choices ?? kept?.choices ?? {};
  const secrets = { ...(await makeSecrets(entry, SECRET_TOOLS, kept?.secrets)), ...secretVariables };
  const answer = renderValues(entry, {
    version, subdomain: wish.subdomain, domain: wish.domain, time_zone: wish.time_zone, choices, environment, secret_environment: Object.keys(secretVariables), overlay: parsed.values, secret_version: secretVersion(kept, secrets),
    ...(wish.release_name === undefined ? {} : { release_name: wish.release_name }), ...(wish.namespace === undefined ? {} : { namespace: wish.namespace }),
  });
  if (!answer.ok) throw invalid(answer.problems);
  const { rendered } = answer;
  const refused = chartProblems(entry, rendered.values, parsed);
  if (refused.length > 0) throw invalid(refused, 'APPLICATION.VALUES_INVALID');
  const { repository, chart } = entry.helm_chart;
  return { rendered, content: { entry, version: version.version, app_version: version.app_version, chart: { repository, chart, version: version.chart_version }, choices, environment, overlay, values: rendered.values, secret_name: rendered.secret_name, secrets } };
};

/** Counts the times that the Secret became another one: a digest would tell who guesses. */
const secretVersion = (kept: SealedRelease | undefined, secrets: Readonly<Record<string, string>>): string => {
  if (kept === undefined) return '';
  const before = typeof kept.values['secretVersion'] === 'string' ? kept.values['secretVersion'] : '';
  const names = [...new Set([...Object.keys(kept.secrets), ...Object.keys(secrets)])];
  return names.every(name => kept.secrets[name] === secrets[name]) ? before : String(Number(/^\d{1,9}$/.test(before) ? before : 1) + 1);
};

/** `Team notes` as the beginning of a release's name. */
export const slugOf = (name: string): string => name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 24).replace(/-+$/, '') || 'app';
