import { keyedProjection } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { directoryView, tenantView } from '@xanthus/proto/auth';
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
      case 'TenantForgotten': return undefined;
      default: return data;
    }
  },
});

/** Which tenants has the installation? For its operators: names only. */
export const directory = keyedProjection<DataOf<typeof directoryView>>({
  name: 'directory', version: 1, schema: directoryView.schema,
  keys: event => (event.aggregate.name === 'tenant' ? [viewKey(INSTALLATION, 'directory', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'TenantCreated': return { slug: event.aggregate.id, name: event.data.name, created_at: event.occurred_at, created_by: event.actor };
      case 'TenantRenamed': return data && { ...data, name: event.data.name };
      case 'TenantForgotten': return undefined;
      default: return data;
    }
  },
});
