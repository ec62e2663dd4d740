/** Accounts at providers in words. Pure. */
import type { ProviderAccount } from '../contracts.js';
import { t } from '../texts/text.js';

/** What a new account is called as long as nobody said: the provider's title, with a number if that is taken. Pure. */
export const suggestAccountName = (title: string, accounts: readonly Pick<ProviderAccount, 'name'>[]): string => {
  const taken = new Set(accounts.map(a => a.name.toLowerCase()));
  for (let n = 1; ; n++) {
    const name = n === 1 ? title : `${title} ${n}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
};

/** An account by what tells it from its neighbours: name and the ends of its key. Pure. */
export const describeAccount = ({ hint, account }: Pick<ProviderAccount, 'hint' | 'account'>): string => [account, hint && t('key {hint}', { hint })].filter(Boolean).join(' · ') || t('no key needed');
