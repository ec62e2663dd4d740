/** Getting into applications that Helm made on a real Kubernetes API: passwords that really change, a hash that bcrypt takes, a token that the API server knows. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { verify } from '@node-rs/bcrypt';
import { startTestGround, TENANT, type TestGround } from '@xanthus/auth/test-ground';
import { findClients, type KubernetesClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import type { RunningService } from '@xanthus/nest';
import type { DataOf, OutputOf } from '@xanthus/proto';
import { addCatalogEntry, applicationValues, checkHost, deployApplication, planApplication, prerequisites, readAccess, setApplicationValues, setPassword, type applicationView, type deploymentView } from '@xanthus/proto/applications';
import { tempDir, type TempDir } from '@xanthus/testing';
import type { Cluster } from '../cluster/cluster.js';
import { localCluster } from '../cluster/local-cluster.js';
import { getObject, readSecret } from '../cluster/objects.js';
import { applicationsDeclarations } from '../declarations.js';
import { startApplications } from '../start-applications.js';

type Row = DataOf<typeof applicationView>;
type DeploymentRow = DataOf<typeof deploymentView>;
const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const limits = { signal: new AbortController().signal, timeout_ms: 150_000 };
const entryOf = (id: string, access: string, component = ''): string => `id: ${id}
name: ${id}
description: A spec deploys it.
version_source: { type: static, versions: ["1.0.0"] }
helm_chart:
  repository: local
  chart: app
  version: 1.0.0
  values_template: { components: { app: { image: { repository: example.com/${id}, tag: "{{VERSION}}" }, secretEnv: { PASSWORD: password, LINE: line }${component} } } }
default_port: 8080
environment_variables: [{ name: COLOUR, default: blue }, { name: API_TOKEN, secret: true }]
secrets: [{ name: password }, { name: line, derive: { from: password, as: htpasswd, user: admin } }]
access: ${access}
`;
const ENTRIES = {
  editor: entryOf('editor', '{ kind: password, key: password, change: restart }'),
  gitops: entryOf('gitops', '{ kind: bcrypt, username: admin, initial_secret: gitops-initial, initial_key: password, secret: gitops-secret, key: admin.password, changed_key: admin.passwordMtime }'),
  console: entryOf('console', '{ kind: token, service_account: "{{RELEASE_NAME}}", minutes: 30, hint: Paste it. }', ', serviceAccount: true'),
} as const;

await describeWithCluster('access', (bed) => {
  let ground: TestGround;
  let service: RunningService;
  let cluster: Cluster;
  let clients: KubernetesClients;
  let folder: TempDir;
  const ids = {} as Record<keyof typeof ENTRIES, string>;
  const seen = new Set<string>();
  const signals: string[] = [];
  const ask: TestGround['asOwner'] = (contract, options) => ground.asOwner(contract, options);
  const ended = (application: string, id: string): Promise<DeploymentRow> => ground.row<DeploymentRow>('deployments', `${application}.${id}`, d => d.ended_at !== null, 150_000);
  const refusal = (run: Promise<unknown>): Promise<{ code?: string; message?: string }> => run.then(() => ({}), (error: unknown) => error as { code?: string });
  const access = async (id: string): Promise<OutputOf<typeof readAccess>> => {
    const told = await ask(readAccess, { id, input: {} });
    if (told.secret !== null) seen.add(told.secret);
    return told;
  };
  const change = async (id: string, password?: string): Promise<DeploymentRow> => {
    if (password !== undefined) seen.add(password);
    const { deployment } = await ask(setPassword, { id, input: password === undefined ? {} : { password } });
    const row = await ended(id, deployment);
    await ground.row<Row>('applications', id, r => r.work === null);
    return row;
  };

  beforeAll(async () => {
    const [found, started, at] = await Promise.all([findClients(4), startTestGround({ service: 'applications', declarations: applicationsDeclarations() }), tempDir('xanthus-access-')]);
    [clients, ground, folder] = [found, started, at];
    (await ground.as('gateway')).subscribe('sig.>', { callback: (_error, message) => void signals.push(message.string()) });
    cluster = localCluster({ ...clients, kubeconfig: bed().kubeconfig, facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' } });
    const server = { id: SERVER, name: 'web-1', address: '192.0.2.10', status: 'reachable', time_zone: 'Europe/Amsterdam', k3s: true, simulated: true };
    service = await startApplications(ground.env('applications'), {
      clusterOf: async () => cluster, vps: { server: async () => server },
      dns: { zone: async () => ({ id: ZONE, name: 'example.com', configured: true }) } as never,
      places: { servers: async () => [{ ...server, helm: true }], zones: async () => [{ id: ZONE, name: 'example.com', status: 'active', domain: null }], nameAt: async (_t, host) => (host === 'www.example.com' ? { free: false, message: 'There is a record.' } : { free: true, message: '' }) },
    });
    await Promise.all(Object.entries(ENTRIES).map(async ([id, yaml]) => {
      await ask(addCatalogEntry, { id, input: { yaml } });
      const plan = await ask(planApplication, { input: { wish: { kind: 'deploy', name: id, entry: id, server: SERVER, zone: null, environment: { COLOUR: 'red', ...(id === 'editor' ? { API_TOKEN: 'fiets-kaas-7731' } : {}) }, ...(id === 'editor' ? { values: 'components:\n  app:\n    env:\n      DB_PASSWORD: vlinder-kaas-99 # mine\n' } : {}) }, reason: '' } });
      const { id: application, deployment } = await ask(deployApplication, { input: { plan: plan.id, hash: plan.hash, accept: plan.detail.warnings.map(w => w.kind) } });
      ids[id as keyof typeof ENTRIES] = application;
      expect(await ended(application, deployment)).toMatchObject({ state: 'done' });
      await ground.row<Row>('applications', application, r => r.work === null);
    }));
  });
  afterAll(async () => {
    await service?.stop();
    await ground?.stop();
    await folder?.remove();
  });
  const place = (id: keyof typeof ENTRIES): { readonly namespace: string; readonly name: string } => ({ namespace: `${id}-${id}`, name: `${id}-${id}` });
  const restartedAt = async (): Promise<string | undefined> => {
    const { spec } = await getObject(cluster, { kind: 'Deployment', ...place('editor') }, limits) as unknown as { readonly spec: { readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } } } };
    return spec.template.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'];
  };

  it('by a password: shown, changed, restarted, shown as the new one', async () => {
    const first = await access(ids.editor);
    expect(first).toMatchObject({ kind: 'password', secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/), initial: true });
    const before = await restartedAt();
    const planned = await ask(planApplication, { input: { wish: { kind: 'set-values', application: ids.editor, environment: { COLOUR: 'green' } }, reason: '' } });
    expect(await change(ids.editor, 'A new one: "$(x)" \'y\'')).toMatchObject({ state: 'done', kind: 'password', steps: [{ step: 'check' }, { step: 'secrets' }, { step: 'scale' }, { step: 'verify' }] });
    const secret = await readSecret(cluster, { namespace: place('editor').namespace, name: `${place('editor').name}-secrets` }, limits);
    expect(secret?.get('password')).toBe('A new one: "$(x)" \'y\'');
    expect(await verify('A new one: "$(x)" \'y\'', (secret?.get('line') ?? '').replace('admin:$2y$', '$2b$'))).toBe(true);
    expect(secret?.get('API_TOKEN')).toBe('fiets-kaas-7731');
    expect([before, await restartedAt()]).toEqual([undefined, expect.any(String)]);
    expect(await access(ids.editor)).toMatchObject({ secret: 'A new one: "$(x)" \'y\'', initial: false });
    // It sealed the secrets of before, and would bring the old password back.
    expect(await refusal(ask(setApplicationValues, { id: ids.editor, input: { plan: planned.id, hash: planned.hash } }))).toMatchObject({ code: 'PLAN.STALE', details: { changed: ['the application'] } });
    expect(await change(ids.editor)).toMatchObject({ state: 'done' });
    expect((await access(ids.editor)).secret).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('by a hash: the first one, one set here, and the truth about one set inside', async () => {
    const { namespace } = place('gitops');
    expect(await refusal(access(ids.gitops))).toMatchObject({ code: 'APPLICATION.NO_ACCESS' });
    const put = (name: string, data: Record<string, string>) => cluster.run('kubectl', ['apply', '--server-side', '--force-conflicts', '--field-manager=the-application', '--filename=-'], { ...limits, stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: data }) });
    await put('gitops-secret', { 'server.secretkey': 'its-own' });
    await put('gitops-initial', { password: 'first-of-gitops' });
    expect(await access(ids.gitops)).toMatchObject({ kind: 'bcrypt', username: 'admin', secret: 'first-of-gitops', initial: true });
    expect(await change(ids.gitops, 'second-of-gitops')).toMatchObject({ state: 'done' });
    const keys = await readSecret(cluster, { namespace, name: 'gitops-secret' }, limits);
    expect(await verify('second-of-gitops', keys?.get('admin.password') ?? '')).toBe(true);
    expect([keys?.get('server.secretkey'), Number.isNaN(Date.parse(keys?.get('admin.passwordMtime') ?? ''))]).toEqual(['its-own', false]);
    expect(await access(ids.gitops)).toMatchObject({ secret: 'second-of-gitops', initial: false });
    await put('gitops-secret', { 'admin.password': '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy' });
    expect(await access(ids.gitops)).toMatchObject({ secret: null, hint: expect.stringContaining('changed inside') });
    expect(await refusal(ask(setPassword, { id: ids.gitops, input: { password: 'x'.repeat(73) } }))).toMatchObject({ code: 'APPLICATION.PASSWORD_UNSUITABLE' });
  });

  it('by a token that the API server knows, and that ends by itself', async () => {
    const { kind, secret, expires_at, hint } = await access(ids.console);
    expect([kind, hint]).toEqual(['token', 'Paste it.']);
    const left = Date.parse(expires_at ?? '') - Date.now();
    expect(left > 25 * 60_000 && left < 31 * 60_000).toBe(true);
    // A kubeconfig with nothing but the token: what a client has that was given it.
    const { url, ca } = bed();
    const kubeconfig = join(folder.path, 'token.yaml');
    const named = <K extends string>(kind: K, value: unknown) => [{ name: 'it', [kind]: value }];
    await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'it', clusters: named('cluster', { server: url, 'certificate-authority-data': Buffer.from(ca ?? '').toString('base64') }), users: named('user', { token: secret }), contexts: named('context', { cluster: 'it', user: 'it' }) }), { mode: 0o600 });
    const who = await localCluster({ ...clients, kubeconfig, facts: cluster.facts }).run('kubectl', ['auth', 'whoami', '--output=json'], limits);
    expect(JSON.parse(who.stdout)).toMatchObject({ status: { userInfo: { username: `system:serviceaccount:${place('console').namespace}:${place('console').name}` } } });
    expect(await refusal(ask(setPassword, { id: ids.console, input: {} }))).toMatchObject({ code: 'APPLICATION.PASSWORD_INSIDE', message: expect.stringContaining('short-lived') });
  });

  it('shows values without their secrets, and takes them back so', async () => {
    const values = await ask(applicationValues, { id: ids.editor, input: {} });
    expect(values).toMatchObject({ revision: 1, overlay: expect.stringContaining('DB_PASSWORD: •••'), secrets: ['API_TOKEN', 'line', 'password'], environment: [{ name: 'COLOUR', value: 'red', secret: false }, { name: 'API_TOKEN', value: null, secret: true }], schema: expect.objectContaining({ type: 'object' }) });
    expect(values.overlay).toContain('# mine');
    expect(JSON.stringify(values)).not.toMatch(/vlinder-kaas-99|fiets-kaas-7731/);
    expect(await refusal(ask(applicationValues, { id: ids.editor, input: { revision: 7 } }))).toMatchObject({ code: 'APPLICATION.REVISION_UNKNOWN' });
    const again = (overlay: string) => ask(planApplication, { input: { wish: { kind: 'set-values', application: ids.editor, values: overlay }, reason: '' } });
    expect(await refusal(again(values.overlay))).toMatchObject({ code: 'APPLICATION.NOTHING_TO_CHANGE' });
    expect((await again(values.overlay.replace('    env:', '    replicas: 2\n    env:'))).detail.values_diff).not.toContain('DB_PASSWORD');
    expect(await refusal(again('x: "•••"'))).toMatchObject({ code: 'APPLICATION.VALUES_INVALID', message: expect.stringContaining('masked') });
  });

  it('says what a deploy needs, and which names are free', async () => {
    expect(await ask(prerequisites, { input: {} })).toEqual({ servers: [{ id: SERVER, name: 'web-1', ready: true, missing: '', simulated: true, time_zone: 'Europe/Amsterdam' }], zones: [{ id: ZONE, name: 'example.com', ready: false, missing: expect.stringContaining('Configure it') }] });
    expect(await ask(checkHost, { input: { zone: ZONE, subdomain: 'www' } })).toEqual({ host: 'www.example.com', free: false, message: 'There is a record.' });
    expect(await ask(checkHost, { input: { zone: ZONE, subdomain: '@' } })).toEqual({ host: 'example.com', free: true, message: '' });
  });

  it('left no password, hash or token in events, views and signals', async () => {
    const { streams } = await jetstreamManager(await ground.as('applications'));
    const { state } = await streams.info('APPLICATIONS');
    const told: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) told.push((await streams.getMessage('APPLICATIONS', { seq }))?.string() ?? '');
    const rows = await Promise.all(['applications', 'deployments', 'plans', 'releases', 'drift'].map(view => ground.views.list(TENANT, view)));
    expect([rows[1]?.length, signals.length > 0]).toEqual([6, true]);
    const text = [...told, ...signals, JSON.stringify(rows)].join('\n');
    expect([text.includes('AccessRead'), text.includes('PasswordChanged'), seen.size > 5]).toEqual([true, true, true]);
    for (const secret of [...seen, 'vlinder-kaas-99', 'fiets-kaas-7731']) expect([secret, text.includes(JSON.stringify(secret).slice(1, -1)) || text.includes(Buffer.from(secret).toString('base64'))]).toEqual([secret, false]);
    expect(text).not.toMatch(/\$2[aby]\$\d\d\$/);
  });
});
