import { ApiKeys } from '../app/api-keys.js';
import { ApiKeyDoors } from '../endpoints/api-key.doors.js';
import { revokeKeysWhenCreatorLosesRole } from '../reactors/revoke-keys-when-creator-loses-role.js';
import type { AuthCore, Part } from './part.js';

export const composeApiKeys = (core: AuthCore): Part => {
  const keys = new ApiKeys(core);
  return {
    controllers: [ApiKeyDoors],
    providers: [{ provide: ApiKeys, useValue: keys }],
    reactors: [revokeKeysWhenCreatorLosesRole(keys)],
    rounds: [() => keys.endExpired(new Date().toISOString())],
    endings: [async (slug, context) => {
      for (const { id } of await core.views.list(slug, 'api-keys')) await keys.revoke(context(id, 'api-key'), null);
    }],
  };
};
