/** What is done to a server while it lives: long work, one thing at a time, and what is noted of short work. */
import { Refusal } from '@xanthus/kernel';
import { allowedAction, type Abilities, type ActionSubject, type OperationKind } from '@xanthus/proto/vps';
import type { LifeEvent, Operation } from './life-state.js';
import { nameNotConfirmed, notFound, sameType } from './server.errors.js';
import { isLive, type LiveServer, type Problem, type ServerEvent, type ServerState } from './server.js';

interface About { readonly operation: string }
type Noted = Extract<LifeEvent, { type: 'TimeZoneSet' | 'ManifestApplied' | 'KubeconfigRead' | 'AuthorizedKeyAdded' | 'AuthorizedKeyRemoved' | 'ServerAccessGranted' }>;
/** What a provider says of a server that it had not said before. */
export interface Seen { readonly power?: 'running' | 'off' | undefined; readonly type?: string | undefined }

export type LifeCommand =
  /** `abilities`: of the server's provider, as they are now; none for a machine without one. */
  | { readonly type: 'StartOperation'; readonly data: About & { readonly kind: OperationKind; readonly wish: Operation['wish']; readonly abilities: Abilities; readonly confirm_name?: string } }
  | { readonly type: 'ProgressOperation'; readonly data: About & { readonly percent?: number; readonly text?: string; readonly asked?: boolean; readonly action?: string; readonly boot?: string } }
  | { readonly type: 'FinishOperation'; readonly data: About & { readonly duration_ms: number; readonly snapshot?: { readonly id: string; readonly size_bytes?: number } } }
  | { readonly type: 'FailOperation'; readonly data: About & { readonly reason: Problem; readonly retryable: boolean } }
  /** Seen at the provider, outside of any operation of ours. */
  | { readonly type: 'ObserveLife'; readonly data: Seen }
  | { readonly type: 'Note'; readonly data: Noted };

type Of<T extends LifeCommand['type']> = Extract<LifeCommand, { type: T }>;
type Events = readonly ServerEvent[];

/** A server as the table of allowed actions sees it. */
export const subjectOf = (server: LiveServer): ActionSubject => {
  const { power, operation, facts } = server.machine;
  return { status: server.status, lifecycle: lifecycleOf(server), power: power ?? (server.status === 'reachable' ? 'running' : 'unknown'), operation: operation ?? null, facts };
};
const lifecycleOf = (server: LiveServer): string | undefined => (server.machine as { readonly lifecycle?: string }).lifecycle;

const live = (state: ServerState): LiveServer => {
  if (!isLive(state)) throw notFound();
  return state;
};

const start = (state: ServerState, { data }: Of<'StartOperation'>): Events => {
  const server = live(state);
  const { operation, kind, wish, abilities, confirm_name } = data;
  const verdict = allowedAction(kind, subjectOf(server), abilities);
  if (!verdict.allowed) throw new Refusal(verdict.code, verdict.reason, undefined, verdict.code === 'SERVER.BUSY');
  const { machine } = server;
  if (kind === 'resize' && wish.type === machine.type) throw sameType(wish.type ?? '');
  if (confirm_name !== undefined && confirm_name !== machine.name) throw nameNotConfirmed();
  const before = { power: subjectOf(server).power ?? 'unknown', ...(machine.type === undefined ? {} : { type: machine.type }), ...(machine.image === undefined ? {} : { image: machine.image }) };
  return [{ type: 'OperationStarted', data: { operation, kind, way: verdict.way, wish, before } }];
};

/** The work that runs, if it is this one: what is told of another one came too late. */
const running = (state: ServerState, id: string): Operation | undefined => (isLive(state) && state.machine.operation?.id === id ? state.machine.operation : undefined);

const progress = (state: ServerState, { data }: Of<'ProgressOperation'>): Events => {
  const now = running(state, data.operation);
  const news = now && (Object.keys(data) as (keyof typeof data)[]).some(name => name !== 'operation' && data[name] !== now[name]);
  return news ? [{ type: 'OperationProgressed', data }] : [];
};

/** What has become of the server by it. */
const effects = ({ id: operation, kind, wish, before }: Operation, snapshot: Of<'FinishOperation'>['data']['snapshot']): Events => {
  const from = before.power;
  const power = (to: 'running' | 'off'): Events => (from === to ? [] : [{ type: 'PowerChanged', data: { from, to, operation } }]);
  switch (kind) {
    case 'power-on': case 'reboot': case 'reset': return power('running');
    case 'power-off': case 'shutdown': return power('off');
    case 'resize': return [{ type: 'ServerResized', data: { from: before.type ?? null, to: wish.type ?? '', operation } }];
    case 'rebuild': return [{ type: 'ServerRebuilt', data: { from: before.image ?? null, image: wish.image ?? '', operation } }, ...power('running')];
    case 'create-snapshot': return snapshot === undefined ? []
      : [{ type: 'SnapshotCreated', data: { snapshot: snapshot.id, description: wish.description ?? '', operation, ...(snapshot.size_bytes === undefined ? {} : { size_bytes: snapshot.size_bytes }) } }];
    case 'delete-snapshot': return [{ type: 'SnapshotDeleted', data: { snapshot: wish.snapshot ?? '', operation } }];
  }
};

const finish = (state: ServerState, { data }: Of<'FinishOperation'>): Events => {
  const now = running(state, data.operation);
  return now ? [...effects(now, data.snapshot), { type: 'OperationFinished', data: { operation: now.id, duration_ms: data.duration_ms } }] : [];
};

const fail = (state: ServerState, { data }: Of<'FailOperation'>): Events => (running(state, data.operation) ? [{ type: 'OperationFailed', data }] : []);

const observe = (state: ServerState, { data: { power, type } }: Of<'ObserveLife'>): Events => {
  // What runs now changes just that; its end says what became of it.
  if (!isLive(state) || state.machine.operation) return [];
  const before = subjectOf(state).power ?? 'unknown';
  return [
    ...(power === undefined || power === before ? [] : [{ type: 'PowerChanged', data: { from: before, to: power } } as const]),
    ...(type === undefined || type === state.machine.type ? [] : [{ type: 'ServerResized', data: { from: state.machine.type ?? null, to: type } } as const]),
  ];
};

export const decideLife = (state: ServerState, command: LifeCommand): Events => {
  switch (command.type) {
    case 'StartOperation': return start(state, command);
    case 'ProgressOperation': return progress(state, command);
    case 'FinishOperation': return finish(state, command);
    case 'FailOperation': return fail(state, command);
    case 'ObserveLife': return observe(state, command);
    case 'Note': live(state); return [command.data];
  }
};
