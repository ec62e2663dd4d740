import { keyedProjection, type RecordedEvent } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { credentialView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

const isCredential = (event: RecordedEvent): boolean => event.aggregate.name === 'credential';

/** Which credentials has the tenant? */
export const credentials = keyedProjection<DataOf<typeof credentialView>>({
  name: 'credentials', version: 1, schema: credentialView.schema,
  own: { view: 'credentials', aggregates: ['credential'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'CredentialCreated': {
        const { name, role, nkey, follow } = event.data;
        return { id: event.aggregate.id, name, role, nkey, follow, created_at: event.occurred_at, created_by: event.actor };
      }
      case 'CredentialRevoked': return undefined;
      default: return data;
    }
  },
});

/** Every NATS account that was ever made, revoked ones too: what is pushed to the servers at each start. */
export interface AccountRecord { readonly tenant: string; readonly id: string; readonly name: string; readonly account: string; readonly nkey: string; readonly follow: readonly string[]; readonly revoked: boolean }

/** Nobody's capabilities reach `xanthus.accounts`. */
export const ACCOUNTS = 'accounts';

export const accounts = keyedProjection<AccountRecord>({
  name: 'accounts', version: 1, schema: 1,
  keys: event => (isCredential(event) ? [viewKey(INSTALLATION, ACCOUNTS, event.tenant, event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'CredentialCreated': {
        const { name, account, nkey, follow } = event.data;
        return { tenant: event.tenant, id: event.aggregate.id, name, account, nkey, follow, revoked: false };
      }
      case 'CredentialRevoked': return data && { ...data, revoked: true };
      default: return data;
    }
  },
});
