/** Everything that tenancy asks of Xanthus and has done there. */
import { INSTALLATION, type OutputOf } from '@xanthus/proto';
import * as contracts from '../contracts.js';
import type { CloudflareAccount, DirectoryEntry, OidcProvider, ProviderBudget } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { request, requestFile } from '../lib/http.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useCloudflareAccounts = (): Rows<CloudflareAccount> => useRows<CloudflareAccount>('auth', useClient().tenant, 'cloudflare-accounts');
export const useDirectory = (): Rows<DirectoryEntry> => useRows<DirectoryEntry>('auth', INSTALLATION, 'directory');
export const useOidcProviders = (): Rows<OidcProvider> => useRows<OidcProvider>('auth', useClient().tenant, 'oidc-providers');
export const useProviderBudgets = (): Rows<ProviderBudget> => useRows<ProviderBudget>('auth', useClient().tenant, 'provider-budgets');

export const importFromCloudflare = onThing(contracts.importFromCloudflare);
export const previewCloudflareImport = asking(contracts.previewCloudflareImport);
export const unlinkCloudflare = onThing(contracts.unlinkCloudflare);
export const configureCloudflare = onThing(contracts.configureCloudflare);
export const checkCloudflare = onThing(contracts.checkCloudflare);
export const cloudflareTokenHelp = asking(contracts.cloudflareTokenHelp);
export const createTenant = onNew(contracts.createTenant);
export const inviteOwner = onThing(contracts.inviteOwner);
export const defineOidcProvider = onThing(contracts.defineOidcProvider);
export const testOidcProvider = asking(contracts.testOidcProvider);
export const removeOidcProvider = onThing(contracts.removeOidcProvider);
export const myTenants = asking(contracts.myTenants);

/** Everything that the organisation has, in one file. */
export const exportTenant = (tenant: string): Promise<Blob> => requestFile(`/api/tenants/${tenant}/export`);
/** Over HTTP: the socket closes with what is forgotten, maybe before the answer is here. */
export const forgetOverHttp = (tenant: string, confirm: string): Promise<OutputOf<typeof contracts.forgetTenant>> => request('POST', `/api/tenants/${tenant}/forget`, { confirm });

/** What is registered at an OpenID provider. */
export const callbackUrl = (origin: string, tenant: string, name: string): string => `${origin}/api/auth/oidc/${tenant}.${name || '<name>'}/callback`;
export const logoutUrl = (origin: string, tenant: string, name: string): string => `${origin}/api/auth/oidc/${tenant}.${name || '<name>'}/backchannel-logout`;
