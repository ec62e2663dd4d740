import type { LiveServer } from '../server/server.js';
import type { Provider } from '../providers/provider.js';
import type { VpsContext } from '../vps.context.js';

export interface AtProvider { readonly provider: Provider; /** The provider's own id of the machine. */ readonly ref: string }
/** Where a server is rented; undefined: nobody of ours holds it. @throws Refusal PROVIDER.… while its account cannot be used */
export type FindAtProvider = (tenant: string, server: LiveServer) => Promise<AtProvider | undefined>;

export const findAtProvider = ({ providers }: Pick<VpsContext, 'providers'>): FindAtProvider => async (tenant, { machine: { order, provider_ref } }) =>
  (order && provider_ref !== undefined ? { provider: await providers.of(tenant, order.provider_id), ref: provider_ref } : undefined);
