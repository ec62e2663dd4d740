import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { HostKey, ServerCredential, ServerFacts, ServerJump, ServerPrice, vpsEvents } from '@xanthus/proto/vps';
import { evolveCreation, type CreationEvent, type CreationState, type ServerRequested } from './creation-state.js';
import { evolveLife, type LifeEvent, type LifeState } from './life-state.js';

export type ServerEvent = Extract<EventOf<typeof vpsEvents>, { type: `Server${string}` }> | LifeEvent;

export type Adopted = Extract<ServerEvent, { type: 'ServerAdopted' }>['data'];

export interface Problem { readonly code: string; readonly message: string }

/** What is known of a managed machine whatever its status. */
export interface Machine extends LifeState, CreationState {
  readonly name: string;
  /** `existing`: adopted. Else the kind of its provider. */
  readonly provider: string;
  /** Empty as long as its provider has given it no address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credential: ServerCredential;
  readonly host_key: HostKey;
  /** The machine that it is reached through. */
  readonly jump?: ServerJump | undefined;
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

const ordered = ({ name, provider, user, port, credential, host_key, type, image, time_zone, provider_id, location, public_key, host_key_secret, authorized_keys, price: agreed }: ServerRequested): Machine => ({
  name, provider, host: '', port, user, credential, host_key, facts: null, type, image, time_zone, lifecycle: 'creating', set_up_round: 1, order: { provider_id, location, public_key, host_key_secret, authorized_keys, agreed },
});

const withMachine = (state: LiveServer, change: Partial<Machine>): ServerState => ({ ...state, machine: { ...state.machine, ...change } });

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveServer = (state: ServerState, event: ServerEvent | DomainEvent, _context?: EventContext): ServerState => {
  const known = event as ServerEvent;
  if (known.type === 'ServerAdopted') return state.status === 'absent' ? { status: 'connecting', machine: { ...known.data, facts: null } } : state;
  if (known.type === 'ServerRequested') return state.status === 'absent' ? { status: 'connecting', machine: ordered(known.data) } : state;
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
    default: {
      const machine = evolveCreation(evolveLife(state.machine, known as LifeEvent), known as CreationEvent);
      return machine === state.machine ? state : { ...state, machine };
    }
  }
};
