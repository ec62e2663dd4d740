import { keyedProjection, type RecordedEvent } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import type { apiKeyView, keyCheckView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

const isKey = (event: RecordedEvent): boolean => event.aggregate.name === 'api-key';

/** Which API keys has the tenant? */
export const apiKeys = keyedProjection<DataOf<typeof apiKeyView>>({
  name: 'api-keys', version: 1, schema: 1,
  own: { view: 'api-keys', aggregates: ['api-key'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'ApiKeyCreated': {
        const { name, role, expires_at } = event.data;
        const { id } = event.aggregate;
        return { id, name, role, prefix: `xan_${id}`, created_at: event.occurred_at, created_by: event.actor, expires_at, last_used_at: null };
      }
      case 'ApiKeyUsed': return data && { ...data, last_used_at: event.occurred_at };
      case 'ApiKeyRevoked': return undefined;
      default: return data;
    }
  },
});

/** With what does a gateway check a key? */
export const keyChecks = keyedProjection<DataOf<typeof keyCheckView>>({
  name: 'key-checks', version: 1, schema: 1,
  keys: event => (isKey(event) ? [viewKey(INSTALLATION, 'key-checks', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'ApiKeyCreated': {
        const { name, secret_sha256, expires_at } = event.data;
        return { id: event.aggregate.id, tenant: event.tenant, name, secret_sha256, expires_at };
      }
      case 'ApiKeyRevoked': return undefined;
      default: return data;
    }
  },
});
