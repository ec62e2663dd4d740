import type { NatsConnection } from '@nats-io/transport-node';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, EventStore, SnapshotStore } from '@xanthus/kernel';
import type { CapabilityMirror, IdentitySigner, IdentityVerifier, Logger, Metrics } from '@xanthus/nest';
import type { Reach } from '@xanthus/reach';
import type { DataKeys, Vault } from '@xanthus/vault';
import type { Host, SessionDoor, SessionNotes } from './hosting/host.js';
import type { Living } from './keeper/living.js';
import type { TerminalsConfig } from './terminals.config.js';
import type { Servers } from './use-cases/servers.js';

/** What is reached over the network. */
export interface Outside {
  readonly servers: Servers;
  /** Connections to servers, shared by shells, files and forwards. */
  readonly reach: Reach;
  /** Made by the composition root, for its copy of the service. */
  readonly openHost: HostOf;
  /** How often what nobody commands is looked at, ms. */
  readonly pace: Pace;
}
/** `round`: sessions that nobody holds; `unheld`: how long nobody answers until its holder is gone; `servers`: whether they are still there. */
export interface Pace { readonly round: number; readonly unheld: number; readonly servers: number }
/** The shells that this copy holds, and the way to those of other copies. */
export type HostOf = (on: TerminalsBase & Hosting) => Host | Promise<Host>;
/** What a host tells of its sessions, and asks about who comes. */
export interface Hosting { readonly door: SessionDoor; notesOf(tenant: string, session: string): SessionNotes }

/** Everything but the shells. */
export interface TerminalsBase {
  readonly nc: NatsConnection;
  readonly log: Logger;
  readonly config: TerminalsConfig;
  readonly metrics: Metrics;
  readonly signer: IdentitySigner;
  readonly verifier: IdentityVerifier;
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly cache: AggregateCache;
  readonly views: Views;
  readonly vault: Vault;
  readonly keys: DataKeys;
  /** What people may do, beyond the command that they gave. */
  readonly rights: CapabilityMirror;
  /** Tenants that were forgotten while this copy ran: nothing goes on for them. */
  readonly forgotten: ReadonlySet<string>;
  readonly living: Living;
  readonly servers: Servers;
  readonly reach: Reach;
  readonly now: () => number;
}
/** Everything that this service's use cases stand on; made once by the composition root. */
export interface TerminalsContext extends TerminalsBase { readonly host: Host }
