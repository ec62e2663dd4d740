import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDockerHubEmulator, startGithubEmulator, startHelmRepository, type DockerHubEmulator, type GithubEmulator, type HelmRepositoryEmulator } from '@xanthus/emulators';
import { createSafeFetch, PUBLIC_ONLY, type SafeFetch } from '@xanthus/net';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { entryOf, entryYaml } from '../catalog/catalog.fixture.js';
import { createVersions, type Versions } from './ask-versions.js';

const START = Date.parse('2026-11-21T08:00:00.000Z');
const MINUTE = 60_000;

describe('versions of an entry', () => {
  let github: GithubEmulator;
  let hub: DockerHubEmulator;
  let museum: HelmRepositoryEmulator;
  let fetch: SafeFetch;
  let versions: Versions;
  let now = START;

  const entry = (source: string): CatalogEntry => entryOf(entryYaml().replace(/version_source: .*/, `version_source: ${source}`));
  const gitea = (more = ''): CatalogEntry => entry(`{ type: github, source: go-gitea/gitea, versions: ["1.20.0"]${more} }`);
  const chart = (more = ''): CatalogEntry => entryOf(entryYaml().replace(/version_source: .*/, `version_source: { type: helm, source: "${museum.url}", versions: ["1.0.0"]${more} }`).replace('repository: local', `repository: ${museum.url}`).replace('chart: app', 'chart: argo-cd').replace('"{{VERSION}}"', '"{{VERSION}}", host: "{{HOST}}"'));
  const names = async (of: CatalogEntry, how?: Parameters<Versions['of']>[1]): Promise<string[]> => (await versions.of(of, how)).versions.map(v => v.version);
  const fresh = (more: { githubToken?: string } = {}): Versions => createVersions({ fetch, now: () => now, github: github.url, dockerhub: hub.url, ...more });

  beforeAll(async () => {
    [github, hub, museum] = await Promise.all([startGithubEmulator(), startDockerHubEmulator(), startHelmRepository()]);
    fetch = createSafeFetch({ policy: { ...PUBLIC_ONLY, configured: [github, hub, museum].map(e => ({ host: '127.0.0.1', port: e.port })) }, timeouts: { connect: 30_000, head: 30_000, total: 30_000 } });
  });
  afterAll(async () => { await fetch.close(); await Promise.all([github.stop(), hub.stop(), museum.stop()]); });
  beforeEach(() => {
    now = START;
    for (const emulator of [github, hub, museum]) emulator.heal();
    github.limit(60, 0);
    hub.limit(null);
    museum.asJson(false);
    versions = fresh();
    github.publish('go-gitea/gitea', [{ tag: 'v1.25.0-rc0', prerelease: true }, { tag: 'v1.24.6', at: '2026-09-01T10:00:00Z' }, { tag: 'v1.9.1' }, { tag: 'v1.24.5' }, { tag: 'v1.24.5' }, { tag: 'secret', draft: true }, { tag: 'nightly' }, { tag: '$(rm)' }]);
  });

  it('come from GitHub: newest first, each once, early ones only when asked for', async () => {
    const { versions: found, asked_at, problem } = await versions.of(gitea());
    expect(found[0]).toEqual({ version: '1.24.6', tag: 'v1.24.6', prerelease: false, chart_version: '1.0.0', app_version: null, published_at: '2026-09-01T10:00:00.000Z', notes: 'https://github.com/go-gitea/gitea/releases/tag/v1.24.6' });
    expect(found.map(v => v.version)).toEqual(['1.24.6', '1.24.5', '1.9.1']);
    expect([asked_at, problem]).toEqual(['2026-11-21T08:00:00.000Z', null]);
    expect(await names(gitea(), { prereleases: true })).toEqual(['1.25.0-rc0', '1.24.6', '1.24.5', '1.9.1']);
    expect(await names(entry(`{ type: github, source: go-gitea/gitea, pattern: '1\\.24\\.\\d+' }`))).toEqual(['1.24.6', '1.24.5']);
    expect(github.seen).toHaveLength(1);
  });

  it('come from Docker Hub, over its pages, filtered there already', async () => {
    hub.publish('library/postgres', ['latest', ...Array.from({ length: 150 }, (_, i) => `17.${i}-alpine`), '17.6', '17.5', '16.1', 'bookworm']);
    const postgres = entry(`{ type: dockerhub, source: postgres, pattern: '17\\.\\d+' }`);
    expect(await names(postgres)).toEqual(['17.6', '17.5']);
    expect(hub.seen.map(s => new URLSearchParams(s.query).get('name'))).toEqual(['17.', '17.']);
  });

  it('come from a Helm repository, with what each chart deploys', async () => {
    museum.publish([{ name: 'argo', version: '9.9.9' }, { name: 'argo-cd', version: '8.2.5', app_version: 'v3.0.12' }, { name: 'argo-cd', version: '8.10.0', app_version: '3.10' }, { name: 'argo-cd', version: '8.3.0-rc.1' }, { name: 'argo-cd', version: '7.0.0', deprecated: true }, { name: 'argo-cd-extra', version: '1.0.0' }]);
    for (const json of [false, true]) {
      museum.asJson(json);
      versions = fresh();
      const { versions: found, problem } = await versions.of(chart());
      expect(problem).toBeNull();
      expect(found.map(({ version, chart_version, app_version }) => [version, chart_version, app_version])).toEqual([['8.10.0', '8.10.0', '3.10'], ['8.2.5', '8.2.5', 'v3.0.12']]);
    }
  });

  it('are asked for every ten minutes, by request each minute, and once for all who ask at once', async () => {
    const before = github.seen.length;
    const asked = (): number => github.seen.length - before;
    await Promise.all(Array.from({ length: 20 }, () => versions.of(gitea())));
    expect(asked()).toBe(1);
    now += 9 * MINUTE;
    await versions.of(gitea());
    expect(asked()).toBe(1);
    await versions.of(gitea(), { refresh: true });
    await versions.of(gitea(), { refresh: true });
    expect(asked()).toBe(2);
    now += 10 * MINUTE;
    await versions.of(gitea());
    expect(asked()).toBe(3);
  });

  it.each([
    ['an error page', { status: 502 }, 'SOURCE.UNREACHABLE'],
    ['a cut connection', { cut: 'before' as const }, 'SOURCE.UNREACHABLE'],
    ['half an answer', { cut: 'after' as const }, 'SOURCE.UNREACHABLE'],
    ['no JSON', { garbage: 'text' as const }, 'SOURCE.INVALID_ANSWER'],
    ['other JSON', { garbage: 'shape' as const }, 'SOURCE.INVALID_ANSWER'],
    ['a limit', { status: 429, retryAfter: 300 }, 'SOURCE.RATE_LIMITED'],
    ['a refusal', { status: 403 }, 'SOURCE.REFUSED'],
  ])('are the last known ones, and said to be, after %s', async (_, fault, code) => {
    github.fault(fault);
    const never = await versions.of(gitea());
    expect(never).toMatchObject({ versions: [{ version: '1.20.0' }], asked_at: null, problem: { code, since: '2026-11-21T08:00:00.000Z' } });
    expect(never.problem?.message).toMatch(/^[^\n]+\. Shown is what the entry itself lists\.$/);
    now += 6 * MINUTE;
    expect(await names(gitea())).toEqual(['1.24.6', '1.24.5', '1.9.1']);
    github.fault({ ...fault, times: 2 });
    now += 11 * MINUTE;
    const failed = await versions.of(gitea());
    expect(failed).toMatchObject({ versions: [{ version: '1.24.6' }, {}, {}], asked_at: '2026-11-21T08:06:00.000Z', problem: { code, since: '2026-11-21T08:17:00.000Z' } });
    expect(failed.problem?.message).toContain('Shown is what it said before.');
    now += 7 * MINUTE;
    expect((await versions.of(gitea())).problem).toMatchObject({ code, since: '2026-11-21T08:17:00.000Z' });
    now += 7 * MINUTE;
    expect((await versions.of(gitea())).problem).toBeNull();
  });

  it('do not wait for ever for a source that is silent', async () => {
    const hasty = createSafeFetch({ policy: { ...PUBLIC_ONLY, configured: [{ host: '127.0.0.1', port: github.port }] }, timeouts: { total: 300 } });
    github.fault({ hang: 'before' });
    expect(await createVersions({ fetch: hasty, now: () => now, github: github.url }).of(gitea())).toMatchObject({ versions: [{ version: '1.20.0' }], problem: { code: 'SOURCE.UNREACHABLE' } });
    await hasty.close();
  });

  it('of a name that nobody knows', async () => {
    expect((await versions.of(entry('{ type: github, source: nobody/nothing }'))).problem).toMatchObject({ code: 'SOURCE.NOT_FOUND' });
    expect((await versions.of(entry('{ type: dockerhub, source: nobody/nothing }'))).problem).toMatchObject({ code: 'SOURCE.NOT_FOUND' });
    museum.publish([{ name: 'other', version: '1.0.0' }]);
    expect((await versions.of(chart())).problem).toMatchObject({ code: 'SOURCE.NOT_FOUND' });
  });

  it('hold back for all entries of a service until the time that it named', async () => {
    github.limit(0, START / 1_000 + 1_800);
    expect((await versions.of(gitea())).problem).toMatchObject({ code: 'SOURCE.RATE_LIMITED', retry_at: '2026-11-21T08:30:00.000Z' });
    const before = github.seen.length;
    github.publish('grafana/grafana', [{ tag: 'v12.1.0' }]);
    const grafana = entry('{ type: github, source: grafana/grafana }');
    now += 29 * MINUTE;
    expect((await versions.of(grafana, { refresh: true })).problem).toMatchObject({ code: 'SOURCE.RATE_LIMITED' });
    expect(github.seen.length).toBe(before);
    github.limit(60, 0);
    now += 2 * MINUTE;
    expect(await names(grafana)).toEqual(['12.1.0']);
    expect(await names(gitea())).toHaveLength(3);
    github.limit(0, 0);
    versions = fresh({ githubToken: github.token });
    expect(await names(gitea())).toHaveLength(3);
    hub.limit(START / 1_000 + 7_200);
    expect((await versions.of(entry('{ type: dockerhub, source: postgres }'))).problem).toMatchObject({ code: 'SOURCE.RATE_LIMITED', retry_at: '2026-11-21T10:00:00.000Z' });
  });

  it('are not asked of addresses inside', async () => {
    const strict = createSafeFetch({ policy: PUBLIC_ONLY });
    const { problem } = await createVersions({ fetch: strict, now: () => now }).of(chart());
    await strict.close();
    expect(problem).toMatchObject({ code: 'SOURCE.REFUSED' });
  });

  it('of a static entry are its own', async () => {
    expect(await versions.of(entryOf(entryYaml()))).toMatchObject({ versions: [{ version: '1.11.0', tag: '1.11.0' }, { version: '1.10.4' }], problem: null });
  });
});
