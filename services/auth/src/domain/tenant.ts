/** A tenant, in the tenant `xanthus`; its id is its slug, so that a slug is taken once and for ever. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import { INSTALLATION, type EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { TenantCreated: authEvents.TenantCreated, TenantRenamed: authEvents.TenantRenamed };
export type TenantEvent = EventOf<typeof events>;

export type TenantState = { readonly status: 'free' } | { readonly status: 'active'; readonly name: string };
export type TenantCommand = { readonly type: 'CreateTenant'; readonly name: string };

/** Slugs that would read as ours in a subject, a host name or a log. */
const RESERVED = new Set<string>([INSTALLATION, 'sys', 'system', 'local', 'localhost', 'admin', 'root', 'api', 'all', 'new', 'view']);

const decider: Decider<TenantState, TenantCommand, TenantEvent> = {
  initialState: { status: 'free' },
  decide(state, command, context) {
    if (state.status === 'active' || RESERVED.has(context.id)) throw new Refusal('TENANT.SLUG_TAKEN', `The name ${context.id} is taken; choose another.`);
    return [{ type: 'TenantCreated', data: { name: command.name } }];
  },
  evolve(state, event) {
    switch (event.type) {
      case 'TenantCreated': return { status: 'active', name: event.data.name };
      case 'TenantRenamed': return { status: 'active', name: event.data.name };
      default: return state;
    }
  },
};

export const tenant: AggregateType<TenantState, TenantCommand, TenantEvent> = { service: 'auth', name: 'tenant', decider, schemas: schemasOf(events) };
