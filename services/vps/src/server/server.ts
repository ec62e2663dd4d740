import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { HostKey, ServerCredential, ServerFacts, ServerPrice, vpsEvents } from '@xanthus/proto/vps';
import { evolveLife, type LifeEvent, type LifeState } from './life-state.js';

export type ServerEvent = Extract<EventOf<typeof vpsEvents>, { type: `Server${string}` }> | LifeEvent;

export interface Problem { readonly code: string; readonly message: string }

/** What is known of a managed machine whatever its status. */
export interface Machine extends LifeState {
  readonly name: string;
  readonly provider: 'existing' | 'sandbox';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credential: ServerCredential;
  readonly host_key: HostKey;
  readonly facts: ServerFacts | null;
  readonly tags?: readonly string[];
  /** What it costs and since when; none for a machine without a price. */
  readonly price?: ServerPrice & { readonly at: string };
}

export type ServerState =
  | { readonly status: 'absent' }
  | { readonly status: 'connecting' | 'reachable'; readonly machine: Machine }
  | { readonly status: 'unreachable'; readonly machine: Machine; readonly reason: Problem }
  /** It shows another host key than the accepted one: nothing is sent to it until a person accepts it. */
  | { readonly status: 'blocked'; readonly machine: Machine; readonly presented: HostKey }
  | { readonly status: 'deleted'; readonly machine: Machine };

export type LiveServer = Exclude<ServerState, { status: 'absent' } | { status: 'deleted' }>;

export const initialServer: ServerState = { status: 'absent' };

export const isLive = (state: ServerState): state is LiveServer => state.status !== 'absent' && state.status !== 'deleted';

const withMachine = (state: LiveServer, change: Partial<Machine>): ServerState => ({ ...state, machine: { ...state.machine, ...change } });

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveServer = (state: ServerState, event: ServerEvent | DomainEvent, _context?: EventContext): ServerState => {
  const known = event as ServerEvent;
  if (known.type === 'ServerAdopted') return state.status === 'absent' ? { status: 'connecting', machine: { ...known.data, facts: null } } : state;
  if (!isLive(state)) return state;
  switch (known.type) {
    case 'ServerFactsObserved': return withMachine(state, { facts: known.data.facts });
    case 'ServerPriced': return withMachine(state, { price: known.data });
    case 'ServerTagged': return withMachine(state, { tags: known.data.tags });
    case 'ServerRenamed': return withMachine(state, { name: known.data.name });
    // What answers is on, whoever switched it on.
    case 'ServerBecameReachable': return { status: 'reachable', machine: state.machine.power === 'off' ? { ...state.machine, power: 'running' } : state.machine };
    case 'ServerBecameUnreachable': return { status: 'unreachable', machine: state.machine, reason: known.data.reason };
    case 'ServerHostKeyChanged': return { status: 'blocked', machine: state.machine, presented: known.data.presented };
    case 'ServerHostKeyAccepted': return { status: 'connecting', machine: { ...state.machine, host_key: known.data.host_key } };
    case 'ServerDeleted': return { status: 'deleted', machine: state.machine };
    default: return { ...state, machine: evolveLife(state.machine, known as LifeEvent) };
  }
};
