import { markerKey } from '@xanthus/jetstream';
import type { DataKeys } from './data-keys.js';

/** A unique name as the key of a marker: keyed per tenant, so that the log tells no names to who reads subjects only. Names are alike as `markerKey` says. @throws Refusal of `DataKeys.get` */
export const nameKey = async ({ keys }: { readonly keys: Pick<DataKeys, 'get'> }, tenant: string, name: string): Promise<string> => markerKey((await keys.get(tenant)).mark, name);
