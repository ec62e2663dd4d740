/** applications on a real nats-server beside a real auth, with a cluster in memory: from a wish to a plan, a deployment, its life and its end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, TENANT, type TestGround } from '@xanthus/auth/test-ground';
import { Refusal } from '@xanthus/kernel';
import { JetStreamEventStore } from '@xanthus/jetstream';
import type { RunningService } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import {
  addCatalogEntry, applicationHistory, applicationPlan, cancelDeployment, deleteApplication, deployApplication, exposePort, planApplication, portForwards, retryDeployment, rollbackApplication, scaleApplication, setApplicationValues, setUpdatePolicy, stopApplication,
  unexposePort, upgradeApplication, type applicationView, type deploymentView,
} from '@xanthus/proto/applications';
import { memoryCluster, packedChart } from './cluster/memory-cluster.fixture.js';
import { applicationsDeclarations } from './declarations.js';
import { applicationType } from './application/application.decide.js';
import { deploymentType } from './deployment/deployment.decide.js';
import { planType } from './plan/plan.decide.js';
import type { ChartRef, Charts, DnsPort } from './running/ports.js';
import { startApplications } from './start-applications.js';

type Row = DataOf<typeof applicationView>;
type DeploymentRow = DataOf<typeof deploymentView>;
const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const YAML = `id: notes
name: Notes
description: Takes notes.
version_source: { type: static, versions: ["1.1.0", "1.0.0"] }
helm_chart:
  repository: https://charts.example.com
  chart: memory
  version: 1.0.0
  bindings: { environment: env }
  values_template: { tag: "{{VERSION}}", host: "{{HOST}}", existingSecret: "{{SECRET_NAME}}" }
default_port: 8080
environment_variables:
  - { name: LANG }
  - { name: SMTP_PASSWORD, secret: true }
secrets:
  - { name: admin-password }
ports:
  - { name: http, port: 8080 }
  - { name: api, port: 9090 }
`;
const SECRET = 'vlinder-kaas-fiets-41';

const records = new Map<string, { readonly application: string; address: string }>();
const dns: DnsPort = {
  ensureRecord: async (_t, { host, application, address }) => {
    const made = !records.has(host);
    records.set(host, { application, address });
    return { type: 'A', id: ZONE, made };
  },
  removeRecord: async (_t, { host }) => ({ gone: records.delete(host) }),
  recordAt: async (_t, _zone, host, application) => {
    const found = records.get(host);
    return found ? { ours: found.application === application, type: 'A', value: found.address } : null;
  },
  use: async () => {}, unuse: async () => {},
  certificate: async () => ({ chain: 'CHAIN', key: 'KEY', provider_ref: 'c1' }),
  certificateRef: async () => 'c1',
  zone: async (_t, id) => {
    if (id !== ZONE) throw new Refusal('DNS.NOT_MANAGED', 'No.');
    return { id, name: 'example.com', configured: true };
  },
};

let ground: TestGround;
let service: RunningService;
const cluster = memoryCluster();

beforeAll(async () => {
  ground = await startTestGround({ service: 'applications', declarations: applicationsDeclarations() });
  service = await startApplications(ground.env('applications'), {
    dns, clusterOf: async () => cluster,
    charts: { get: async ({ chart, version }: ChartRef) => ({ bytes: packedChart({ chart, version, volume: true }), digest: 'd'.repeat(64) }) } as Charts,
    vps: { server: async () => ({ id: SERVER, name: 'web-1', address: '192.0.2.10', status: 'reachable', time_zone: 'UTC', k3s: true, simulated: false }) },
  });
  await ask(addCatalogEntry, { id: 'notes', input: { yaml: YAML } });
});
afterAll(async () => {
  await service?.stop();
  await ground?.stop();
});

const ask: TestGround['asOwner'] = (contract, options) => ground.asOwner(contract, options);
const refusal = (run: Promise<unknown>): Promise<{ code?: string; message?: string; details?: unknown }> => run.then(() => ({}), (error: unknown) => error as { code?: string });
const plans: string[] = [];
const deployments: string[] = [];
const plan = async (wanted: Record<string, unknown>) => {
  const made = await ask(planApplication, { input: { wish: wanted, reason: 'because' } as never });
  plans.push(made.id);
  return made;
};
const row = (id: string, fits: (row: Row) => boolean): Promise<Row> => ground.row<Row>('applications', id, fits);
const deployment = (application: string, id: string, fits: (row: DeploymentRow) => boolean): Promise<DeploymentRow> => (deployments.push(id), ground.row<DeploymentRow>('deployments', `${application}.${id}`, fits));
const wish = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ kind: 'deploy', name: 'Team notes', entry: 'notes', version: '1.0.0', server: SERVER, zone: ZONE, subdomain: 'notes', ...more });
const ended = (r: Row): boolean => r.work === null;

describe('a plan', () => {
  it('says what would be made where, and makes nothing', async () => {
    const made = await plan(wish({ environment: { LANG: 'nl', SMTP_PASSWORD: SECRET }, values: `mail: { password: ${SECRET}-2, size: 3 }\n` }));
    expect(made).toMatchObject({ ready: true, detail: { server_name: 'web-1', release: 'notes-notes', namespace: 'notes-notes', host: 'notes.example.com', chart: 'memory', version: '1.0.0', from_version: null, conflicts: [] } });
    expect(made.detail.objects.map(o => `${o.action} ${o.sort} ${o.kind} ${o.name}`)).toEqual(expect.arrayContaining([
      'create namespace Namespace notes-notes', 'create secret Secret notes-notes-secrets', 'create release Release notes-notes', 'create object StatefulSet notes-notes', 'create object Service notes-notes', 'create tls Secret example.com-tls', 'create record A notes.example.com',
    ]));
    expect(made.detail.values_diff).toContain('+  size: 3');
    expect(JSON.stringify(made)).not.toContain(SECRET);
    expect([cluster.state.things.size, records.size]).toEqual([0, 0]);
    expect(await ask(applicationPlan, { id: made.id, input: {} })).toEqual({ hash: made.hash, ready: true, detail: made.detail });
  });

  it.each([
    ['CATALOG.NOT_FOUND', wish({ entry: 'nothing' })], ['CATALOG.VERSION_UNKNOWN', wish({ version: '9.9.9' })], ['DNS.NOT_MANAGED', wish({ zone: 'f'.repeat(32) })], ['APPLICATION.VALUES_INVALID', wish({ values: 'a: [' })],
    ['APPLICATION.INVALID', wish({ choices: { NOTHING: 'x' } })], ['CHART.VALUES', wish({ values: 'invalid: true' })],
  ])('is refused with %s', async (code, wanted) => expect(await refusal(plan(wanted))).toMatchObject({ code }));

  it('shows whose record stands in the way, and is not carried out then', async () => {
    records.set('taken.example.com', { application: 'somebody', address: '192.0.2.99' });
    const made = await plan(wish({ name: 'Other', subdomain: 'taken' }));
    expect(made).toMatchObject({ ready: false, detail: { conflicts: [{ kind: 'record', at: 'taken.example.com' }] } });
    expect(await refusal(ask(deployApplication, { input: { plan: made.id, hash: made.hash } }))).toMatchObject({ code: 'PLAN.CONFLICTS' });
    records.delete('taken.example.com');
  });

  it('counts only as it was seen', async () => {
    const made = await plan(wish());
    expect(await refusal(ask(deployApplication, { input: { plan: made.id, hash: '0'.repeat(64) } }))).toMatchObject({ code: 'PLAN.OTHER_HASH' });
    expect(await refusal(ask(deployApplication, { input: { plan: SERVER, hash: made.hash } }))).toMatchObject({ code: 'PLAN.UNKNOWN' });
    expect(await refusal(ask(upgradeApplication, { id: SERVER, input: { plan: made.id, hash: made.hash } }))).toMatchObject({ code: 'PLAN.OTHER_KIND' });
    records.set('notes.example.com', { application: 'somebody', address: '192.0.2.99' });
    expect(await refusal(ask(deployApplication, { input: { plan: made.id, hash: made.hash } }))).toMatchObject({ code: 'PLAN.STALE', details: { changed: ['the record'] } });
    records.delete('notes.example.com');
  });
});

describe('an application', () => {
  let id: string;
  const doing = async (contract: typeof upgradeApplication, wanted: Record<string, unknown>, accept: string[] = []): Promise<{ readonly row: Row; readonly done: DeploymentRow }> => {
    const made = await plan(wanted);
    const started = await ask(contract, { id, input: { plan: made.id, hash: made.hash, accept } as never });
    const done = await deployment(id, started.deployment, d => d.ended_at !== null);
    return { done, row: await row(id, r => ended(r) && r.deployment === started.deployment) };
  };

  it('is deployed as planned, once', async () => {
    const made = await plan(wish({ environment: { LANG: 'nl', SMTP_PASSWORD: SECRET } }));
    const [a, b] = await Promise.all([ask(deployApplication, { input: { plan: made.id, hash: made.hash }, idempotency_key: 'once' }), ask(deployApplication, { input: { plan: made.id, hash: made.hash }, idempotency_key: 'once' })]);
    expect(a.id).toBe(b.id);
    ({ id } = a);
    const done = await deployment(id, a.deployment, d => d.ended_at !== null);
    expect([done.state, done.problem, done.steps.filter(s => s.state !== 'done' && s.state !== 'skipped')]).toEqual(['done', null, []]);
    expect(await row(id, ended)).toMatchObject({ status: 'running', revision: 1, version: '1.0.0', host: 'notes.example.com', releases: 1, next: expect.arrayContaining(['upgrade', 'delete']) });
    expect(records.get('notes.example.com')).toEqual({ application: id, address: '192.0.2.10' });
    expect(await refusal(ask(deployApplication, { input: { plan: made.id, hash: made.hash } }))).toMatchObject({ code: 'PLAN.OVER' });
  });

  it('of one name and address is deployed once, however many try at once', async () => {
    const both = await Promise.all([plan(wish({ name: 'Twins', subdomain: 'twins' })), plan(wish({ name: 'twins ', subdomain: 'twins' }))]);
    const tried = await Promise.allSettled(both.map(p => ask(deployApplication, { input: { plan: p.id, hash: p.hash } })));
    const won = tried.flatMap(t => (t.status === 'fulfilled' ? [t.value] : []));
    expect(won).toHaveLength(1);
    expect(tried.flatMap(t => (t.status === 'rejected' ? [(t.reason as { code: string }).code] : []))).toEqual(['APPLICATION.NAME_TAKEN']);
    const [twin] = won;
    await deployment(twin?.id ?? '', twin?.deployment ?? '', d => d.state === 'done');
    await row(twin?.id ?? '', ended);
    const gone = await ask(deleteApplication, { id: twin?.id ?? '', input: { accept: ['data_loss'] } });
    await deployment(twin?.id ?? '', gone.deployment, d => d.state === 'done');
  });

  it('has its name and address for itself', async () => {
    const again = await plan(wish());
    expect(again.detail.conflicts.map(c => c.kind).sort()).toEqual(['name', 'record', 'record', 'release']);
    expect((await plan(wish({ subdomain: 'second' }))).detail.conflicts).toMatchObject([{ kind: 'name' }]);
  });

  it('gets other values, an upgrade, and goes back as a whole', async () => {
    expect(await refusal(plan({ kind: 'set-values', application: id, environment: { LANG: 'nl' } }))).toMatchObject({ code: 'APPLICATION.NOTHING_TO_CHANGE' });
    expect((await doing(setApplicationValues, { kind: 'set-values', application: id, values: 'replicas: 2' })).row).toMatchObject({ status: 'running', revision: 2 });
    const upgrade = await plan({ kind: 'upgrade', application: id, version: '1.1.0' });
    expect(upgrade.detail).toMatchObject({ from_version: '1.0.0', version: '1.1.0', values_diff: expect.stringContaining('+tag: 1.1.0') });
    expect((await doing(upgradeApplication, { kind: 'upgrade', application: id, version: '1.1.0' })).row).toMatchObject({ version: '1.1.0', revision: 3 });
    expect(await refusal(ask(upgradeApplication, { id, input: { plan: upgrade.id, hash: upgrade.hash } }))).toMatchObject({ code: 'PLAN.STALE' });
    const back = await plan({ kind: 'rollback', application: id, revision: 1 });
    expect(back.detail.warnings).toContainEqual(expect.objectContaining({ kind: 'downgrade', asks_again: true }));
    expect(await refusal(ask(rollbackApplication, { id, input: { plan: back.id, hash: back.hash } }))).toMatchObject({ code: 'PLAN.WARNING_NOT_ACCEPTED' });
    expect((await doing(rollbackApplication, { kind: 'rollback', application: id, revision: 1 }, ['downgrade'])).row).toMatchObject({ version: '1.0.0', revision: 4 });
    expect((await ask(applicationHistory, { id, input: {} })).releases.map(r => [r.revision, r.version, r.again, r.current])).toEqual([[4, '1.0.0', 1, true], [3, '1.1.0', null, false], [2, '1.0.0', null, false], [1, '1.0.0', null, false]]);
  });

  it('goes back by itself when an upgrade fails, and says why', async () => {
    const { done, row: after } = await doing(setApplicationValues, { kind: 'set-values', application: id, values: 'broken: true' });
    expect([done.state, done.undone]).toEqual(['failed', true]);
    expect(after).toMatchObject({ status: 'running', revision: 4, failed: 'set-values', problem: { code: expect.any(String) }, next: expect.arrayContaining(['retry']) });
  });

  it('gives a port an address and takes it away', async () => {
    expect((await doing(exposePort, { kind: 'expose', application: id, port: 9090, subdomain: 'api' })).done).toMatchObject({ state: 'done' });
    expect((await ask(portForwards, { id, input: {} })).ports).toMatchObject([{ port: 8080, main: true, host: 'notes.example.com' }, { port: 9090, main: false, host: 'api.example.com' }]);
    expect(await refusal(plan({ kind: 'expose', application: id, port: 9090, subdomain: 'api' }))).toMatchObject({ code: 'APPLICATION.NOTHING_TO_CHANGE' });
    expect(await refusal(ask(unexposePort, { id, input: { host: 'notes.example.com' } }))).toMatchObject({ code: 'APPLICATION.NOT_EXPOSED' });
    await ask(unexposePort, { id, input: { host: 'api.example.com' } });
    await row(id, r => ended(r) && r.exposures.length === 0);
    expect(records.has('api.example.com')).toBe(false);
  });

  it('is asked only what is possible now', async () => {
    expect(await refusal(ask(cancelDeployment, { id, input: {} }))).toMatchObject({ code: 'APPLICATION.NOT_BUSY' });
    expect(await refusal(ask(retryDeployment, { id, input: {} }))).toMatchObject({ code: 'APPLICATION.NOTHING_FAILED' });
    await ask(stopApplication, { id, input: {} });
    expect(await row(id, r => r.status === 'stopped')).toMatchObject({ next: ['start', 'delete'] });
    expect(await refusal(ask(scaleApplication, { id, input: { workload: 'StatefulSet/notes-notes', replicas: 2 } }))).toMatchObject({ code: 'APPLICATION.NOT_ALLOWED_NOW' });
    await ask(setUpdatePolicy, { id, input: { auto: 'patch' } });
    await row(id, r => r.updates.auto === 'patch');
  });

  it('takes everything along when it goes, what is kept too', async () => {
    const made = await plan({ kind: 'delete', application: id });
    expect(made.detail.warnings).toContainEqual(expect.objectContaining({ kind: 'data_loss', asks_again: true }));
    expect(await refusal(ask(deleteApplication, { id, input: {} }))).toMatchObject({ code: 'PLAN.WARNING_NOT_ACCEPTED' });
    await ask(deleteApplication, { id, input: { accept: ['data_loss'] } });
    await deployment(id, (await row(id, r => r.work === 'delete')).deployment ?? '', d => d.state === 'done');
    expect([[...cluster.state.things.keys()], [...records.keys()]]).toEqual([[], []]);
    // Its name is free again.
    expect((await plan(wish())).detail.conflicts).toEqual([]);
  });

  it('left no secret in any event', async () => {
    const store = new JetStreamEventStore(await ground.as('applications'), 'applications');
    const told = await Promise.all([...plans.map(p => [planType.name, p] as const), [applicationType.name, id] as const, ...deployments.map(d => [deploymentType.name, d] as const)].map(async ([aggregate, one]) => (await store.load({ tenant: TENANT, service: 'applications', aggregate, id: one })).events));
    expect(told.flat().length).toBeGreaterThan(50);
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });
});
