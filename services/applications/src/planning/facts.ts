/** What a plan rests on, each in few words: taken when it is made, and again when it is carried out. */
import { createHash } from 'node:crypto';
import { readState, Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { applicationType } from '../application/application.decide.js';
import { currentRelease, isLiving } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { getObject, LABELS } from '../cluster/objects.js';
import { helmStatus } from '../cluster/helm.js';
import { entryNow } from '../use-cases/catalog.js';
import { digestOf } from '../compose/sealed-releases.js';
import type { PlanAbout } from '../plan/plan.js';

export type Facts = Readonly<Record<string, string>>;
export interface FactsOf { readonly kind: PlanAbout['kind']; readonly application: string | null; readonly entry: string; readonly server: string; readonly zone: string | null; readonly host: string | null; readonly namespace: string; readonly release: string; readonly name: string }
/** Could not be asked: says nothing. */
const NOT_KNOWN = 'not known';

/** Of a plan that carries nothing out in the cluster if that cannot be asked. */
const unlessUnreachable = (kind: PlanAbout['kind']) => (error: unknown): string => {
  if (kind === 'delete' && error instanceof Refusal && /^(?:CLUSTER|SERVER)\./.test(error.code)) return NOT_KNOWN;
  throw error;
};

/** @throws Refusal SERVER.NOT_FOUND, DNS.NOT_MANAGED, CATALOG.NOT_FOUND, CLUSTER.… */
export const gatherFacts = async (on: ApplicationsContext, call: Pick<Call, 'tenant' | 'signal' | 'actor'>, of: FactsOf): Promise<Facts> => {
  const { tenant, signal } = call;
  const { kind, application, server, zone, host, namespace, release } = of;
  const limits = { signal, timeout_ms: 15_000 };
  const cluster = async () => on.clusterOf(tenant, server, { reason: `plan ${of.name}`, act: call.actor });
  const asked: Record<string, () => Promise<string>> = {
    'the application': async () => {
      if (application === null) return 'none';
      const state = await readState(on, applicationType, tenant, application);
      if (!isLiving(state)) return state.status;
      // A plan seals the secrets that it found.
      const password = state.password_by === null ? '' : `, password of ${state.password_by}`;
      return `release ${currentRelease(state)?.revision ?? 0}, ${state.work?.kind ?? state.status}${password}`;
    },
    'the catalog entry': async () => (kind === 'deploy' || kind === 'upgrade' ? digestOf(await entryNow(on, tenant, of.entry).catch((error: unknown) => {
      // What was deployed keeps its copy.
      if (kind === 'upgrade' && error instanceof Refusal && error.code === 'CATALOG.NOT_FOUND') return null;
      throw error;
    })).slice(0, 16) : 'as it was'),
    'the server': async () => {
      const found = await on.vps.server(tenant, server).catch(unlessUnreachable(kind));
      if (typeof found === 'string') return found;
      const { status, address } = found;
      return `${status === 'unreachable' ? 'reachable' : status} at ${address}`;
    },
    'the domain': async () => (zone === null || kind === 'delete' ? 'none' : (await on.dns.zone(tenant, zone)).name),
    'the record': async () => {
      if (zone === null || host === null || kind === 'delete') return 'none';
      // An application that is not there yet has no record: any id says so.
      const found = await on.dns.recordAt(tenant, zone, host, application ?? server);
      return found === null ? 'free' : `${found.ours ? 'ours' : 'another\'s'}: ${found.type} ${found.value}`;
    },
    'the release in the cluster': async () => {
      const found = await cluster().then(c => helmStatus(c, { namespace, release }, limits)).catch(unlessUnreachable(kind));
      return found === null ? 'none' : typeof found === 'string' ? found : `revision ${found.revision}, ${found.status}`;
    },
    'the namespace': async () => {
      if (kind !== 'deploy') return 'its own';
      const found = await getObject(await cluster(), { kind: 'Namespace', name: namespace }, limits);
      if (!found) return 'none';
      return found.metadata.labels[LABELS.managed] === 'xanthus' ? `of ${found.metadata.labels[LABELS.application] ?? 'ours'}` : 'another\'s';
    },
  };
  return Object.fromEntries(await Promise.all(Object.entries(asked).map(async ([name, ask]) => [name, await ask()] as const)));
};
export const stateOf = (facts: Facts): string => createHash('sha256').update(JSON.stringify(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');

/** In words; empty: nothing that matters. */
export const changedSince = (then: Facts, now: Facts): readonly string[] => Object.keys(then).filter(name => then[name] !== now[name] && then[name] !== NOT_KNOWN && now[name] !== NOT_KNOWN);
