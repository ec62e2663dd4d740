import { eventsOf, type Reactor } from '@xanthus/kernel';
import { viewKey } from '@xanthus/proto';
import { nameKey } from '@xanthus/vault';
import { accountType } from '../providers/account/account.decide.js';
import { evolveAccount, initialAccount, isLiveAccount, keyMark, type AccountEvent, type AccountState } from '../providers/account/account.js';
import type { VpsContext } from '../vps.context.js';

/** Destroys the keys and frees the names that an account no longer has. Each is harmless when repeated. */
export const cleanUpWhenProviderChanged = (vps: VpsContext): Reactor => ({
  name: 'clean-up-when-provider-changed',
  types: ['ProviderKeyReplaced', 'ProviderRenamed', 'ProviderDisconnected'],
  async react({ tenant, aggregate: { id } }) {
    const aggregate = { tenant, service: 'vps', aggregate: 'provider', id };
    const release = async (marker: string, values: readonly string[], held: string | undefined): Promise<void> => {
      const heldKey = held === undefined ? undefined : await nameKey(vps, tenant, held);
      for (const value of values) {
        const key = await nameKey(vps, tenant, value);
        if (key !== heldKey) await vps.store.release({ tenant, service: 'vps', kind: marker, key, aggregate });
      }
    };
    const events = (await eventsOf(vps, accountType, tenant, id)).map(e => e as unknown as AccountEvent);
    const now = events.reduce<AccountState>(evolveAccount, initialAccount);
    const kept = isLiveAccount(now) ? now.account : undefined;
    const secrets = new Set(events.flatMap(e => (e.type === 'ProviderConnected' || e.type === 'ProviderKeyReplaced' ? [e.data.secret] : [])));
    for (const secret of secrets) if (secret !== null && secret !== kept?.secret) await vps.vault.destroy(tenant, secret);
    const names = new Set(events.flatMap(e => (e.type === 'ProviderConnected' || e.type === 'ProviderRenamed' ? [e.data.name] : [])));
    await release('provider-name', [...names], kept?.name);
    const [first] = events;
    const kind = first?.type === 'ProviderConnected' ? first.data.kind : '';
    const marks = new Set(events.flatMap(e => (e.type === 'ProviderConnected' || e.type === 'ProviderKeyReplaced' ? [keyMark(kind, e.data.fingerprint)] : [])));
    await release('provider-key', [...marks], kept && keyMark(kind, kept.fingerprint));
    if (!kept) await vps.views.putSample(viewKey(tenant, 'account-budgets', id), undefined);
  },
});
