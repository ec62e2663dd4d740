/** Everything that forwards asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { Forward } from '../contracts.js';
import { onNew, onThing } from '../lib/act.js';
import { request } from '../lib/http.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useForwards = (): Rows<Forward> => useRows<Forward>('terminals', useClient().tenant, 'forwards');

export const closeForward = onThing(contracts.closeForward);
export const enterForward = onThing(contracts.enterForward);
export const extendForward = onThing(contracts.extendForward);
export const openForward = onNew(contracts.openForward);

interface Address { readonly available: boolean; /** With `{label}` in the place of an open port's name. */ readonly address: string | null; readonly missing: string | null }
/** Under which names ports are opened here. */
export const forwardAddress = (signal: AbortSignal): Promise<Address> => request<Address>('GET', '/api/forwards/address', undefined, signal);
/** Where somebody enters an open port: the gateway sends them on to its own name. */
export const enterLink = (id: string): string => `/api/forwards/${id}/enter`;
