import type { AggregateType, Decider } from '@xanthus/kernel';
import type { HostKey, ServerFacts } from '@xanthus/proto/vps';
import { decideCreate, isCreateCommand, type CreateCommand } from './decide-create.js';
import { decideLife, type LifeCommand } from './decide-life.js';
import { decidePrice, type PriceCommand } from './decide-price.js';
import { alreadyThere, fingerprintMismatch, notBlocked, notFound } from './server.errors.js';
import { evolveServer, initialServer, isLive, type Adopted, type LiveServer, type Problem, type ServerEvent, type ServerState } from './server.js';

/** What people ask, and what the monitor saw. An observation names the host key that was pinned when it was made: an older one says nothing. */
export type ServerCommand =
  | CreateCommand
  | LifeCommand
  | PriceCommand
  | { readonly type: 'Adopt'; readonly data: Adopted }
  | { readonly type: 'Rename'; readonly data: { readonly name: string } }
  | { readonly type: 'Tag'; readonly data: { readonly tags: readonly string[] } }
  | { readonly type: 'AcceptHostKey'; readonly data: { readonly fingerprint: string } }
  | { readonly type: 'ObserveReachable'; readonly data: { readonly pinned: string; readonly facts?: ServerFacts } }
  | { readonly type: 'ObserveUnreachable'; readonly data: { readonly pinned: string; readonly reason: Problem } }
  | { readonly type: 'ObserveHostKey'; readonly data: { readonly pinned: string; readonly presented: HostKey } };

type Of<T extends ServerCommand['type']> = Extract<ServerCommand, { type: T }>;
type Events = readonly ServerEvent[];

const live = (state: ServerState): LiveServer => {
  if (!isLive(state)) throw notFound();
  return state;
};

const adopt = (state: ServerState, { data }: Of<'Adopt'>): Events => {
  if (state.status !== 'absent') throw alreadyThere();
  return [{ type: 'ServerAdopted', data }];
};

const rename = (state: ServerState, { data }: Of<'Rename'>): Events => (live(state).machine.name === data.name ? [] : [{ type: 'ServerRenamed', data: { name: data.name } }]);

const tag = (state: ServerState, { data }: Of<'Tag'>): Events => {
  const tags = [...new Set(data.tags)].sort();
  return (live(state).machine.tags ?? []).join() === tags.join() ? [] : [{ type: 'ServerTagged', data: { tags } }];
};

const acceptHostKey = (state: ServerState, { data }: Of<'AcceptHostKey'>): Events => {
  const server = live(state);
  if (server.status !== 'blocked') throw notBlocked();
  if (server.presented.fingerprint !== data.fingerprint) throw fingerprintMismatch(server.presented.fingerprint);
  return [{ type: 'ServerHostKeyAccepted', data: { host_key: server.presented } }];
};

/** Is what was seen still about this server as it is now? */
const stale = (state: ServerState, pinned: string): boolean => !isLive(state) || state.machine.host_key.fingerprint !== pinned;

const observeReachable = (state: ServerState, { data }: Of<'ObserveReachable'>): Events => {
  if (stale(state, data.pinned) || !isLive(state) || state.status === 'blocked') return [];
  const facts = data.facts;
  return [
    ...(state.status === 'reachable' ? [] : [{ type: 'ServerBecameReachable', data: {} } as const]),
    ...(facts === undefined || same(facts, state.machine.facts) ? [] : [{ type: 'ServerFactsObserved', data: { facts } } as const]),
  ];
};

const observeUnreachable = (state: ServerState, { data }: Of<'ObserveUnreachable'>): Events => {
  if (stale(state, data.pinned) || !isLive(state) || state.status === 'blocked') return [];
  // A machine that starts for the first time is not lost.
  if (state.status === 'connecting' && state.machine.lifecycle === 'creating') return [];
  // The same reason again is no news, or a machine that is off for a week would fill the history.
  if (state.status === 'unreachable' && state.reason.code === data.reason.code) return [];
  return [{ type: 'ServerBecameUnreachable', data: { reason: data.reason } }];
};

const observeHostKey = (state: ServerState, { data }: Of<'ObserveHostKey'>): Events => {
  if (stale(state, data.pinned) || !isLive(state) || data.presented.fingerprint === data.pinned) return [];
  if (state.status === 'blocked' && state.presented.fingerprint === data.presented.fingerprint) return [];
  return [{ type: 'ServerHostKeyChanged', data: { presented: data.presented } }];
};

const same = (a: ServerFacts, b: ServerFacts | null): boolean => b !== null && (Object.keys(a) as (keyof ServerFacts)[]).every(name => a[name] === b[name]);

export const serverDecider: Decider<ServerState, ServerCommand, ServerEvent> = {
  initialState: initialServer,
  evolve: evolveServer,
  decide(state, command) {
    if (isCreateCommand(command)) return decideCreate(state, command);
    switch (command.type) {
      case 'Adopt': return adopt(state, command);
      case 'Rename': return rename(state, command);
      case 'Tag': return tag(state, command);
      case 'AcceptHostKey': return acceptHostKey(state, command);
      case 'ObserveReachable': return observeReachable(state, command);
      case 'ObserveUnreachable': return observeUnreachable(state, command);
      case 'ObserveHostKey': return observeHostKey(state, command);
      case 'ObservePrice': return decidePrice(state, command);
      default: return decideLife(state, command);
    }
  },
};

export const serverType: AggregateType<ServerState, ServerCommand, ServerEvent> = {
  service: 'vps',
  name: 'server',
  decider: serverDecider,
  schemas: {
    ServerAdopted: 1, ServerFactsObserved: 1, ServerBecameReachable: 1, ServerBecameUnreachable: 1, ServerHostKeyChanged: 1, ServerHostKeyAccepted: 1, ServerRenamed: 1, ServerTagged: 1, ServerDeleted: 1,
    ServerRequested: 1, ServerPlaced: 1, ServerSetUpStarted: 1, ServerBecameReady: 1, ServerSetUpFailed: 1, ServerSetUpStopped: 1, ServerRemovalRequested: 1, ServerRemovalFailed: 1,
    OperationStarted: 1, OperationProgressed: 1, OperationFinished: 1, OperationFailed: 1, PowerChanged: 1, ServerResized: 1, ServerRebuilt: 1, SnapshotCreated: 1, SnapshotDeleted: 1,
    ServerPriced: 1, TimeZoneSet: 1, ManifestApplied: 1, KubeconfigRead: 1, AuthorizedKeyAdded: 1, AuthorizedKeyRemoved: 1, ServerAccessGranted: 1,
  },
  snapshot: { schema: 3, every: 100 },
};
