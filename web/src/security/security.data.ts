/** Everything that security asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { ApiKey, Secret } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useApiKeys = (): Rows<ApiKey> => useRows<ApiKey>('auth', useClient().tenant, 'api-keys');
export const useSecrets = (): Rows<Secret> => useRows<Secret>('auth', useClient().tenant, 'secrets');

export const revokeApiKey = onThing(contracts.revokeApiKey);
export const createApiKey = onNew(contracts.createApiKey);
export const removeSecret = onThing(contracts.removeSecret);
export const putSecret = onNew(contracts.putSecret);
export const rotateSecret = onThing(contracts.rotateSecret);
export const rotateDataKeys = onThing(contracts.rotateDataKeys);
export const keyRings = asking(contracts.keyRings);

/** What a program could begin with its key with. */
export const exampleCall = (): string => `curl -H "Authorization: Bearer $XANTHUS_KEY" ${location.origin}/api/vps`;
