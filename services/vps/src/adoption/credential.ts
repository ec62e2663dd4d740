import { readState, Refusal } from '@xanthus/kernel';
import type { ParsedInputOf } from '@xanthus/proto';
import type { adoptServer, ServerCredential } from '@xanthus/proto/vps';
import type { SecretAuth } from '@xanthus/ssh';
import { sshKeyType } from '../ssh-key/ssh-key.decide.js';
import type { VpsContext } from '../vps.context.js';

type GivenAuth = ParsedInputOf<typeof adoptServer>['auth'];

/** A credential as it came with a command: how to log in, and what an event may say of it. */
export interface Credential {
  readonly auth: SecretAuth;
  readonly reference: ServerCredential;
  /** Puts what is secret into the vault; before the event that names it. */
  keep(): Promise<void>;
  /** Undoes `keep`. */
  drop(): Promise<void>;
}

/** Name of a server's own secret in the vault of vps. */
export const serverSecret = (id: string): string => `server-${id}`;

/** Of the machine in front of a server. */
export const jumpSecret = (id: string): string => `server-jump-${id}`;

export const ownCredential = (vps: VpsContext, tenant: string, secret: string, kind: 'password' | 'private_key', auth: SecretAuth): Credential => ({
  auth,
  reference: { kind, secret },
  keep: () => vps.vault.put(tenant, secret, JSON.stringify(auth)),
  drop: () => vps.vault.destroy(tenant, secret),
});

/** `secret`: the name under which the vault keeps what came with the command. @throws Refusal SERVER.SSH_KEY_UNKNOWN */
export const credentialOf = async (vps: VpsContext, tenant: string, secret: string, given: GivenAuth): Promise<Credential> => {
  if ('password' in given) return ownCredential(vps, tenant, secret, 'password', { password: given.password });
  if ('private_key' in given) return ownCredential(vps, tenant, secret, 'private_key', { privateKey: given.private_key, ...(given.passphrase === undefined ? {} : { passphrase: given.passphrase }) });
  const nothing = async (): Promise<void> => undefined;
  return { auth: await tenantKey(vps, tenant, given.ssh_key), reference: { kind: 'ssh_key', id: given.ssh_key }, keep: nothing, drop: nothing };
};

const tenantKey = async (vps: VpsContext, tenant: string, id: string): Promise<SecretAuth> => {
  const key = /^[a-z0-9-]{1,64}$/.test(id) ? await readState(vps, sshKeyType, tenant, id) : undefined;
  if (key?.status !== 'generated') throw new Refusal('SERVER.SSH_KEY_UNKNOWN', 'There is no SSH key of this id with a private half; generate one, or give a private key.');
  return { privateKey: await vps.vault.getText(tenant, key.secret) };
};

/** How to log in to a server that was adopted. @throws Refusal VAULT.…, SERVER.SSH_KEY_UNKNOWN */
export const authOf = async (vps: VpsContext, tenant: string, credential: ServerCredential): Promise<SecretAuth> =>
  credential.kind === 'ssh_key' ? tenantKey(vps, tenant, credential.id) : (JSON.parse(await vps.vault.getText(tenant, credential.secret)) as SecretAuth);
