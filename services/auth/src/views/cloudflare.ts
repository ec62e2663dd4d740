import { keyedProjection } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import type { cloudflareAccountView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

type Account = DataOf<typeof cloudflareAccountView>;
const ofEvent = (event: { readonly aggregate: { readonly name: string } }): boolean => event.aggregate.name === 'cloudflare-account';

/** Which Cloudflare accounts are linked to the tenant? */
export const cloudflareAccounts = keyedProjection<Account>({
  name: 'cloudflare-accounts', version: 1, schema: 1,
  own: { view: 'cloudflare-accounts', aggregates: ['cloudflare-account'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'CloudflareLinked': {
        const { secret: _secret, ...shown } = event.data;
        return { id: event.aggregate.id, ...shown, status: 'active', linked_at: event.occurred_at, linked_by: event.actor, checked_at: event.occurred_at };
      }
      case 'CloudflareConfigured': return data && { ...data, join_role: event.data.join_role };
      case 'CloudflareChecked': return data && { ...data, status: event.data.status, features: event.data.features, checked_at: event.occurred_at };
      case 'CloudflareUnlinked': return undefined;
      default: return data;
    }
  },
});

/** Which tenant is an account linked to? Internal: nobody's capabilities reach `xanthus.cloudflare-index`. */
export const CLOUDFLARE_INDEX = 'cloudflare-index';
export const cloudflareIndexKey = (account: string): string => viewKey(INSTALLATION, CLOUDFLARE_INDEX, account);
export interface CloudflareTenant { readonly tenant: string }

export const cloudflareIndex = keyedProjection<CloudflareTenant>({
  name: CLOUDFLARE_INDEX, version: 1, schema: 1,
  keys: event => (ofEvent(event) ? [cloudflareIndexKey(event.aggregate.id)] : []),
  evolve(data, event) {
    switch (event.type) {
      case 'CloudflareLinked': return { tenant: event.tenant };
      case 'CloudflareUnlinked': return data?.tenant === event.tenant ? undefined : data;
      default: return data;
    }
  },
});
