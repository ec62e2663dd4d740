/** How a topic of auth joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Provider, Type } from '@nestjs/common';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, EventStore, Reactor } from '@xanthus/kernel';
import type { ServiceDeps } from '@xanthus/nest';
import type { Vault } from '@xanthus/vault';
import type { Persons } from '../adapters/persons.js';
import type { Handle, ReadState } from '../app/handle.js';
import type { Sessions } from '../app/sessions.js';
import type { AuthConfig } from '../auth.config.js';

export interface AuthCore extends Pick<ServiceDeps<AuthConfig>, 'nc' | 'log' | 'config' | 'health' | 'views' | 'onStop'> {
  readonly nc: NatsConnection;
  readonly views: Views;
  readonly store: EventStore;
  readonly cache: AggregateCache;
  readonly handle: Handle;
  readonly read: ReadState;
  readonly vault: Vault;
  readonly persons: Persons;
  readonly sessions: Sessions;
  /** Key of every keyed hash that must stay the same for ever: markers, ids of identities. */
  readonly markers: Buffer;
}

export interface Part {
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly reactors?: readonly Reactor[];
  /** Done by one copy at each round of the housekeeping, every ten minutes. */
  readonly rounds?: readonly (() => Promise<void>)[];
}
