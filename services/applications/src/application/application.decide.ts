import { Refusal, type AggregateType, type CommandContext, type Decider } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { actionsOf, type applicationEvents, type ApplicationAction, type ApplicationStatus, type MadeObject, type Release, type WorkKind } from '@xanthus/proto/applications';
import { evolveApplication, initialApplication, isLiving, sameObject, type ApplicationEvent, type ApplicationState, type Finding, type LivingApplication, type Observation, type Problem } from './application.js';
import { busy, notAllowedNow, notFound } from './application.errors.js';

type With = DataOf<typeof applicationEvents.WorkStarted>['with'];
export type ApplicationCommand =
  | ({ readonly type: 'Request' } & DataOf<typeof applicationEvents.ApplicationRequested>)
  /** `as`: what it is of the table of actions; `kind` of the work that it begins. */
  | { readonly type: 'StartWork'; readonly as: ApplicationAction; readonly kind: WorkKind; readonly deployment: string; readonly plan: string | null; readonly with: With; readonly reason: string }
  /** What failed goes on. */
  | { readonly type: 'Retry' }
  /** What the process did. `deployment` says of which work: what comes twice, or too late, counts once. */
  | { readonly type: 'NoteMade'; readonly deployment: string; readonly objects: readonly MadeObject[] }
  | { readonly type: 'NoteGone'; readonly deployment: string; readonly objects: readonly MadeObject[] }
  | { readonly type: 'NoteRelease'; readonly deployment: string; readonly release: Release; readonly again: number | null; readonly reason: string }
  | { readonly type: 'NoteScaled'; readonly deployment: string; readonly workload: string; readonly from: number; readonly to: number }
  | { readonly type: 'NotePassword'; readonly deployment: string | null }
  | { readonly type: 'EndWork'; readonly deployment: string; readonly outcome: 'done' | 'failed' | 'cancelled'; readonly status: ApplicationStatus; readonly problem: Problem | null }
  | { readonly type: 'EndDelete'; readonly deployment: string; readonly kept: readonly MadeObject[] }
  | ({ readonly type: 'Observe' } & Observation)
  | { readonly type: 'NoteAccess'; readonly kind: 'password' | 'bcrypt' | 'token' }
  | ({ readonly type: 'SetUpdates' } & LivingApplication['updates'])
  | { readonly type: 'HoldUpdate'; readonly version: string; readonly message: string }
  | { readonly type: 'NoteDrift'; readonly findings: readonly Finding[]; }
  | { readonly type: 'AcceptDrift'; readonly digest: string };

type Events = readonly ApplicationEvent[];
type Of<T extends ApplicationCommand['type']> = Extract<ApplicationCommand, { type: T }>;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the table of actions says now. */
export const nextOf = (state: LivingApplication): ApplicationAction[] => actionsOf({
  status: state.status, work: state.work?.kind ?? null, failed: failedWork(state), releases: state.releases.length, exposures: state.releases.at(-1)?.exposures.length ?? 0, drift: state.accepted === null ? state.findings.length : 0,
});
/** Work that may go on: it failed or was cancelled, and nothing has come after it. */
export const failedWork = ({ last }: Pick<LivingApplication, 'last'>): WorkKind | null => (last === null || last.outcome === 'done' ? null : last.kind);

const allowed = (state: LivingApplication, action: ApplicationAction): void => {
  const next = nextOf(state);
  if (next.includes(action)) return;
  if (state.work !== null) throw busy(state.work.kind);
  throw notAllowedNow(action, state, next);
};

const startWork = (state: LivingApplication, { type: _type, as, ...work }: Of<'StartWork'>): Events => {
  allowed(state, as);
  return [{ type: 'WorkStarted', data: { ...work, retry: false } }];
};

const retry = (state: LivingApplication, { actor }: CommandContext): Events => {
  if (state.work !== null) throw busy(state.work.kind);
  if (state.last === null || failedWork(state) === null) throw new Refusal('APPLICATION.NOTHING_FAILED', 'Nothing of it has failed last, so there is nothing to go on with.');
  const { deployment, kind } = state.last;
  return [{ type: 'WorkStarted', data: { deployment, kind, plan: null, with: {}, reason: actor.kind === 'person' ? 'once more' : '', retry: true } }];
};

const isOf = (state: LivingApplication, deployment: string): boolean => state.work?.deployment === deployment;

const noteMade = (state: LivingApplication, { deployment, objects }: Of<'NoteMade'>): Events => {
  const fresh = objects.filter(o => !state.made.some(m => sameObject(m, o) && m.ref === o.ref));
  return fresh.length === 0 ? [] : chunks(fresh).map(part => ({ type: 'ObjectsMade', data: { deployment, objects: part } }));
};
const noteGone = (state: LivingApplication, { deployment, objects }: Of<'NoteGone'>): Events => {
  const gone = state.made.filter(m => objects.some(o => sameObject(m, o)));
  return gone.length === 0 ? [] : chunks(gone).map(part => ({ type: 'ObjectsGone', data: { deployment, objects: part } }));
};
const PER_EVENT = 200;
const chunks = (objects: readonly MadeObject[]): MadeObject[][] => Array.from({ length: Math.ceil(objects.length / PER_EVENT) }, (_, i) => objects.slice(i * PER_EVENT, (i + 1) * PER_EVENT));

const noteRelease = (state: LivingApplication, { deployment, release, again, reason }: Of<'NoteRelease'>): Events => {
  if (state.releases.some(r => r.deployment === deployment)) return [];
  return [{ type: 'ReleaseMade', data: { deployment, release, again, reason } }];
};

const decideLiving = (state: LivingApplication, command: Exclude<ApplicationCommand, { type: 'Request' }>, context: CommandContext): Events => {
  switch (command.type) {
    case 'StartWork': return startWork(state, command);
    case 'Retry': return retry(state, context);
    case 'NoteMade': return isOf(state, command.deployment) ? noteMade(state, command) : [];
    case 'NoteGone': return isOf(state, command.deployment) ? noteGone(state, command) : [];
    case 'NoteRelease': return isOf(state, command.deployment) ? noteRelease(state, command) : [];
    case 'NoteScaled': {
      const { deployment, workload, from, to } = command;
      return isOf(state, deployment) && from !== to ? [{ type: 'PodsScaled', data: { deployment, workload, from, to } }] : [];
    }
    case 'NotePassword': return [{ type: 'PasswordChanged', data: { deployment: command.deployment } }];
    case 'EndWork': {
      const { deployment, outcome, status, problem } = command;
      return state.work !== null && isOf(state, deployment) ? [{ type: 'WorkEnded', data: { deployment, kind: state.work.kind, outcome, status, problem } }] : [];
    }
    case 'EndDelete': return isOf(state, command.deployment) && state.work?.kind === 'delete' ? [{ type: 'ApplicationDeleted', data: { kept: [...command.kept] } }] : [];
    case 'Observe': {
      const { type: _type, ...now } = command;
      return state.observed !== null && same(state.observed, now) ? [] : [{ type: 'ApplicationObserved', data: now }];
    }
    case 'NoteAccess': return [{ type: 'AccessRead', data: { kind: command.kind } }];
    case 'SetUpdates': {
      const { auto, window } = command;
      return same(state.updates, { auto, window }) ? [] : [{ type: 'UpdatePolicySet', data: { auto, window } }];
    }
    case 'HoldUpdate': return state.held.includes(command.version) ? [] : [{ type: 'UpdateHeld', data: { version: command.version, message: command.message } }];
    // What is under way changes the cluster on purpose.
    case 'NoteDrift': return state.work !== null || same(state.findings, command.findings) ? [] : [{ type: 'DriftSeen', data: { findings: command.findings.slice(0, PER_EVENT) } }];
    case 'AcceptDrift': {
      if (state.findings.length === 0) throw new Refusal('APPLICATION.NO_DRIFT', 'Nothing of it is known to differ from its release.');
      return state.accepted === command.digest ? [] : [{ type: 'DriftAccepted', data: { digest: command.digest } }];
    }
  }
};

/** What comes of a process after the end of its application is of no interest any more. */
const FROM_WITHIN: readonly ApplicationCommand['type'][] = ['NoteMade', 'NoteGone', 'NoteRelease', 'NoteScaled', 'EndWork', 'EndDelete', 'Observe', 'NoteDrift', 'HoldUpdate'];

export const applicationDecider: Decider<ApplicationState, ApplicationCommand, ApplicationEvent> = {
  initialState: initialApplication,
  evolve: evolveApplication,
  decide(state, command, context) {
    if (command.type === 'Request') {
      const { type: _type, ...data } = command;
      return state.status === 'absent' ? [{ type: 'ApplicationRequested', data }] : [];
    }
    if (isLiving(state)) return decideLiving(state, command, context);
    if (FROM_WITHIN.includes(command.type)) return [];
    throw notFound();
  },
};

export const applicationType: AggregateType<ApplicationState, ApplicationCommand, ApplicationEvent> = {
  service: 'applications',
  name: 'application',
  decider: applicationDecider,
  schemas: {
    ApplicationRequested: 1, WorkStarted: 1, WorkEnded: 1, ObjectsMade: 1, ObjectsGone: 1, ReleaseMade: 1, PodsScaled: 1, ApplicationObserved: 1, AccessRead: 1, PasswordChanged: 1, UpdatePolicySet: 1, UpdateHeld: 1, DriftSeen: 1, DriftAccepted: 1,
    ApplicationDeleted: 1,
  },
  snapshot: { schema: 2, every: 200 },
};
