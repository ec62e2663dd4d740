/** What a wish means: which entry, which version, which values, where. */
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { catalogEntry, type CatalogEntry, type PlanWish } from '@xanthus/proto/applications';
import { currentRelease, type KeptRelease, type LivingApplication } from '../application/application.js';
import { nextOf } from '../application/application.decide.js';
import { busy, notAllowedNow } from '../application/application.errors.js';
import type { ApplicationsContext } from '../applications.context.js';
import { hostOf, releaseNameOf } from '../catalog/index.js';
import { digestOf } from '../compose/sealed-releases.js';
import type { SealedRelease, ServerFacts } from '../running/ports.js';
import { entryNow } from '../use-cases/catalog.js';
import { livingApplication } from '../use-cases/living.js';
import { chooseVersion, makeContent, slugOf } from './content.js';

export interface Prepared {
  readonly kind: PlanWish['kind'];
  readonly application: string | null;
  readonly state: LivingApplication | null;
  readonly name: string;
  readonly server: ServerFacts;
  readonly zone: string | null;
  readonly domain: string | null;
  readonly subdomain: string | null;
  readonly host: string | null;
  readonly namespace: string;
  readonly release: string;
  readonly entry: CatalogEntry;
  /** Null: nothing is made. */
  readonly content: SealedRelease | null;
  /** Null: nothing was there. */
  readonly before: Pick<SealedRelease, 'values' | 'secrets' | 'environment'> | null;
  readonly version: string;
  readonly chart_version: string;
  readonly from_version: string | null;
  readonly prerelease: boolean;
  readonly unsure: string | null;
  readonly revision: number | null;
  readonly port: number | null;
  readonly keep_volumes: boolean;
}
type Of<K extends PlanWish['kind']> = Extract<PlanWish, { kind: K }>;

const notReady = (server: ServerFacts): Refusal => new Refusal('SERVER.NOT_READY', `${server.name} is ${server.status}. Wait until it is ready, or choose another server.`, { status: server.status });
const BUSY_SERVERS: ReadonlySet<string> = new Set(['creating', 'setting-up', 'failed', 'deleting', 'removal-failed', 'blocked']);
const nothingToChange = (message: string): Refusal => new Refusal('APPLICATION.NOTHING_TO_CHANGE', message);
const sameContent = (a: SealedRelease, b: SealedRelease): boolean => digestOf([a.values, a.secrets, a.chart, a.version]) === digestOf([b.values, b.secrets, b.chart, b.version]);

const prepareDeploy = async (on: ApplicationsContext, { tenant }: Call, wish: Of<'deploy'>): Promise<Prepared> => {
  const [entry, server, zone] = await Promise.all([entryNow(on, tenant, wish.entry), on.vps.server(tenant, wish.server), wish.zone === null ? null : on.dns.zone(tenant, wish.zone)]);
  if (BUSY_SERVERS.has(server.status)) throw notReady(server);
  const { version, unsure } = await chooseVersion(on, entry, wish.version);
  const domain = zone?.name ?? null;
  // Without an address its name tells it from others.
  const naming = domain === null ? { release_name: releaseNameOf(slugOf(wish.name), 'local', entry.id) } : {};
  const { content, rendered } = await makeContent({ ...wish, ...naming, entry, version, subdomain: wish.subdomain, domain, time_zone: server.time_zone });
  return {
    kind: 'deploy', application: null, state: null, name: wish.name, server, zone: rendered.host === null ? null : wish.zone, domain, subdomain: rendered.host === null ? null : wish.subdomain, host: rendered.host, namespace: rendered.namespace,
    release: rendered.release_name, entry, content, before: { values: rendered.made, secrets: {}, environment: {} }, version: version.version, chart_version: version.chart_version, from_version: null, prerelease: version.prerelease, unsure,
    revision: null, port: null, keep_volumes: false,
  };
};

interface There { readonly state: LivingApplication; readonly release: KeptRelease | undefined; readonly sealed: SealedRelease | null; readonly base: Omit<Prepared, 'kind' | 'content'> }

/** What is there, for everything but a deploy. */
const there = async (on: ApplicationsContext, { tenant }: Call, wish: Exclude<PlanWish, { kind: 'deploy' }>): Promise<There> => {
  const { application } = wish;
  const state = await livingApplication(on, tenant, application);
  const next = nextOf(state);
  if (!next.includes(wish.kind)) throw state.work === null ? notAllowedNow(wish.kind, state, next) : busy(state.work.kind);
  const release = currentRelease(state);
  const readable = async (): Promise<SealedRelease | null> => (release ? on.sealed.ofRevision(tenant, application, release.revision) : null);
  const sealed = wish.kind === 'delete' ? await readable().catch(() => null) : await readable();
  const gone: ServerFacts = { id: state.server, name: state.server_name, address: '', status: 'gone', time_zone: 'UTC', k3s: false, simulated: false };
  const [server, domain] = await Promise.all([
    on.vps.server(tenant, state.server).catch((error: unknown) => { if (wish.kind === 'delete') return gone; throw error; }),
    state.zone === null || wish.kind === 'delete' ? null : on.dns.zone(tenant, state.zone).then(z => z.name),
  ]);
  const entry = sealed?.entry ?? await entryNow(on, tenant, state.entry).catch((error: unknown) => {
    // What never had a release may outlive its entry.
    if (wish.kind === 'delete' && error instanceof Refusal && error.code === 'CATALOG.NOT_FOUND') return nameless(state);
    throw error;
  });
  return {
    state, release, sealed,
    base: {
      application, state, name: state.name, server, zone: state.zone, domain, subdomain: state.subdomain, host: state.host, namespace: state.namespace, release: state.release_name, entry, before: sealed, version: state.version,
      chart_version: release?.chart_version ?? entry.helm_chart.version, from_version: release?.version ?? null, prerelease: false, unsure: null, revision: null, port: null, keep_volumes: false,
    },
  };
};
const nameless = ({ entry, entry_name }: LivingApplication): CatalogEntry =>
  catalogEntry.parse({ id: entry, name: entry_name, description: entry_name, version_source: { type: 'static' }, helm_chart: { repository: 'local', chart: entry, version: '0.0.0' }, default_port: 80 });
const placeOf = ({ base }: There) => ({ subdomain: base.subdomain ?? '@', domain: base.domain, time_zone: base.server.time_zone, release_name: base.release, namespace: base.namespace });
const mustHave = (sealed: SealedRelease | null): SealedRelease => {
  if (sealed) return sealed;
  throw new Refusal('APPLICATION.NOT_ALLOWED_NOW', 'It has no release yet. Try its deploy again, or delete it.');
};

const prepareUpgrade = async (on: ApplicationsContext, call: Call, wish: Of<'upgrade'>): Promise<Prepared> => {
  const was = await there(on, call, wish);
  const kept = mustHave(was.sealed);
  // The template of today; of an entry that is gone, the one of then.
  const entry = await entryNow(on, call.tenant, was.state.entry).catch((error: unknown) => { if (error instanceof Refusal && error.code === 'CATALOG.NOT_FOUND') return kept.entry; throw error; });
  const { version, unsure } = await chooseVersion(on, entry, wish.version);
  const { content } = await makeContent({ ...placeOf(was), entry, version, kept });
  if (sameContent(content, kept)) throw nothingToChange(`It is at ${version.version} already.`);
  return { ...was.base, kind: 'upgrade', entry, content, version: version.version, chart_version: version.chart_version, prerelease: version.prerelease, unsure };
};

const prepareValues = async (on: ApplicationsContext, call: Call, wish: Of<'set-values'>): Promise<Prepared> => {
  const was = await there(on, call, wish);
  const kept = mustHave(was.sealed);
  const version = { version: kept.version, app_version: kept.app_version ?? null, chart_version: kept.chart.version };
  const { content } = await makeContent({ ...placeOf(was), ...wish, entry: kept.entry, version, kept });
  if (sameContent(content, kept)) throw nothingToChange('These are the values that it has.');
  return { ...was.base, kind: 'set-values', content };
};

const prepareRollback = async (on: ApplicationsContext, call: Call, wish: Of<'rollback'>): Promise<Prepared> => {
  const was = await there(on, call, wish);
  const to = was.state.releases.find(r => r.revision === wish.revision);
  if (!to) throw new Refusal('APPLICATION.REVISION_UNKNOWN', `It has no release ${wish.revision}.`);
  if (to.revision === was.release?.revision && was.state.status !== 'failed') throw nothingToChange(`Release ${wish.revision} is what it has now.`);
  const content = await on.sealed.ofRevision(call.tenant, wish.application, wish.revision);
  return { ...was.base, kind: 'rollback', entry: content.entry, content, version: content.version, chart_version: content.chart.version, host: to.host, zone: to.zone, revision: wish.revision };
};

const prepareExpose = async (on: ApplicationsContext, call: Call, wish: Of<'expose'>): Promise<Prepared> => {
  const was = await there(on, call, wish);
  const zone = wish.zone ?? was.state.zone;
  if (zone === null) throw new Refusal('APPLICATION.INVALID', 'The application has no domain. Name the domain in which the port shall have an address.', { problems: [{ path: 'zone', message: 'Choose a domain.' }] });
  const { name } = await on.dns.zone(call.tenant, zone);
  const host = hostOf(wish.subdomain, name);
  if (was.release?.exposures.some(e => e.host === host && e.port === wish.port) === true) throw nothingToChange(`Port ${wish.port} has the address ${host} already.`);
  return { ...was.base, kind: 'expose', content: mustHave(was.sealed), zone, domain: name, subdomain: wish.subdomain, host, port: wish.port };
};

const prepareRevert = async (on: ApplicationsContext, call: Call, wish: Of<'revert'>): Promise<Prepared> => {
  const was = await there(on, call, wish);
  return { ...was.base, kind: 'revert', content: mustHave(was.sealed) };
};
const prepareDelete = async (on: ApplicationsContext, call: Call, wish: Of<'delete'>): Promise<Prepared> => ({ ...(await there(on, call, wish)).base, kind: 'delete', content: null, keep_volumes: wish.keep_volumes });

/** @throws Refusal of the contract of `application.plan` */
export const prepare = (on: ApplicationsContext, call: Call, wish: PlanWish): Promise<Prepared> => {
  switch (wish.kind) {
    case 'deploy': return prepareDeploy(on, call, wish);
    case 'upgrade': return prepareUpgrade(on, call, wish);
    case 'set-values': return prepareValues(on, call, wish);
    case 'rollback': return prepareRollback(on, call, wish);
    case 'expose': return prepareExpose(on, call, wish);
    case 'revert': return prepareRevert(on, call, wish);
    case 'delete': return prepareDelete(on, call, wish);
  }
};
