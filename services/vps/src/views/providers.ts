import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { providerView } from '@xanthus/proto/vps';
import type { AccountEvent } from '../providers/account/account.js';

export type ProviderRow = DataOf<typeof providerView>;

const fold = (row: ProviderRow | undefined, event: RecordedEvent): ProviderRow | undefined => {
  const known = event as unknown as AccountEvent;
  const checked_at = event.occurred_at;
  if (known.type === 'ProviderConnected') {
    const { kind, name, hint, account } = known.data;
    return { id: event.aggregate.id, kind, name, hint, account, state: 'connected', reason: null, connected_at: event.occurred_at, connected_by: event.actor, checked_at };
  }
  if (!row) return undefined;
  switch (known.type) {
    case 'ProviderKeyReplaced': return { ...row, hint: known.data.hint, account: known.data.account, state: 'connected', reason: null, checked_at };
    case 'ProviderRenamed': return { ...row, name: known.data.name };
    case 'ProviderRefused': return { ...row, state: 'refused', reason: known.data.reason, checked_at };
    case 'ProviderAccepted': return { ...row, state: 'connected', reason: null, checked_at };
    case 'ProviderDisconnected': return undefined;
    default: return row;
  }
};

/** Which accounts at providers does the tenant have? `<tenant>.providers.<id>` */
export const providersProjection: Projection = keyedProjection<ProviderRow>({
  name: 'providers', version: 1, schema: providerView.schema,
  own: { view: 'providers', aggregates: ['provider'] },
  evolve: fold,
});

export interface AccountRef { readonly tenant: string; readonly id: string; readonly kind: string }
/** Internal, never shown: the accounts of all tenants, `_provider-accounts.<tenant>.<id>` */
export const ACCOUNTS = '_provider-accounts';

export const accountsProjection: Projection = keyedProjection<AccountRef>({
  name: 'provider-accounts', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'provider' ? [`${ACCOUNTS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(ref, event) {
    const known = event as unknown as AccountEvent;
    if (known.type === 'ProviderConnected') return { tenant: event.tenant, id: event.aggregate.id, kind: known.data.kind };
    return known.type === 'ProviderDisconnected' ? undefined : ref;
  },
});
