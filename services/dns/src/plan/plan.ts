import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { Actor, EventOf } from '@xanthus/proto';
import type { DnsUser, planEvents } from '@xanthus/proto/dns';
import type { Change, MadeChange } from './changes.js';
import type { Risk, RiskKind } from './risks.js';

export type PlanEvent = EventOf<typeof planEvents>;
export interface PlanProblem { readonly code: string; readonly message: string }

interface Sent { readonly part: number; readonly back: boolean }

export type PlanFrom = Extract<PlanEvent, { type: 'PlanMade' }>['data']['from'];

interface About {
  readonly from: PlanFrom;
  readonly zone: string;
  readonly zone_name: string;
  readonly reason: string;
  readonly hash: string;
  readonly risks: readonly Risk[];
  /** Whose records these are. */
  readonly mark?: DnsUser;
  /** Each is applied as one. */
  readonly parts: readonly (readonly Change[])[];
}
/** `done`: parts that Cloudflare has made, with what came of them; of `back` they are taken back, the last one first. `sent`: the newest try that may have been made without our knowing. */
interface Underway extends About { /** Who had it applied, or taken back. */ readonly by?: Actor; /** When it was looked at and approved, ms. */ readonly approved?: number; readonly done: readonly (readonly MadeChange[])[]; readonly attempt: number; readonly sent: Sent | null; readonly accepted: readonly RiskKind[] }

export type PlanState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'draft' } & About)
  | ({ readonly status: 'applying'; /** A person wants it to end. */ readonly stopping?: 'stay' | 'roll_back' } & Underway)
  | ({ readonly status: 'rolling-back' } & Underway)
  | ({ readonly status: 'failed'; readonly back: boolean; readonly problem: PlanProblem } & Underway)
  | ({ readonly status: 'applied' | 'stopped' | 'rolled-back' } & Underway)
  | ({ readonly status: 'discarded' } & About);

export type UnderwayPlan = Extract<PlanState, { status: 'applying' | 'rolling-back' }>;
export const isUnderway = (state: PlanState): state is UnderwayPlan => state.status === 'applying' || state.status === 'rolling-back';

/** Code of a try that was looked for and not found. */
export const NOT_MADE = 'DNS.NOT_MADE';

export const initialPlan: PlanState = { status: 'absent' };

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolvePlan = (state: PlanState, event: PlanEvent | DomainEvent, context?: EventContext): PlanState => {
  const known = event as PlanEvent;
  if (known.type === 'PlanMade') {
    const { from, zone, zone_name, reason, hash, risks, mark } = known.data;
    return state.status === 'absent' ? { status: 'draft', from, zone, zone_name, reason, hash, risks, parts: [], ...(mark === undefined ? {} : { mark }) } : state;
  }
  if (state.status === 'absent' || state.status === 'discarded') return state;
  if (state.status === 'draft') {
    switch (known.type) {
      case 'PlanPart': return { ...state, parts: [...state.parts, known.data.changes] };
      case 'PlanApplyStarted': return { ...state, status: 'applying', done: [], attempt: 0, sent: null, accepted: known.data.accept, ...byOf(context), ...(context === undefined ? {} : { approved: Date.parse(context.occurred_at) }) };
      case 'PlanDiscarded': return { ...state, status: 'discarded' };
      default: return state;
    }
  }
  switch (known.type) {
    case 'PlanPartStarted': return { ...state, attempt: known.data.attempt, sent: { part: known.data.part, back: known.data.back } };
    case 'PlanPartFailed': return known.data.code === NOT_MADE ? { ...state, sent: null } : state;
    case 'PlanPartDone': return { ...state, attempt: 0, sent: null, done: known.data.back ? state.done.slice(0, known.data.part) : [...state.done, known.data.changes] };
    case 'PlanFailed': return isUnderway(state) ? { ...bare(state), status: 'failed', back: state.status === 'rolling-back', problem: { code: known.data.code, message: known.data.message } } : state;
    case 'PlanCancelRequested': return state.status === 'applying' ? { ...state, stopping: known.data.roll_back ? 'roll_back' : 'stay', ...byOf(context) } : state;
    case 'PlanResumed': return state.status === 'failed' ? { ...bare(state), status: known.data.how === 'apply' ? 'applying' : 'rolling-back', attempt: 0, ...byOf(context) } : state;
    case 'PlanApplied': return { ...bare(state), status: 'applied' };
    case 'PlanStopped': return { ...bare(state), status: 'stopped' };
    case 'PlanRolledBack': return { ...bare(state), status: 'rolled-back' };
    default: return state;
  }
};

const byOf = (context: EventContext | undefined): { readonly by?: Actor } => (context === undefined ? {} : { by: context.actor });
const bare = ({ from, zone, zone_name, reason, hash, risks, mark, parts, done, attempt, sent, accepted, by }: Underway): Underway => ({ ...(by === undefined ? {} : { by }), ...(mark === undefined ? {} : { mark }), from, zone, zone_name, reason, hash, risks, parts, done, attempt, sent, accepted });

/** What comes next of a plan that is under way. */
export type NextStep =
  | { readonly do: 'part'; readonly part: number; readonly back: boolean; readonly attempt: number; /** What is sent: forward, or the opposite of what was made. */ readonly changes: readonly Change[] }
  /** It shall go another way than the newest try went: was that one made? */
  | { readonly do: 'look'; readonly part: number; readonly back: boolean; readonly attempt: number; readonly changes: readonly Change[] }
  | { readonly do: 'end'; readonly as: 'applied' | 'stopped' | 'rolled-back' };

export const nextStep = (state: UnderwayPlan): NextStep => {
  const { done, parts, attempt, sent } = state;
  const back = state.status === 'rolling-back' || state.stopping === 'roll_back';
  const stops = state.status === 'applying' && state.stopping === 'stay';
  if (sent !== null && (sent.back !== back || stops)) return { do: 'look', ...sent, attempt, changes: sent.back ? oppositeOf(done[sent.part] ?? []) : parts[sent.part] ?? [] };
  if (back) {
    const last = done.at(-1);
    return last === undefined ? { do: 'end', as: 'rolled-back' } : { do: 'part', part: done.length - 1, back, attempt: attempt + 1, changes: oppositeOf(last) };
  }
  if (done.length === parts.length) return { do: 'end', as: 'applied' };
  if (stops) return { do: 'end', as: done.length === 0 ? 'rolled-back' : 'stopped' };
  return { do: 'part', part: done.length, back, attempt: attempt + 1, changes: parts[done.length] ?? [] };
};

/** Takes made changes back. A deleted record comes back with another id. */
export const oppositeOf = (made: readonly MadeChange[]): Change[] => made.map(({ change, id }): Change => {
  if (change.op === 'create') return { op: 'delete', before: { ...change.after, id } };
  const { id: _id, ...before } = change.before;
  return change.op === 'delete' ? { op: 'create', after: before } : { op: 'update', before: { ...change.after, id }, after: before };
});
