import type { Projection, ViewReader } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { identityView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

type Identity = DataOf<typeof identityView>;

/** Where the key of an identity is found again: later events do not name the person. */
const indexKey = (identity: string): string => `_identity.${identity}`;

/** As whom is a person known elsewhere? */
export const identities: Projection = {
  name: 'identities', version: 1, schema: identityView.schema,
  async project(recorded, view: ViewReader) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'IdentityLinked': {
        const id = event.aggregate.id;
        const { person, kind, tenant, provider } = event.data;
        const key = viewKey(INSTALLATION, 'identities', person, id);
        return [{ key, value: { id, person, kind, tenant, provider, linked_at: event.occurred_at, last_used_at: null } satisfies Identity }, { key: indexKey(id), value: { key } }];
      }
      case 'IdentityUnlinked': {
        const index = indexKey(event.aggregate.id);
        const found = await view.get<{ key: string }>(index);
        return found === undefined ? [] : [{ key: found.key, deleted: true }, { key: index, deleted: true }];
      }
      case 'SessionOpened': {
        const { source } = event.data;
        const found = source === undefined ? undefined : await view.get<{ key: string }>(indexKey(source.id));
        const before = found === undefined ? undefined : await view.get<Identity>(found.key);
        return found === undefined || before === undefined ? [] : [{ key: found.key, value: { ...before, last_used_at: event.occurred_at } satisfies Identity }];
      }
      default: return [];
    }
  },
};
