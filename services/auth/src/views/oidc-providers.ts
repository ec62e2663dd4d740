import { keyedProjection } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import type { oidcProviderView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

/** Which OpenID providers does the tenant trust, and how? */
export const oidcProviders = keyedProjection<DataOf<typeof oidcProviderView>>({
  name: 'oidc-providers', version: 1, schema: 1,
  own: { view: 'oidc-providers', aggregates: ['oidc-provider'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'OidcProviderDefined': {
        const { secret: _reference, ...shown } = event.data;
        return { ...shown, name: event.aggregate.id, changed_at: event.occurred_at, changed_by: event.actor };
      }
      case 'OidcProviderRemoved': return undefined;
      default: return data;
    }
  },
});
