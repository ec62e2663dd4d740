import type { NatsConnection } from '@nats-io/transport-node';
import { markerKey, type Views } from '@xanthus/jetstream';
import { handleCommand, upcastEvent, type AggregateCache, type AggregateType, type CommandContext, type CommandOptions, type CommandResult, type DomainEvent, type EventStore, type SnapshotStore } from '@xanthus/kernel';
import type { Call, Logger } from '@xanthus/nest';
import { streamName, type Written } from '@xanthus/proto';
import { natsPorts, type AddressPolicy } from '@xanthus/net';
import type { SshPool } from '@xanthus/ssh';
import type { DataKeys, Vault } from '@xanthus/vault';
import type { Providers } from './providers/open-accounts.js';
import { readSandbox, type Sandbox } from './adoption/sandbox.js';
import type { VpsConfig } from './vps.config.js';

/** Everything that this service's use cases stand on; made once by the composition root. */
export interface VpsContext {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly config: Pick<VpsConfig, 'XANTHUS_SANDBOX_FILE' | 'XANTHUS_SSH_ALLOW' | 'XANTHUS_METRICS_INTERVAL_MS' | 'XANTHUS_NATS_URL' | 'XANTHUS_SSH_CONFIG' | 'XANTHUS_SSH_CONFIG_TENANT'>;
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly cache: AggregateCache;
  readonly views: Views;
  readonly vault: Vault;
  /** Tenants that were forgotten while this copy ran: nothing goes on for them. */
  readonly forgotten: ReadonlySet<string>;
  readonly keys: DataKeys;
  /** One connection per server, by its id. */
  readonly pool: SshPool;
  /** Accounts at providers, as ports that are bound to them. */
  readonly providers: Providers;
}

type Type<S, C, E extends DomainEvent> = AggregateType<S, C, E>;

export const handle = <S, C, E extends DomainEvent>(vps: Pick<VpsContext, 'store' | 'snapshots' | 'cache'>, type: Type<S, C, E>, context: CommandContext, command: C, claims: CommandOptions['claims'] = []): Promise<CommandResult<S, E>> =>
  handleCommand(vps.store, type, context, command, { snapshots: vps.snapshots, cache: vps.cache, claims });

export const writtenBy = (result: { readonly id: string; readonly stream: string; readonly seq: number }): Written => ({ id: result.id, stream: result.stream, seq: result.seq });

/** The state of an aggregate, for a decision about another one. */
export const readState = async <S, C, E extends DomainEvent>(vps: Pick<VpsContext, 'store'>, type: Type<S, C, E>, tenant: string, id: string): Promise<S> => {
  const { events } = await vps.store.load({ tenant, service: type.service, aggregate: type.name, id }, { leader: true });
  return events.map(e => upcastEvent(type, e)).reduce(
    (state, e) => type.decider.evolve(state, e as unknown as E, { tenant, id, seq: e.seq, occurred_at: e.occurred_at, actor: e.actor }), type.decider.initialState,
  );
};

/** What an earlier try of this very command wrote: then nothing outside is done a second time. */
export const earlierTry = async <S, C, E extends DomainEvent>(vps: Pick<VpsContext, 'store'>, type: Type<S, C, E>, call: Pick<Call, 'tenant' | 'id' | 'command_id'>): Promise<(Written & { readonly event: DomainEvent }) | undefined> => {
  const { events } = await vps.store.load({ tenant: call.tenant, service: type.service, aggregate: type.name, id: call.id });
  const mine = events.findLast(e => e.command_id === call.command_id);
  return mine && { id: call.id, stream: streamName(type.service), seq: mine.seq, event: upcastEvent(type, mine) };
};

/** A unique name as a marker: keyed per tenant, so that the log tells no names to who reads subjects only. */
export const nameKey = async (vps: VpsContext, tenant: string, name: string): Promise<string> =>
  markerKey((await vps.keys.get(tenant)).mark, name);

export const sandboxOf = (vps: VpsContext): Promise<Sandbox | undefined> => readSandbox(vps.config.XANTHUS_SANDBOX_FILE);

/** Addresses that may be connected to: public ones, what the operator allows, and the sandbox at its exact address. */
export const addressPolicy = async (vps: VpsContext): Promise<AddressPolicy> => {
  const sandbox = await sandboxOf(vps);
  return {
    allow: vps.config.XANTHUS_SSH_ALLOW,
    setting: 'XANTHUS_SSH_ALLOW',
    endpoints: sandbox ? [{ host: sandbox.host, port: sandbox.port }] : [],
    ownPorts: natsPorts(vps.config.XANTHUS_NATS_URL),
  };
};
