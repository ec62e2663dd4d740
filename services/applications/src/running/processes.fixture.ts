/** The whole of deployments over an event store in memory, with a clock that stands, and kills and faults that the spec decides. */
import { AggregateCache, handleCommand, MemoryEventStore, newId, readState, Refusal, type AggregateType, type DomainEvent, type RecordedEvent } from '@xanthus/kernel';
import { pause } from '@xanthus/processes';
import type { Actor, DataOf } from '@xanthus/proto';
import { catalogEntry, type applicationEvents, type MadeObject, type planEvents, type WorkKind } from '@xanthus/proto/applications';
import { applicationType } from '../application/application.decide.js';
import { isLiving, type ApplicationState, type LivingApplication } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { memoryCluster, packedChart, snapshotOf, type MemoryChart, type MemoryClusterOptions } from '../cluster/memory-cluster.fixture.js';
import { deploymentType } from '../deployment/deployment.decide.js';
import { isUnderway, type DeploymentState } from '../deployment/deployment.js';
import { planType } from '../plan/plan.decide.js';
import { beginWorkWhenStarted } from '../reactors/begin-work-when-started.js';
import { endWorkWhenDeploymentEnded } from '../reactors/end-work-when-deployment-ended.js';
import type { ProcessPorts, SealedRelease } from './ports.js';
import { workOnDeployment } from './work-on-deployment.js';

export const TENANT = 'acme';
export const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
export const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const DOMAIN = 'example.com';
const PERSON: Actor = { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' };

/** The process was killed here: nothing of it goes on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}
export interface Chaos extends MemoryClusterOptions {
  /** Asked before and after each record; true kills the process there. */
  readonly dies?: (where: 'before' | 'after') => boolean;
  /** What others do between the look of the process and its record. */
  readonly meanwhile?: () => Promise<unknown> | undefined;
  /** Of dns's methods, by name. */
  readonly dnsFault?: (method: string) => { readonly when: 'before' | 'after'; readonly error: Error } | undefined;
}
export interface DnsWorld { readonly records: Map<string, { readonly application: string; readonly address: string }>; readonly uses: Set<string>; /** Its id at the authority. */ certificate: string }
type PlanAbout = DataOf<typeof planEvents.ApplicationPlanMade>;

export const ENTRY = catalogEntry.parse({
  id: 'notes', name: 'Notes', description: 'A spec writes them.', version_source: { type: 'static', versions: ['1.0.0'] }, helm_chart: { repository: 'local', chart: 'memory', version: '1.0.0' }, default_port: 8080,
  access: { kind: 'password', username: 'admin', key: 'password', change: 'restart' },
});
/** What a release is made of: its chart says what there is, `values` whether it becomes ready. */
export const content = (chart: MemoryChart, values: Record<string, unknown> = {}, secrets: Record<string, string> = { password: 'hush-hush-1' }): SealedRelease =>
  ({ entry: ENTRY, version: chart.version, chart: { repository: 'local', chart: JSON.stringify(chart), version: chart.version }, choices: {}, environment: {}, overlay: '', values, secret_name: 'notes-secrets', secrets });

/** A cluster that is there and a clock that goes, in place of those in memory. */
export type RealWorld = Pick<ProcessPorts, 'clusterOf' | 'charts' | 'wait_ms'>;

export const startWorld = (chaos: Chaos = {}, real?: RealWorld) => {
  const store = new MemoryEventStore();
  let now = Date.parse('2026-11-21T08:00:00.000Z');
  const clock = (): number => (real ? Date.now() : now);
  let on = false;
  const cluster = memoryCluster({ fault: call => (on ? chaos.fault?.(call) : undefined) });
  const kept = new Map<string, SealedRelease>();
  const passwords = new Map<string, string>();
  const dns: DnsWorld = { records: new Map(), uses: new Set(), certificate: 'c1' };
  const ids = { plans: new Set<string>(), applications: new Set<string>(), deployments: new Set<string>() };
  const digest = 'd'.repeat(64);
  const known = (key: string, code: string): SealedRelease => {
    const found = kept.get(key);
    if (!found) throw new Refusal(code, 'There is none.');
    return found;
  };
  const sealed: ProcessPorts['sealed'] = {
    ofPlan: async (_t, plan) => known(`plan ${plan}`, 'PLAN.UNKNOWN'),
    ofRevision: async (_t, application, revision) => known(`${application} ${revision}`, 'APPLICATION.REVISION_UNKNOWN'),
    keep: async (_t, application, revision, what) => (kept.set(`${application} ${revision}`, what), { sealed: `release-${application}-${revision}`, values_digest: digest }),
    keepPlan: async (_t, plan, what) => (kept.set(`plan ${plan}`, what), `plan-${plan}`),
    forgetPlan: async (_t, plan) => void kept.delete(`plan ${plan}`),
    forgetAll: async (_t, application, revisions) => { for (const r of revisions) kept.delete(`${application} ${r}`); },
    keepPassword: async (_t, deployment, password) => void passwords.set(`password ${deployment}`, password),
    passwordOf: async (_t, deployment) => passwords.get(`password ${deployment}`) ?? null,
    forgetPassword: async (_t, deployment) => void passwords.delete(`password ${deployment}`),
    keepAccess: async (_t, application, password) => void passwords.set(`access ${application}`, password),
    accessOf: async (_t, application) => passwords.get(`access ${application}`) ?? null,
    putSecrets: async (_t, application, revision, secrets) => void kept.set(`${application} ${revision}`, { ...known(`${application} ${revision}`, 'APPLICATION.REVISION_UNKNOWN'), secrets }),
  };
  const dnsCall = async <T>(method: string, work: () => T): Promise<T> => {
    const fault = on ? chaos.dnsFault?.(method) : undefined;
    if (fault?.when === 'before') throw fault.error;
    const result = work();
    if (fault) throw fault.error;
    return result;
  };
  const read = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string): Promise<S> => readState({ store }, type, tenant, id);
  const ports: ProcessPorts = {
    log: { info() {}, warn() {}, error() {}, debug() {} },
    now: clock,
    pause: real ? pause : async (ms, signal) => { if (!signal.aborted) now += Math.max(0, ms); },
    async handle(type, tenant, id, command) {
      if (on) await chaos.meanwhile?.();
      if (on && chaos.dies?.('before') === true) throw new Killed();
      const command_id = newId();
      const { state, events } = await handleCommand(store, type, { tenant, id, actor: { kind: 'service', id: 'applications' }, now: new Date(clock()).toISOString(), command_id, correlation_id: command_id }, command);
      if (on && chaos.dies?.('after') === true) throw new Killed();
      return { state, decided: events.length > 0 };
    },
    read, sealed, wait_ms: 60_000,
    clusterOf: async () => cluster,
    dns: {
      ensureRecord: (_t, { zone: _zone, host, application, address }) => dnsCall('ensureRecord', () => {
        const made = !dns.records.has(host);
        const there = dns.records.get(host);
        if (there && there.application !== application) throw new Refusal('PLAN.CONFLICTS', 'Somebody else has it.');
        dns.records.set(host, { application, address });
        return { type: 'A' as const, id: `record of ${host}`, made };
      }),
      removeRecord: (_t, { host, application }) => dnsCall('removeRecord', () => ({ gone: dns.records.get(host)?.application === application && dns.records.delete(host) })),
      recordAt: async () => null,
      use: (_t, _zone, { id }) => dnsCall('use', () => void dns.uses.add(id)),
      unuse: (_t, _zone, id) => dnsCall('unuse', () => void dns.uses.delete(id)),
      certificate: () => dnsCall('certificate', () => ({ chain: `CHAIN of ${dns.certificate}`, key: 'KEY', provider_ref: dns.certificate })),
      certificateRef: async () => dns.certificate,
      zone: async (_t, id) => ({ id, name: DOMAIN, configured: true }),
    },
    vps: { server: async () => ({ id: SERVER, name: 'web-1', address: '192.0.2.10', status: 'ready', time_zone: 'Etc/UTC', k3s: true, simulated: true }) },
    charts: { get: async ({ chart }) => ({ bytes: packedChart(JSON.parse(chart) as MemoryChart), digest }) },
    output() {},
    ask: async () => ({ status: 200 }),
    ...real,
  };

  const context = { store, cache: new AggregateCache(), snapshots: { get: async () => undefined, put: async () => undefined }, sealed } as unknown as ApplicationsContext;
  const reactors = [beginWorkWhenStarted(context), endWorkWhenDeploymentEnded(context)];
  const reacted = new Set<string>();
  const eventsOf = async (type: { readonly service: string; readonly name: string }, ids_: Iterable<string>): Promise<RecordedEvent[]> =>
    (await Promise.all([...ids_].map(async id => (await store.load({ tenant: TENANT, service: type.service, aggregate: type.name, id })).events))).flat();
  /** Every event is reacted to once, as the durable reactors do. */
  const react = async (): Promise<void> => {
    for (let more = true; more;) {
      more = false;
      for (const event of [...await eventsOf(applicationType, ids.applications), ...await eventsOf(deploymentType, ids.deployments)]) {
        if (reacted.has(event.id)) continue;
        reacted.add(event.id);
        more = true;
        const { deployment } = event.data as { readonly deployment?: string };
        if (deployment !== undefined) ids.deployments.add(deployment);
        for (const reactor of reactors) if (reactor.types.includes(event.type)) await reactor.react(event, undefined as never);
      }
    }
  };
  const underway = async (): Promise<readonly string[]> => {
    const found = [];
    for (const id of ids.deployments) if (isUnderway(await read(deploymentType, TENANT, id))) found.push(id);
    return found;
  };
  /** One runner, until it rests or is killed. @returns whether it was killed */
  const runOnce = async (): Promise<boolean> => {
    await react();
    on = true;
    try {
      for (const id of await underway()) await workOnDeployment(ports, TENANT, id, new AbortController().signal);
      return false;
    } catch (error) {
      if (error instanceof Killed) return true;
      throw error;
    } finally {
      on = false;
      await react();
    }
  };
  /** Until everything rests, started again after each kill. */
  const settle = async (): Promise<void> => {
    for (let tries = 0; tries < 1_000; tries++) if (!await runOnce() && (await underway()).length === 0) return;
    throw new Error('it does not come to rest');
  };
  const person = async <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, id: string, command: C): Promise<void> => {
    const command_id = newId();
    await handleCommand(store, type, { tenant: TENANT, id, actor: PERSON, now: new Date(clock()).toISOString(), command_id, correlation_id: command_id }, command);
  };
  const plan = async (kind: PlanAbout['kind'], application: string | null, more: Partial<PlanAbout>, what?: SealedRelease): Promise<string> => {
    const id = newId();
    ids.plans.add(id);
    if (what) await sealed.keepPlan(TENANT, id, what);
    await person(planType, id, {
      type: 'Make', kind, application, name: 'Notes', server: SERVER, zone: ZONE, subdomain: 'notes', revision: null, port: null, keep_volumes: false, reason: 'a spec', hash: 'a'.repeat(64), expires_at: '2026-11-22T08:00:00.000Z',
      detail: { server_name: 'web-1', namespace: 'notes', release: 'notes', chart: 'memory', chart_version: '1', version: '1', from_version: null, host: 'notes.example.com', objects: [], more_objects: 0, conflicts: [], warnings: [], requirements: { cpu: { needed: 0, free: null }, memory: { needed: 0, free: null }, disk: { needed: 0, free: null } }, grow: null, values_diff: '' },
      basis: { state: digest, entry: 'notes', entry_digest: digest, sealed: null, application_seq: 0 }, ...more,
    } as Parameters<typeof planType.decider.decide>[1]);
    return id;
  };
  const living = async (id: string): Promise<LivingApplication> => {
    const state: ApplicationState = await read(applicationType, TENANT, id);
    if (!isLiving(state)) throw new Error(`it is ${state.status}`);
    return state;
  };
  const begin = async (id: string, kind: WorkKind, as: Parameters<typeof person>[2] extends never ? never : string, planId: string | null, more: Record<string, string | number | boolean> = {}): Promise<string> => {
    const deployment = newId();
    await person(applicationType, id, { type: 'StartWork', as: as as never, kind, deployment, plan: planId, with: more, reason: 'a spec' });
    await react();
    return deployment;
  };
  return {
    cluster, dns, kept, passwords, ports, runOnce, settle,
    state: (id: string): Promise<ApplicationState> => read(applicationType, TENANT, id),
    living,
    deployment: (id: string): Promise<DeploymentState> => read(deploymentType, TENANT, id),
    events: async (id: string): Promise<RecordedEvent[]> => [...await eventsOf(applicationType, [id]), ...await eventsOf(deploymentType, ids.deployments), ...await eventsOf(planType, ids.plans)],
    async deploy(what: SealedRelease, more: Partial<DataOf<typeof applicationEvents.ApplicationRequested>> = {}): Promise<string> {
      // The same in every world, so that two can be compared.
      const id = `01jd3x8e2v5y9w4z7q6r1s0t${String(10 + ids.applications.size)}`;
      ids.applications.add(id);
      const deployment = newId();
      await person(applicationType, id, {
        type: 'Request', name: 'Notes', entry: 'notes', entry_name: 'Notes', icon: '', server: SERVER, server_name: 'web-1', zone: ZONE, subdomain: 'notes', host: 'notes.example.com', namespace: 'notes', release_name: 'notes', version: what.version, deployment,
        plan: await plan('deploy', null, {}, what), reason: 'a spec', updates: { auto: 'none', window: null }, ...more,
      });
      await react();
      return id;
    },
    upgrade: async (id: string, what: SealedRelease): Promise<string> => begin(id, 'upgrade', 'upgrade', await plan('upgrade', id, {}, what)),
    rollback: async (id: string, revision: number): Promise<string> => begin(id, 'rollback', 'rollback', await plan('rollback', id, { revision })),
    expose: async (id: string, port: number, subdomain: string): Promise<string> => begin(id, 'expose', 'expose', await plan('expose', id, { port, subdomain })),
    unexpose: (id: string, host: string): Promise<string> => begin(id, 'unexpose', 'unexpose', null, { host }),
    remove: async (id: string, keep_volumes = false): Promise<string> => begin(id, 'delete', 'delete', await plan('delete', id, { keep_volumes })),
    work: (id: string, kind: 'stop' | 'start' | 'restart'): Promise<string> => begin(id, kind, kind, null),
    renew: (id: string): Promise<string> => begin(id, 'certificate', 'restart', null),
    /** As `set-password` does it: into the vault first. */
    async password(id: string, password: string): Promise<string> {
      const deployment = newId();
      await sealed.keepPassword(TENANT, deployment, password);
      await person(applicationType, id, { type: 'StartWork', as: 'set-password', kind: 'password', deployment, plan: null, with: {}, reason: '' });
      await react();
      return deployment;
    },
    cancel: (deployment: string): Promise<void> => person(deploymentType, deployment, { type: 'Cancel' }),
    cancelNewest: (): Promise<void> => person(deploymentType, [...ids.deployments].at(-1) ?? '', { type: 'Cancel' }),
    async retry(id: string): Promise<void> {
      await person(applicationType, id, { type: 'Retry' });
      await react();
    },
  };
};
export type ProcessWorld = ReturnType<typeof startWorld>;
export const namesOf = (objects: readonly MadeObject[]): readonly string[] => objects.map(o => `${o.kind} ${o.name}`).toSorted();
/** All that there is outside: to compare before and after. */
export const everythingIn = (world: Pick<ProcessWorld, 'cluster' | 'dns'>) => ({ ...snapshotOf(world.cluster.state), records: [...world.dns.records].toSorted(), uses: [...world.dns.uses] });
