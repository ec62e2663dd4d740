/** Everything that providers asks of Xanthus and has done there. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { mayAsk } from '../app/nav.js';
import * as contracts from '../contracts.js';
import type { AccountBudget, ProviderAccount, ProviderKind } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { useCan, useClient, useRows, type Rows } from '../live/live-context.js';
import { inWords } from './kind-words.js';

export const useAccountBudgets = (): Rows<AccountBudget> => useRows<AccountBudget>('vps', useClient().tenant, 'account-budgets');

/** Accounts at providers, by name. */
export const useAccounts = (): Rows<ProviderAccount> & { readonly accounts: readonly ProviderAccount[] } => {
  const list = useRows<ProviderAccount>('vps', useClient().tenant, 'providers');
  return useMemo(() => ({ ...list, accounts: [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name)) }), [list]);
};

export const providerKinds = asking(contracts.providerKinds);
export const replaceProviderKey = onThing(contracts.replaceProviderKey);
export const connectProvider = onNew(contracts.connectProvider);
export const checkProvider = onThing(contracts.checkProvider);
export const disconnectProvider = onThing(contracts.disconnectProvider);
export const renameProvider = onThing(contracts.renameProvider);
export const providerImages = asking(contracts.providerImages);
export const serverTypes = asking(contracts.serverTypes);
export const providerLocations = asking(contracts.providerLocations);

const kindsOf = ({ kinds }: { readonly kinds: readonly ProviderKind[] }): readonly ProviderKind[] => kinds.map(inWords);

/** Which providers there are here, and what they can do. `wanted`: false asks nothing. */
export const useKinds = (wanted = true): UseQueryResult<readonly ProviderKind[]> & { /** Whether one may ask at all. */ readonly may: boolean } => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, providerKinds));
  return { ...useQuery({ queryKey: ['provider-kinds', client.tenant], queryFn: () => providerKinds(client, {}), select: kindsOf, enabled: may && wanted }), may };
};
