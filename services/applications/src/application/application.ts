import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { Actor, DataOf, EventOf } from '@xanthus/proto';
import { statusDuring, type applicationEvents, type ApplicationStatus, type MadeObject, type Release, type WorkKind } from '@xanthus/proto/applications';

export type ApplicationEvent = EventOf<typeof applicationEvents>;
type Requested = DataOf<typeof applicationEvents.ApplicationRequested>;
export type Observation = DataOf<typeof applicationEvents.ApplicationObserved>;
export type Finding = DataOf<typeof applicationEvents.DriftSeen>['findings'][number];
export interface Problem { readonly code: string; readonly message: string }
export interface Work { readonly deployment: string; readonly kind: WorkKind }
export interface EndedWork extends Work { readonly outcome: 'done' | 'failed' | 'cancelled'; readonly problem: Problem | null }
/** Made for a piece of work, so that it can be found again. */
export interface KeptRelease extends Release { readonly deployment: string }

export type About = Pick<Requested, 'name' | 'entry' | 'entry_name' | 'icon' | 'server' | 'server_name' | 'zone' | 'subdomain' | 'host' | 'namespace' | 'release_name' | 'updates'>;
export interface LivingApplication extends About {
  readonly status: ApplicationStatus;
  readonly by: Actor;
  readonly version: string;
  /** Nothing else is begun until it ends. */
  readonly work: (Work & { /** What the application was before. */ readonly was: ApplicationStatus }) | null;
  readonly last: EndedWork | null;
  /** Oldest first. The last one is what is there, or should be. */
  readonly releases: readonly KeptRelease[];
  /** Everything that was made and is not gone. */
  readonly made: readonly MadeObject[];
  /** Workloads that were given a number of pods since their release, and that number. */
  readonly scaled: Readonly<Record<string, number>>;
  /** Workloads that have none, and what a start goes back to. */
  readonly stopped: Readonly<Record<string, number>>;
  readonly observed: Observation | null;
  readonly held: readonly string[];
  readonly findings: readonly Finding[];
  /** Digest of the findings that somebody said are right. */
  readonly accepted: string | null;
  readonly password_changed: boolean;
  /** The deployment that set its password last: what was planned before knows another one. */
  readonly password_by: string | null;
}
export type ApplicationState =
  | { readonly status: 'absent' }
  | LivingApplication
  | { readonly status: 'deleted'; readonly name: string; readonly host: string | null; readonly exposed: readonly string[]; readonly zone: string | null; readonly kept: readonly MadeObject[] };

export const initialApplication: ApplicationState = { status: 'absent' };
export const isLiving = (state: ApplicationState): state is LivingApplication => state.status !== 'absent' && state.status !== 'deleted';
/** The release that is there, or should be. */
export const currentRelease = (state: LivingApplication): KeptRelease | undefined => state.releases.at(-1);

/** The same object, whatever its `ref`. */
export const sameObject = (a: MadeObject, b: MadeObject): boolean => a.sort === b.sort && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
const withMade = (made: readonly MadeObject[], more: readonly MadeObject[]): readonly MadeObject[] => [...made.filter(m => !more.some(o => sameObject(m, o))), ...more];
const withoutGone = (made: readonly MadeObject[], gone: readonly MadeObject[]): readonly MadeObject[] => made.filter(m => !gone.some(o => sameObject(m, o)));
const withoutKey = (all: Readonly<Record<string, number>>, key: string): Readonly<Record<string, number>> => Object.fromEntries(Object.entries(all).filter(([k]) => k !== key));

const requested = ({ deployment, version, plan: _plan, reason: _reason, ...about }: Requested, by: Actor): LivingApplication => ({
  ...about, status: 'creating', by, version, work: { deployment, kind: 'deploy', was: 'creating' }, last: null, releases: [], made: [], scaled: {}, stopped: {}, observed: null, held: [], findings: [], accepted: null, password_changed: false, password_by: null,
});
const released = (state: LivingApplication, { deployment, release }: DataOf<typeof applicationEvents.ReleaseMade>): LivingApplication => {
  // Its objects are those of the release again: what was scaled, or changed by hand, is no more.
  const releases = [...state.releases.filter(r => r.revision < release.revision), { ...release, deployment }];
  return { ...state, releases, version: release.version, host: release.host, zone: release.zone, scaled: {}, stopped: {}, findings: [], accepted: null };
};

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveApplication = (state: ApplicationState, event: ApplicationEvent | DomainEvent, context?: EventContext): ApplicationState => {
  const known = event as ApplicationEvent;
  if (known.type === 'ApplicationRequested') return state.status === 'absent' ? requested(known.data, context?.actor ?? { kind: 'system', id: 'unknown' }) : state;
  if (!isLiving(state)) return state;
  switch (known.type) {
    case 'WorkStarted': return { ...state, status: statusDuring(known.data.kind), work: { deployment: known.data.deployment, kind: known.data.kind, was: state.status } };
    case 'WorkEnded': {
      const { status, ...ended } = known.data;
      return { ...state, status, work: null, last: ended };
    }
    case 'ObjectsMade': return { ...state, made: withMade(state.made, known.data.objects) };
    case 'ObjectsGone': return { ...state, made: withoutGone(state.made, known.data.objects) };
    case 'ReleaseMade': return released(state, known.data);
    case 'PodsScaled': {
      const { workload, from, to } = known.data;
      return { ...state, scaled: { ...state.scaled, [workload]: to }, stopped: to === 0 ? { ...state.stopped, [workload]: from } : withoutKey(state.stopped, workload) };
    }
    case 'ApplicationObserved': return { ...state, observed: known.data };
    case 'PasswordChanged': return { ...state, password_changed: true, password_by: known.data.deployment };
    case 'UpdatePolicySet': return { ...state, updates: known.data };
    case 'UpdateHeld': return { ...state, held: [...state.held.filter(v => v !== known.data.version), known.data.version].slice(-20) };
    case 'DriftSeen': return { ...state, findings: known.data.findings, accepted: null };
    case 'DriftAccepted': return { ...state, accepted: known.data.digest };
    case 'ApplicationDeleted': return { status: 'deleted', name: state.name, host: state.host, exposed: (currentRelease(state)?.exposures ?? []).map(e => e.host), zone: state.zone, kept: known.data.kept };
    default: return state;
  }
};
