/** The catalog through its doors, on a real nats-server beside a real auth. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { startGithubEmulator, type GithubEmulator } from '@xanthus/emulators';
import type { RunningService } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import { addCatalogEntry, catalogEntries, changeCatalogEntry, checkEntry, entryVersions, removeCatalogEntry, shippedEntries, type catalogView } from '@xanthus/proto/applications';
import { entryYaml } from '../catalog/catalog.fixture.js';
import { applicationsDeclarations } from '../declarations.js';
import { startApplications } from '../start-applications.js';

type Row = DataOf<typeof catalogView>;
let ground: TestGround;
let github: GithubEmulator;
let service: RunningService;

beforeAll(async () => {
  github = await startGithubEmulator();
  github.publish('traefik/whoami', [{ tag: 'v1.11.0' }, { tag: 'v1.10.4' }]);
  const env = { XANTHUS_GITHUB_URL: github.url };
  ground = await startTestGround({ service: 'applications', declarations: applicationsDeclarations(), env });
  service = await startApplications({ ...ground.env('applications'), ...env });
});
afterAll(async () => {
  await service?.stop();
  await ground?.stop();
  await github?.stop();
});

const ask: TestGround['asOwner'] = (contract, options) => ground.asOwner(contract, options);
const refusal = (run: Promise<unknown>): Promise<{ code?: string; details?: unknown; message?: string }> => run.then(() => ({}), (error: unknown) => error as { code?: string });
const id = 'whoami';
const yaml = `# ours\n${entryYaml('category: Web').replace(/version_source: .*/, 'version_source: { type: github, source: traefik/whoami }')}`;

describe('the catalog of a tenant', () => {
  it('has what Xanthus ships', async () => {
    const { entries } = await ask(catalogEntries, { input: {} });
    expect(entries.map(e => e.entry.id)).toEqual(expect.arrayContaining(['argocd', 'code-server', 'headlamp', 'open-webui', 'xanthus', 'postgresql']));
    expect(entries.some(e => e.own)).toBe(false);
    expect((await ask(shippedEntries, { input: {} })).entries).toHaveLength(entries.length);
  });

  it('says what is wrong while one types, and refuses the same', async () => {
    const wrong = yaml.replace('{{VERSION}}', '{{VERSOIN}}');
    const { ok, problems } = await ask(checkEntry, { input: { yaml: wrong } });
    expect([ok, problems]).toEqual([false, expect.arrayContaining([expect.objectContaining({ line: 15, path: 'helm_chart.values_template.components.app.image.tag', message: expect.stringContaining('Did you mean "VERSION"?') })])]);
    expect(await refusal(ask(addCatalogEntry, { id, input: { yaml: wrong } }))).toMatchObject({ code: 'CATALOG.INVALID', details: { problems } });
    expect(await refusal(ask(addCatalogEntry, { id: 'other', input: { yaml } }))).toMatchObject({ code: 'CATALOG.ID_DIFFERS' });
    expect(await refusal(ask(changeCatalogEntry, { id, input: { yaml } }))).toMatchObject({ code: 'CATALOG.NOT_FOUND' });
    expect(await refusal(ask(entryVersions, { id, input: {} }))).toMatchObject({ code: 'CATALOG.NOT_FOUND' });
  });

  it('takes an entry of its own, with comments, and asks for its versions', async () => {
    await ask(addCatalogEntry, { id, input: { yaml } });
    expect(await ground.row<Row>('catalog', id, () => true)).toMatchObject({ id, yaml, entry: { name: 'Whoami', category: 'Web' } });
    expect((await ask(catalogEntries, { input: {} })).entries.find(e => e.entry.id === id)).toMatchObject({ own: true });
    expect(await ask(entryVersions, { id, input: {} })).toMatchObject({ problem: null, versions: [{ version: '1.11.0', chart_version: '1.0.0' }, { version: '1.10.4' }] });
    expect(await refusal(ask(addCatalogEntry, { id, input: { yaml: `${yaml}# once more\n` } }))).toMatchObject({ code: 'CATALOG.ID_TAKEN' });
  });

  it('lets one take the place of a shipped one, changes it, and has the shipped one again without it', async () => {
    const mine = yaml.replace('id: whoami', 'id: grafana');
    await ask(addCatalogEntry, { id: 'grafana', input: { yaml: mine } });
    await ask(changeCatalogEntry, { id: 'grafana', input: { yaml: mine.replace('name: Whoami', 'name: Our Grafana') } });
    const added = await ground.row<Row>('catalog', 'grafana', r => r.entry.name === 'Our Grafana');
    expect(added.changed_at >= added.added_at).toBe(true);
    expect((await ask(catalogEntries, { input: {} })).entries.filter(e => e.entry.id === 'grafana')).toMatchObject([{ own: true, entry: { name: 'Our Grafana' } }]);
    await ask(removeCatalogEntry, { id: 'grafana', input: {} });
    expect(await refusal(ask(removeCatalogEntry, { id: 'grafana', input: {} }))).toMatchObject({ code: 'CATALOG.NOT_FOUND' });
    github.publish('grafana/grafana', [{ tag: 'v12.2.0' }, { tag: 'v11.9.0' }]);
    expect((await ask(entryVersions, { id: 'grafana', input: {} })).versions.map(v => v.version)).toEqual(['12.2.0']);
  });
});
