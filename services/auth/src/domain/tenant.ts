/** A tenant, in the tenant `xanthus`; its id is its slug, so that a slug is taken once and for ever. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import { INSTALLATION, type EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const { TenantCreated, TenantRenamed, TenantExported, TenantForgotten, TenantErased } = authEvents;
const events = { TenantCreated, TenantRenamed, TenantExported, TenantForgotten, TenantErased };
export type TenantEvent = EventOf<typeof events>;

/** `receipt`: the signed statement, once nothing can be decrypted any more. */
export interface ForgottenTenant { readonly status: 'forgotten'; readonly name: string; readonly requested_at: string; readonly requested_by: string; readonly receipt: string | null }
export type TenantState = { readonly status: 'free' } | { readonly status: 'active'; readonly name: string } | ForgottenTenant;
export type TenantCommand =
  | { readonly type: 'CreateTenant' | 'RenameTenant'; readonly name: string }
  | { readonly type: 'ExportTenant' | 'ForgetTenant' }
  | { readonly type: 'NoteErased'; readonly receipt: string };

/** Slugs that would read as ours in a subject, a host name or a log. */
const RESERVED = new Set<string>([INSTALLATION, 'sys', 'system', 'local', 'localhost', 'admin', 'root', 'api', 'all', 'new', 'view']);

const decider: Decider<TenantState, TenantCommand, TenantEvent> = {
  initialState: { status: 'free' },
  decide(state, command, context) {
    if (command.type === 'CreateTenant') {
      // forgotten ones too: a slug names the same tenant for ever
      if (state.status !== 'free' || RESERVED.has(context.id)) throw new Refusal('TENANT.SLUG_TAKEN', `The name ${context.id} is taken; choose another.`);
      return [{ type: 'TenantCreated', data: { name: command.name } }];
    }
    if (command.type === 'NoteErased') return state.status === 'forgotten' && state.receipt === null ? [{ type: 'TenantErased', data: { receipt: command.receipt } }] : [];
    if (command.type === 'ForgetTenant' && state.status === 'forgotten') return [];
    if (state.status !== 'active') throw new Refusal('TENANT.NOT_FOUND', `There is no tenant ${context.id}.`);
    switch (command.type) {
      case 'RenameTenant': return state.name === command.name ? [] : [{ type: 'TenantRenamed', data: { name: command.name } }];
      case 'ExportTenant': return [{ type: 'TenantExported', data: {} }];
      case 'ForgetTenant': return [{ type: 'TenantForgotten', data: {} }];
    }
  },
  evolve(state, event, { occurred_at, actor }) {
    switch (event.type) {
      case 'TenantCreated': return state.status === 'forgotten' ? state : { status: 'active', name: event.data.name };
      case 'TenantRenamed': return state.status === 'forgotten' ? state : { status: 'active', name: event.data.name };
      case 'TenantForgotten': return { status: 'forgotten', name: state.status === 'active' ? state.name : '', requested_at: occurred_at, requested_by: actor.id, receipt: null };
      case 'TenantErased': return state.status === 'forgotten' ? { ...state, receipt: event.data.receipt } : state;
      default: return state;
    }
  },
};

export const tenant: AggregateType<TenantState, TenantCommand, TenantEvent> = { service: 'auth', name: 'tenant', decider, schemas: schemasOf(events) };
