import { keyedProjection } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { secretView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

/** Which secrets has the tenant, what are they for, and who used them last? */
export const secrets = keyedProjection<DataOf<typeof secretView>>({
  name: 'secrets', version: 1, schema: secretView.schema,
  own: { view: 'secrets', aggregates: ['secret'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'SecretPut': {
        const { secret: _secret, ...rest } = event.data;
        return { id: event.aggregate.id, ...rest, created_at: event.occurred_at, created_by: event.actor };
      }
      case 'SecretRotated': return data && { ...data, fingerprint: event.data.fingerprint, rotated_at: event.occurred_at, rotated_by: event.actor };
      case 'SecretUsed': return data && { ...data, last_used: { at: event.occurred_at, ...event.data } };
      case 'SecretRemoved': return undefined;
      default: return data;
    }
  },
});
