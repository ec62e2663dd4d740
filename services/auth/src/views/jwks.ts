import { keyedProjection } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { jwksView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

/** With which keys are access tokens checked? */
export const jwks = keyedProjection<DataOf<typeof jwksView>>({
  name: 'jwks', version: 1, schema: jwksView.schema,
  keys: event => (event.aggregate.name === 'signing-key' ? [viewKey(INSTALLATION, 'jwks', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'SigningKeyMade': return { kid: event.data.kid, kty: 'OKP', crv: 'Ed25519', x: event.data.x, created_at: event.occurred_at };
      case 'SigningKeyRetired': return undefined;
      default: return data;
    }
  },
});
