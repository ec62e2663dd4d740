/** How a machine is reached by somebody else: where it is, and with which key. */
import { Refusal } from '@xanthus/kernel';
import type { OutputOf } from '@xanthus/proto';
import type { connectServer, ServerCredential } from '@xanthus/proto/vps';
import { publicKeyOf } from '@xanthus/ssh';
import { authOf } from '../adoption/credential.js';
import type { VpsContext } from '../vps.context.js';

export type Machine = OutputOf<typeof connectServer>['target'];

/** A key of the vault, for as long as a signature takes. */
export interface HeldKey { readonly privateKey: string; readonly passphrase?: string | undefined }

/** @throws Refusal SERVER.NO_KEY, SERVER.SSH_KEY_UNKNOWN, VAULT.… */
export const keyOf = async (vps: VpsContext, tenant: string, credential: ServerCredential): Promise<HeldKey> => {
  if (credential.kind === 'password') throw noKey();
  const auth = await authOf(vps, tenant, credential);
  if (!('privateKey' in auth)) throw noKey();
  return auth;
};
const noKey = (): Refusal => new Refusal('SERVER.NO_KEY', 'This server is reached with a password, which no other service gets. Remove it and adopt it again with "let a key in": the password is used once then, and a key from there on.');

/** @throws SshError SERVER.KEY_UNREADABLE */
export const publicLine = ({ privateKey, passphrase }: HeldKey): string => {
  const { type, blob } = publicKeyOf(privateKey, passphrase);
  return `${type} ${blob}`;
};
