/** How a topic of auth joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Provider, Type } from '@nestjs/common';
import type { Views } from '@xanthus/jetstream';
import type { AggregateCache, CommandContext, EventStore, Reactor } from '@xanthus/kernel';
import type { ServiceDeps } from '@xanthus/nest';
import type { Vault } from '@xanthus/vault';
import type { Persons } from '../adapters/persons.js';
import type { Handle, ReadState } from '../app/handle.js';
import type { Invitations, LogInAndJoin } from '../app/invitations.js';
import type { Members } from '../app/members.js';
import type { Roles } from '../app/roles.js';
import type { LogInMethods } from '../app/log-in/log-ins.js';
import type { RequireStrong } from '../app/passwords.js';
import type { Sessions } from '../app/sessions.js';
import type { AuthConfig } from '../auth.config.js';

/** What is undone of a topic when a tenant is forgotten; may be asked again. `context` is of one thing of the tenant. */
export type Ending = (slug: string, context: (id: string, what: string) => CommandContext) => Promise<void>;

/** What all stand on. */
export interface BaseCore extends Pick<ServiceDeps<AuthConfig>, 'nc' | 'log' | 'config' | 'health' | 'views' | 'onStop'> {
  readonly nc: NatsConnection;
  readonly views: Views;
  readonly store: EventStore;
  readonly cache: AggregateCache;
  readonly handle: Handle;
  readonly read: ReadState;
  readonly vault: Vault;
  /** Key of every keyed hash that must stay the same for ever: markers, ids of identities. */
  readonly markers: Buffer;
}

export interface PeopleCore {
  readonly persons: Persons;
  readonly sessions: Sessions;
  readonly requireStrong: RequireStrong;
  readonly logInAndJoin: LogInAndJoin;
}

export interface TenancyCore { readonly roles: Roles; readonly members: Members; readonly invitations: Invitations }

export interface AuthCore extends BaseCore, PeopleCore, TenancyCore {}

export interface Part {
  /** Ways to log in, beside the one with a password. */
  readonly logIns?: Partial<LogInMethods>;
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly reactors?: readonly Reactor[];
  /** Done by one copy at each round of the housekeeping, every ten minutes. */
  readonly rounds?: readonly (() => Promise<void>)[];
  readonly endings?: readonly Ending[];
}
