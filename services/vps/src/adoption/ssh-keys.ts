import { randomBytes } from 'node:crypto';
import { earlierTry, handle, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import type { generateSshKey as generateContract, importSshKey as importContract } from '@xanthus/proto/vps';
import { generateKeyPair, parsePublicKey } from '@xanthus/ssh';
import { nameKey } from '@xanthus/vault';
import { sshKeyType } from '../ssh-key/ssh-key.decide.js';
import { keyNameTaken, keyUnreadable } from '../ssh-key/ssh-key.errors.js';
import { evolveSshKey, initialSshKey } from '../ssh-key/ssh-key.js';
import { keyUsersKey } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';

const claimOf = async (vps: VpsContext, tenant: string, name: string) => [{ kind: 'ssh-key-name', key: await nameKey(vps, tenant, name), taken: keyNameTaken(name) }];

export const generateSshKey = async (vps: VpsContext, input: ParsedInputOf<typeof generateContract>, call: Call): Promise<OutputOf<typeof generateContract>> => {
  const before = await earlierTry(vps, sshKeyType, call);
  if (before) {
    const state = evolveSshKey(initialSshKey, before.event);
    if (state.status === 'generated') return { ...writtenBy(before), public_key: state.public_key, fingerprint: state.fingerprint };
  }
  const pair = generateKeyPair(input.name);
  // A name of its own per try: of two tries at once, the event names the private half that belongs to its public one.
  const secret = `ssh-key-${call.id}-${randomBytes(4).toString('hex')}`;
  await vps.vault.put(call.tenant, secret, pair.privateKey);
  const data = { name: input.name, type: pair.type, public_key: pair.publicKey, fingerprint: pair.fingerprint, secret };
  const result = await handle(vps, sshKeyType, call.context(), { type: 'Generate', data }, await claimOf(vps, call.tenant, input.name));
  const { state } = result;
  if (state.status !== 'generated' || state.secret !== secret) await vps.vault.destroy(call.tenant, secret);
  return { ...writtenBy(result), public_key: state.status === 'generated' ? state.public_key : pair.publicKey, fingerprint: state.status === 'generated' ? state.fingerprint : pair.fingerprint };
};

/** @throws Refusal SSH_KEY.UNREADABLE, SSH_KEY.NAME_TAKEN */
export const importSshKey = async (vps: VpsContext, input: ParsedInputOf<typeof importContract>, call: Call): Promise<Written> => {
  const key = parsePublicKey(input.public_key);
  if (!key) throw keyUnreadable();
  const data = { name: input.name, type: key.type, public_key: key.publicKey, fingerprint: key.fingerprint };
  return writtenBy(await handle(vps, sshKeyType, call.context(), { type: 'Import', data }, await claimOf(vps, call.tenant, input.name)));
};

/** @throws Refusal SSH_KEY.NOT_FOUND, SSH_KEY.IN_USE */
export const removeSshKey = async (vps: VpsContext, call: Call): Promise<Written> => {
  const usedBy = (await vps.views.get<string[]>(keyUsersKey(call.tenant, call.id)))?.data ?? [];
  return writtenBy(await handle(vps, sshKeyType, call.context(), { type: 'Remove', data: { usedBy } }));
};
