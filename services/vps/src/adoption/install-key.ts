import { randomBytes } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import { connectSsh, generateKeyPair, SshError, type ConnectOptions, type SshConnection } from '@xanthus/ssh';
import { addKeyLine, removeKeyLine } from '../life/server-keys.js';
import type { VpsContext } from '../vps.context.js';
import { ownCredential, serverSecret, type Credential } from './credential.js';

/** What was installed, over the connection that the new key made. `undo`: nothing came of it, so nothing of ours stays there. */
export interface Installed { readonly connection: SshConnection; readonly credential: Credential; undo(): Promise<void> }

/**
 * Logs in with the password once, lets a new key of ours in, and goes on with that: the password is kept nowhere. The new key must really log in before it counts.
 * @throws Refusal SERVER.PASSWORD_NEEDED, SERVER.KEY_NOT_TAKEN, SERVER.COMMAND_FAILED; SshError
 */
export const installKey = async (vps: VpsContext, at: { readonly tenant: string; readonly id: string; readonly name: string }, o: ConnectOptions & { readonly signal: AbortSignal }): Promise<Installed> => {
  if (!('password' in o.auth)) throw new Refusal('SERVER.PASSWORD_NEEDED', 'Give the password of the user: it is used once, to let a new key in.');
  const pair = generateKeyPair(`xanthus-${at.name}`);
  const blob = pair.publicKey.split(' ')[1] ?? '';
  const takeOut = async (connection: SshConnection): Promise<void> => {
    await removeKeyLine(connection, blob, '', AbortSignal.timeout(5_000)).catch((error: unknown) => vps.log.warn({ err: error, server: at.id }, 'a key that was let in for nothing could not be taken out again'));
  };
  const auth = { privateKey: pair.privateKey };
  const first = await connectSsh(o);
  try {
    await addKeyLine(first, pair.publicKey, o.signal);
    const connection = await connectSsh({ ...o, auth }).catch(async (error: unknown) => {
      await takeOut(first);
      if (!(error instanceof SshError) || error.code !== 'SERVER.AUTH_FAILED') throw error;
      throw new Refusal('SERVER.KEY_NOT_TAKEN', 'The key was put into authorized_keys, but the machine does not let it in. Does its sshd allow keys (PubkeyAuthentication) and read that file (AuthorizedKeysFile)?');
    });
    // A name of its own per try: of two tries at once, the event names the key that its own try put there.
    const credential = ownCredential(vps, at.tenant, `${serverSecret(at.id)}-${randomBytes(4).toString('hex')}`, 'private_key', auth);
    return { connection, credential, undo: () => takeOut(connection) };
  } finally {
    first.close();
  }
};
