import { keyedProjection } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { tenantView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

/** Which tenant is this, by name? */
export const tenants = keyedProjection<DataOf<typeof tenantView>>({
  name: 'tenants', version: 1, schema: tenantView.schema,
  keys: event => (event.aggregate.name === 'tenant' ? [viewKey(event.aggregate.id, 'tenants', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'TenantCreated': return { slug: event.aggregate.id, name: event.data.name, created_at: event.occurred_at };
      case 'TenantRenamed': return data && { ...data, name: event.data.name };
      default: return data;
    }
  },
});
