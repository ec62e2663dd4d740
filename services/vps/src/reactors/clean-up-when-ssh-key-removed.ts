import { readState, type Reactor } from '@xanthus/kernel';
import { nameKey } from '@xanthus/vault';
import { sshKeyType } from '../ssh-key/ssh-key.decide.js';
import type { VpsContext } from '../vps.context.js';

/** Destroys the private half and frees the name. */
export const cleanUpWhenSshKeyRemoved = (vps: VpsContext): Reactor => ({
  name: 'clean-up-when-ssh-key-removed',
  types: ['SshKeyRemoved'],
  async react({ tenant, aggregate: { id } }) {
    const key = await readState(vps, sshKeyType, tenant, id);
    if (key.status !== 'removed') return;
    if (key.secret !== undefined) await vps.vault.destroy(tenant, key.secret);
    await vps.store.release({ tenant, service: 'vps', kind: 'ssh-key-name', key: await nameKey(vps, tenant, key.name), aggregate: { tenant, service: 'vps', aggregate: 'ssh-key', id } });
  },
});
