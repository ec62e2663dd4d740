/** A Cloudflare account of a tenant; the aggregate's id is the account's. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const { CloudflareLinked, CloudflareConfigured, CloudflareChecked, CloudflareUnlinked, CertificateRequestKept, CloudflareLogInRefused, CloudflareImported, CloudflareHandedOver } = authEvents;
const events = { CloudflareLinked, CloudflareConfigured, CloudflareChecked, CloudflareUnlinked, CertificateRequestKept, CloudflareLogInRefused, CloudflareImported, CloudflareHandedOver };
export type CloudflareEvent = EventOf<typeof events>;
type Data<T extends CloudflareEvent['type']> = Extract<CloudflareEvent, { type: T }>['data'];

/** Kept whatever happens to the account's link. */
interface Kept { readonly request?: Data<'CertificateRequestKept'> }
export type LinkedAccount = { readonly status: 'linked'; readonly health: 'active' | 'refused' } & Data<'CloudflareLinked'> & Kept;
export type CloudflareState = ({ readonly status: 'none' } & Kept) | LinkedAccount;

export type CloudflareCommand =
  | ({ readonly type: 'Link'; readonly request: Data<'CertificateRequestKept'> } & Omit<Data<'CloudflareLinked'>, 'join_role'> & { readonly join_role: string | null | undefined })
  | ({ readonly type: 'Configure' } & Data<'CloudflareConfigured'>)
  | ({ readonly type: 'NoteCheck' } & Data<'CloudflareChecked'>)
  | ({ readonly type: 'HandOver' | 'HandOverKey' } & Data<'CloudflareHandedOver'>)
  | { readonly type: 'Unlink' }
  | ({ readonly type: 'NoteImport' } & Data<'CloudflareImported'>)
  | ({ readonly type: 'RefuseLogIn' } & Data<'CloudflareLogInRefused'>);

export const notLinked = () => new Refusal('CLOUDFLARE.NOT_LINKED', 'This Cloudflare account is not linked. Link it under Settings → Cloudflare.');
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const decider: Decider<CloudflareState, CloudflareCommand, CloudflareEvent> = {
  initialState: { status: 'none' },
  decide(state, command) {
    switch (command.type) {
      case 'Link': {
        const { type: _type, request, join_role, ...data } = command;
        return [
          ...(state.request === undefined ? [{ type: 'CertificateRequestKept' as const, data: request }] : []),
          { type: 'CloudflareLinked', data: { ...data, join_role: join_role === undefined ? (state.status === 'linked' ? state.join_role : null) : join_role } },
        ];
      }
      case 'Configure':
        if (state.status !== 'linked') throw notLinked();
        return state.join_role === command.join_role ? [] : [{ type: 'CloudflareConfigured', data: { join_role: command.join_role } }];
      case 'NoteCheck': {
        if (state.status !== 'linked') throw notLinked();
        const { type: _type, ...data } = command;
        return state.health === data.status && same(state.features, data.features) ? [] : [{ type: 'CloudflareChecked', data }];
      }
      case 'HandOver': case 'HandOverKey': {
        if (state.status !== 'linked') throw notLinked();
        if (command.type === 'HandOver' && state.health === 'refused') throw new Refusal('CLOUDFLARE.TOKEN_REFUSED', 'Cloudflare does not take the token of the linked account any more. Link the account again with a new one, under Settings → Cloudflare.');
        return [{ type: 'CloudflareHandedOver', data: { service: command.service, reason: command.reason } }];
      }
      case 'Unlink':
        return state.status === 'linked' ? [{ type: 'CloudflareUnlinked', data: {} }] : [];
      case 'NoteImport': {
        if (state.status !== 'linked') throw notLinked();
        const { type: _type, ...data } = command;
        return data.taken.length === 0 ? [] : [{ type: 'CloudflareImported', data }];
      }
      case 'RefuseLogIn': {
        const { type: _type, ...data } = command;
        return [{ type: 'CloudflareLogInRefused', data }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'CertificateRequestKept': return { ...state, request: event.data };
      case 'CloudflareLinked': return { status: 'linked', health: 'active', ...event.data, ...(state.request && { request: state.request }) };
      case 'CloudflareConfigured': return state.status === 'linked' ? { ...state, ...event.data } : state;
      case 'CloudflareChecked': return state.status === 'linked' ? { ...state, health: event.data.status, features: event.data.features } : state;
      case 'CloudflareUnlinked': return { status: 'none', ...(state.request && { request: state.request }) };
      default: return state;
    }
  },
};

export const cloudflareAccount: AggregateType<CloudflareState, CloudflareCommand, CloudflareEvent> = { service: 'auth', name: 'cloudflare-account', decider, schemas: schemasOf(events) };
