/** Accounts at providers and the kinds that there are, as pages need them. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { mayAsk } from '../app/nav.js';
import { providerKinds, type ProviderAccount, type ProviderKind } from '../contracts.js';
import { useCan, useClient, useRows, type Rows } from '../live/live-context.js';

export const useAccounts = (): Rows<ProviderAccount> & { readonly accounts: readonly ProviderAccount[] } => {
  const { tenant } = useClient();
  const list = useRows<ProviderAccount>('vps', tenant, 'providers');
  return useMemo(() => ({ ...list, accounts: [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name)) }), [list]);
};

const kindsOf = ({ kinds }: { readonly kinds: readonly ProviderKind[] }): readonly ProviderKind[] => kinds;

/** Which providers there are here, and what they can do. */
export const useKinds = (): UseQueryResult<readonly ProviderKind[]> => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, providerKinds));
  return useQuery({ queryKey: ['provider-kinds', client.tenant], queryFn: () => client.query(providerKinds, {}), select: kindsOf, enabled: may });
};

/** What a new account is called as long as nobody said: the provider's title, with a number if that is taken. Pure. */
export const suggestAccountName = (title: string, accounts: readonly Pick<ProviderAccount, 'name'>[]): string => {
  const taken = new Set(accounts.map(a => a.name.toLowerCase()));
  for (let n = 1; ; n++) {
    const name = n === 1 ? title : `${title} ${n}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
};

/** An account by what tells it from its neighbours: name and the ends of its key. Pure. */
export const describeAccount = ({ hint, account }: Pick<ProviderAccount, 'hint' | 'account'>): string => [account, hint && `key ${hint}`].filter(Boolean).join(' · ') || 'no key needed';
