import type { SafeFetch } from '@xanthus/net';
import type { CatalogEntry, VersionsAnswer } from '@xanthus/proto/applications';
import { dockerHubSource } from './dockerhub.source.js';
import { githubSource } from './github.source.js';
import { helmIndexSource } from './helm-index.source.js';
import { listedVersions, offeredVersions } from './offered.js';
import { SourceError, type Asked, type FoundVersion, type VersionSourcePort } from './source.port.js';

export interface VersionsOptions {
  readonly fetch: SafeFetch;
  /** ms since 1970. */
  readonly now: () => number;
  /** Presets: the real ones. */
  readonly github?: string | undefined;
  readonly dockerhub?: string | undefined;
  readonly githubToken?: string | undefined;
}

export interface Versions {
  /** The versions of an entry. Never throws: a source that cannot be asked is told with the last known list. */
  of(entry: CatalogEntry, how?: { readonly prereleases?: boolean | undefined; readonly refresh?: boolean | undefined }): Promise<VersionsAnswer>;
}

/** An answer holds for this long. */
const FRESH = 10 * 60_000;
/** Not even by request more often. */
const AT_MOST_EVERY = 60_000;
/** After a failure that names no time. */
const AGAIN = 60_000;
/** Sources that are remembered, and asked at once. */
const MOST_SOURCES = 500;
const AT_ONCE = 4;

interface Known { readonly found: readonly FoundVersion[] | null; readonly asked_at: number | null; readonly tried_at: number; readonly problem: { readonly error: SourceError; readonly since: number } | null }

export const createVersions = (options: VersionsOptions): Versions => {
  const { fetch, now } = options;
  const asking = { fetch, now };
  const sources: Readonly<Record<'github' | 'dockerhub' | 'helm', VersionSourcePort>> = {
    github: githubSource(asking, { base: options.github ?? 'https://api.github.com', token: options.githubToken }),
    dockerhub: dockerHubSource(asking, { base: options.dockerhub ?? 'https://hub.docker.com' }),
    helm: helmIndexSource(asking),
  };
  const known = new Map<string, Known>();
  const running = new Map<string, Promise<Known>>();
  /** A whole service that said when it may be asked again: no entry asks it before. */
  const heldUntil = new Map<string, SourceError>();
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  const turn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free === 0) await new Promise<void>(resolve => { waiting.push(resolve); });
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };

  const ask = async (key: string, asked: Asked, before: Known | undefined): Promise<Known> => {
    const type = asked.source.type as keyof typeof sources;
    const service = type === 'helm' ? new URL(asked.source.source).host : type;
    const failed = (error: SourceError): Known => ({ found: before?.found ?? null, asked_at: before?.asked_at ?? null, tried_at: now(), problem: { error, since: before?.problem?.since ?? now() } });
    try {
      const held = heldUntil.get(service);
      if (held !== undefined && (held.retryAt ?? 0) > now()) throw held;
      const found = await turn(() => sources[type].list(asked));
      return { found, asked_at: now(), tried_at: now(), problem: null };
    } catch (error) {
      const why = error instanceof SourceError ? error : new SourceError('SOURCE.INVALID_ANSWER', 'The source answers with something that cannot be read.');
      if (why.code === 'SOURCE.RATE_LIMITED') heldUntil.set(service, why);
      return failed(why);
    }
  };

  const knownOf = async (key: string, asked: Asked, refresh: boolean): Promise<Known> => {
    const before = known.get(key);
    const age = before === undefined ? Infinity : now() - before.tried_at;
    const wait = before?.problem ? Math.max(AGAIN, (before.problem.error.retryAt ?? 0) - before.tried_at) : refresh ? AT_MOST_EVERY : FRESH;
    if (before !== undefined && age < wait) return before;
    const under = running.get(key);
    if (under !== undefined) return under;
    const work = ask(key, asked, before).then(after => {
      known.delete(key);
      known.set(key, after);
      const oldest = known.size > MOST_SOURCES ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      return after;
    }).finally(() => { running.delete(key); });
    running.set(key, work);
    return work;
  };

  return {
    of: async (entry, { prereleases, refresh = false } = {}) => {
      const { version_source: source, helm_chart: chart } = entry;
      const answer = (found: readonly FoundVersion[], asked_at: number | null, problem: VersionsAnswer['problem']): VersionsAnswer => ({ versions: offered(entry, found, prereleases), asked_at: asked_at === null ? null : iso(asked_at), problem });
      if (source.type === 'static') return answer(listedVersions(entry), now(), null);
      const key = JSON.stringify([source.type, source.source, source.type === 'helm' ? chart.chart : '', source.type === 'dockerhub' ? source.pattern : '']);
      const { found, asked_at, problem } = await knownOf(key, { source, chart }, refresh);
      return answer(found ?? listedVersions(entry), asked_at, problem === null ? null : {
        code: problem.error.code, since: iso(problem.since), retry_at: problem.error.retryAt === null ? null : iso(problem.error.retryAt),
        message: `${problem.error.message} ${asked_at === null ? 'Shown is what the entry itself lists.' : 'Shown is what it said before.'}`,
      });
    },
  };
};

const iso = (at: number): string => new Date(at).toISOString();

/** A pattern that goes on for ever was refused when the entry was added, on the versions of then. */
const offered = (entry: CatalogEntry, found: readonly FoundVersion[], prereleases: boolean | undefined): VersionsAnswer['versions'] => {
  try {
    return [...offeredVersions(entry, found, prereleases)];
  } catch {
    return [];
  }
};
