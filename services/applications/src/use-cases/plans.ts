/** Plans: what would be made of a wish, what stands in the way, and whether it fits. Nothing is made. */
import { earlierTry, handle, readState, readWithSeq, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { streamName, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import type { applicationPlan, PlanDetail, planApplication, PlanWish } from '@xanthus/proto/applications';
import { stringify } from 'yaml';
import { passwordWay } from '../access/passwords.js';
import type { ApplicationsContext } from '../applications.context.js';
import { applicationType } from '../application/application.decide.js';
import { needsOf, portsOf, shortages } from '../catalog/index.js';
import { masked, maskOf, type Mask } from '../cluster/mask.js';
import { digestOf } from '../compose/sealed-releases.js';
import { planType } from '../plan/plan.decide.js';
import { isReady } from '../plan/plan.js';
import { unifiedDiff } from '../planning/diff.js';
import { hashOf, limited, type Drawn } from '../planning/draw.js';
import { gatherFacts, stateOf, type Facts } from '../planning/facts.js';
import { clusterConflicts, warningsOf, type Conflict, type Warning } from '../planning/judge.js';
import { listObjects } from '../planning/list-objects.js';
import { look, type Looked } from '../planning/look.js';
import { prepare, type Prepared } from '../planning/prepare.js';
import { secretTexts } from '../planning/secret-texts.js';
import type { ApplicationRow } from '../views/applications.js';
import type { PlanRow } from '../views/plans.js';
import { sameName } from './claims.js';
import { mustBeAllowed } from './rights.js';

type Made = OutputOf<typeof planApplication>;
/** How long a plan may be carried out, ms; and how many wait for that at a tenant's. */
const LASTS = 3_600_000;
const MOST_DRAFTS = 40;

export const planInWhole = async (on: ApplicationsContext, tenant: string, id: string): Promise<OutputOf<typeof applicationPlan>> => {
  const state = await readState(on, planType, tenant, id);
  if (state.status === 'absent') throw new Refusal('PLAN.UNKNOWN', 'There is no such plan.');
  return { hash: state.hash, ready: isReady(state), detail: state.detail };
};

/** Among what we have made ourselves. */
const ownConflicts = async (on: ApplicationsContext, tenant: string, { kind, application, name, host, server, namespace, release, entry }: Prepared): Promise<Conflict[]> => {
  if (kind !== 'deploy' && kind !== 'expose') return [];
  const others = (await on.views.list<ApplicationRow>(tenant, 'applications')).map(r => r.value.data);
  return [
    ...(kind === 'deploy' ? others.filter(o => sameName(o.name, name)).map((o): Conflict => ({ kind: 'name', message: `Another application is called ${o.name}. Choose another name.`, at: o.id })) : []),
    ...others.filter(o => host !== null && (o.host === host || o.exposures.some(e => e.host === host))).map((o): Conflict => ({ kind: 'record', message: `${o.id === application ? 'This application' : o.name} has the address ${host ?? ''} already. Choose another subdomain.`, at: o.id })),
    ...(kind === 'deploy' ? others.filter(o => o.server === server.id && o.namespace === namespace && o.release_name === release).map((o): Conflict => ({ kind: 'release', message: `${o.name} has the release ${release} on this server already. Choose another subdomain.`, at: o.id })) : []),
    ...(kind === 'deploy' && entry.cluster.one_per_server ? others.filter(o => o.server === server.id && o.entry === entry.id).map((o): Conflict => ({ kind: 'one_per_server', message: `Only one ${entry.name} fits on a server, and ${o.name} is there already.`, at: o.id })) : []),
  ];
};

const recordConflicts = ({ host }: Prepared, facts: Facts): Conflict[] => {
  const record = facts['the record'] ?? '';
  return host !== null && record.startsWith('another') ? [{ kind: 'record', message: `There is a record of ${host} already that is not of this application (${record.slice(record.indexOf(':') + 2)}). Choose another subdomain, or remove the record under Domains.`, at: host }] : [];
};

const portConflicts = ({ kind, entry, port, state }: Prepared): Conflict[] => {
  if (kind !== 'expose' || port === null) return [];
  // Its Service and Ingress are called after the port: a second one would take the first one's place.
  const there = state?.releases.at(-1)?.exposures.find(e => e.port === port);
  if (there) return [{ kind: 'port', message: `Port ${port} has the address ${there.host} already. Take that one away first, or choose another port.`, at: there.host }];
  const known = portsOf(entry).find(p => p.port === port);
  return known && !known.http ? [{ kind: 'port', message: `Port ${port} (${known.name}) does not speak HTTP, so it can have no address of this kind.`, at: String(port) }] : [];
};

const dataWarnings = ({ kind, state, keep_volumes }: Prepared): Warning[] => {
  const volumes = state?.made.filter(m => m.sort === 'volume') ?? [];
  return kind === 'delete' && volumes.length > 0 && !keep_volumes ? [{ kind: 'data_loss', asks_again: true, message: `${volumes.length === 1 ? 'A volume' : `${volumes.length} volumes`} with all data in ${volumes.length === 1 ? 'it' : 'them'} will be deleted: ${volumes.map(v => v.name).join(', ')}.` }] : [];
};

/** A release goes back as a whole, with its secrets. */
const passwordWarnings = ({ kind, entry, content, before }: Prepared): Warning[] => {
  const way = passwordWay(entry);
  if (kind !== 'rollback' || way.way !== 'secret' || !content || !before || content.secrets[way.key] === before.secrets[way.key]) return [];
  return [{ kind: 'password', asks_again: true, message: 'Its password was changed since. It goes back too, to the one of then; read it under Access afterwards, or set another one.' }];
};

const valuesDiff = ({ kind, content, before }: Prepared, mask: Mask): string => {
  if (!content || !before || kind === 'expose' || kind === 'revert') return '';
  const text = (values: object): string => mask(stringify(values, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true }));
  return unifiedDiff(text(before.values), text(content.values));
};

const certificateWarning = async (on: ApplicationsContext, tenant: string, { kind, zone, domain }: Prepared): Promise<Warning[]> => {
  if ((kind !== 'deploy' && kind !== 'expose') || zone === null) return [];
  return (await on.dns.zone(tenant, zone)).configured ? [] : [{ kind: 'unknown', asks_again: false, message: `${domain ?? 'The domain'} has no certificate of ours, so visitors are warned by their browsers. Configure the domain first.` }];
};

const maskFor = ({ content, before }: Prepared): Mask => maskOf([...(content ? secretTexts(content) : []), ...(before ? secretTexts(before) : [])]);

const detailOf = async (on: ApplicationsContext, call: Call, wish: Prepared, looked: Looked | null, facts: Facts): Promise<PlanDetail> => {
  const { kind, entry, server, namespace, release, host, version, chart_version, from_version, state } = wish;
  const mask = maskFor(wish);
  const fresh = kind === 'deploy';
  const needs = needsOf(entry);
  const free = looked?.free ?? null;
  const own = await ownConflicts(on, call.tenant, wish);
  const inCluster = looked === null || kind === 'revert' ? [] : clusterConflicts(looked, { namespace, release, host, entry, there: !fresh });
  const conflicts = [...own, ...recordConflicts(wish, facts), ...portConflicts(wish), ...inCluster.filter(c => !own.some(o => o.kind === c.kind && c.kind !== 'not_ours'))].slice(0, 50);
  const made = state?.made ?? [];
  const warnings = [
    ...warningsOf({
      entry, needs, looked, fresh, simulated: looked?.simulated ?? server.simulated, prerelease: wish.prerelease, unsure: wish.unsure, from: kind === 'upgrade' || kind === 'rollback' ? from_version : null, to: version,
      volumes: made.filter(m => m.sort === 'volume').length, host, namespace_foreign: fresh && facts['the namespace'] !== 'none',
    }).filter(w => kind !== 'delete' || w.kind !== 'admin'), ...dataWarnings(wish), ...passwordWarnings(wish), ...await certificateWarning(on, call.tenant, wish),
    ...(kind === 'expose' ? [{ kind: 'exposes' as const, asks_again: false, message: `Everybody can reach port ${wish.port ?? 0} at https://${host ?? ''}.` }] : []),
    ...(kind === 'delete' && facts['the release in the cluster'] === 'not known' ? [{ kind: 'unknown' as const, asks_again: false, message: 'The server cannot be reached now. Deleting waits for it.' }] : []),
  ];
  const missing = fresh && free ? shortages(needs, free) : [];
  const more = { cpu: Math.max(0, needs.cpu - (free?.cpu ?? 0)), memory: Math.max(0, needs.memory - (free?.memory ?? 0)), disk: Math.max(0, needs.disk - (free?.disk ?? 0)) };
  const grow = missing.length === 0 ? null : await on.vps.growth?.(call.tenant, server.id, more) ?? null;
  const amount = (what: keyof typeof needs) => ({ needed: needs[what], free: free === null ? null : free[what] });
  return {
    server_name: server.name, namespace, release, chart: entry.helm_chart.chart, chart_version, version, from_version, host, ...limited(listObjects(wish, looked, facts, mask)),
    conflicts: conflicts.map(c => ({ ...c, message: mask(c.message) })), warnings, requirements: { cpu: amount('cpu'), memory: amount('memory'), disk: amount('disk') }, grow, values_diff: valuesDiff(wish, mask),
  };
};

/** What plans hold that nobody carried out. */
const forgetOld = async (on: ApplicationsContext, tenant: string, now: string): Promise<void> => {
  const drafts = (await on.views.list<PlanRow>(tenant, 'plans')).map(r => r.value.data).filter(p => p.state === 'draft').sort((a, b) => (a.made_at < b.made_at ? 1 : -1));
  await Promise.all(drafts.filter((p, n) => p.expires_at < now || n >= MOST_DRAFTS).slice(0, 20).map(p => on.sealed.forgetPlan(tenant, p.id)));
};

/** Records of further ports may lie in another domain than its own, or be all that it has. */
const zoneTouched = ({ kind, state, zone, revision }: Prepared): string | null => {
  if (kind === 'delete') return state?.made.find(m => m.sort === 'use')?.name ?? (state?.made.some(m => m.sort === 'record') === true ? zone : null);
  const then = kind === 'rollback' ? state?.releases.find(r => r.revision === revision)?.exposures ?? [] : [];
  return zone ?? [...then, ...state?.releases.at(-1)?.exposures ?? []][0]?.zone ?? null;
};

export const makePlan = async (on: ApplicationsContext, call: Call, { wish, reason }: ParsedInputOf<typeof planApplication>): Promise<Made> => {
  const earlier = await earlierTry(on, planType, call);
  if (earlier) return { ...writtenBy(earlier), ...await planInWhole(on, call.tenant, call.id) };
  const prepared = await prepare(on, call, wish as PlanWish);
  const { kind, application, name, server, zone, subdomain, host, namespace, release, content, entry, revision, port, keep_volumes } = prepared;
  mustBeAllowed(on, call, { server: server.id, zone: zoneTouched(prepared) });
  const looks = content !== null && kind !== 'revert';
  const [facts, looked, { seq }] = await Promise.all([
    gatherFacts(on, call, { kind, application, entry: entry.id, server: server.id, zone, host, namespace, release, name }),
    looks ? on.clusterOf(call.tenant, server.id, { reason: `plan ${name}`, act: call.actor }).then(cluster => look(masked(cluster, maskFor(prepared)), on.charts, { namespace, release, content, there: kind !== 'deploy' }, { signal: call.signal, timeout_ms: 25_000 })) : null,
    application === null ? { seq: 0 } : readWithSeq(on, applicationType, call.tenant, application),
  ]);
  const detail = await detailOf(on, call, prepared, looked, facts);
  const sealed = content === null ? null : await keepSealed(on, call, content);
  const drawn: Drawn = {
    kind, application, name, server: server.id, zone, subdomain, revision, port, keep_volumes, reason, detail, expires_at: new Date(Date.parse(call.now) + LASTS).toISOString(),
    basis: { state: stateOf(facts), entry: entry.id, entry_digest: digestOf(entry), sealed, application_seq: seq, facts },
  };
  const hash = hashOf(drawn);
  try {
    const result = await handle(on, planType, { ...call.context(), id: call.id }, { type: 'Make', ...drawn, hash });
    await forgetOld(on, call.tenant, call.now).catch((error: unknown) => on.log.warn({ err: error }, 'old plans could not be forgotten'));
    return { ...writtenBy(result), stream: streamName('applications'), hash, ready: isReady({ detail }), detail };
  } catch (error) {
    if (error instanceof Refusal && sealed !== null) await on.sealed.forgetPlan(call.tenant, call.id);
    throw error;
  }
};

const keepSealed = async (on: ApplicationsContext, call: Call, content: NonNullable<Prepared['content']>): Promise<string> => {
  try {
    return await on.sealed.keepPlan(call.tenant, call.id, content);
  } catch (error) {
    if (error instanceof Error && /payload|too large/i.test(error.message)) throw new Refusal('APPLICATION.VALUES_INVALID', 'The values are too large to be kept: packed they may have 700 KB.');
    throw error;
  }
};
