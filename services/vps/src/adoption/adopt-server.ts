import { earlierTry, handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { ParsedInputOf, Written } from '@xanthus/proto';
import type { adoptSandbox as sandboxContract, adoptServer as adoptContract, HostKey, ServerJump } from '@xanthus/proto/vps';
import { connectSsh, presentedHostKey, SshError, type HostKeyPolicy } from '@xanthus/ssh';
import { readFile } from 'node:fs/promises';
import { nameKey } from '@xanthus/vault';
import { serverType } from '../server/server.decide.js';
import { nameTaken } from '../server/server.errors.js';
import type { Adopted } from '../server/server.js';
import { addressPolicy, sandboxOf, type VpsContext } from '../vps.context.js';
import { credentialOf, serverSecret, type Credential } from './credential.js';
import { installKey } from './install-key.js';
import { jumpOf, type GivenJump } from './jump.js';

type Place = Omit<Adopted, 'credential' | 'host_key'>;

interface How { readonly credential: Credential; readonly hostKey: HostKeyPolicy; readonly jump?: GivenJump | undefined; readonly install_key?: boolean }

/**
 * Logs in once, keeps the credential, then records the adoption. A retry with the same idempotency key finds the first one's answer and touches
 * nothing. @throws Refusal of the contract
 */
const adopt = async (vps: VpsContext, call: Call, place: Place, { credential: given, hostKey, jump, install_key }: How): Promise<Written> => {
  const options = { target: place, auth: given.auth, hostKey, addresses: await addressPolicy(vps), jump: jump?.way, signal: call.signal };
  const installed = install_key === true ? await installKey(vps, { tenant: call.tenant, id: call.id, name: place.name }, options) : undefined;
  const connection = installed?.connection ?? await connectSsh(options);
  const credential = installed?.credential ?? given;
  try {
    const name = { kind: 'server-name', key: await nameKey(vps, call.tenant, place.name), taken: nameTaken(place.name) };
    await Promise.all([credential.keep(), jump?.credential.keep()]);
    const data = { ...place, credential: credential.reference, host_key: connection.hostKey, ...(jump && connection.jumpKey ? { jump: behind(jump, connection.jumpKey) } : {}) };
    return writtenBy(await handle(vps, serverType, call.context(), { type: 'Adopt', data }, [name]));
  } catch (error) {
    // Only a refusal says for sure that no event names the secret; one of another try of the same may, but not that of a key that this one made.
    const mine = error instanceof Refusal && error.code !== 'SERVER.EXISTS' ? [credential.drop(), jump?.credential.drop()] : error instanceof Refusal && installed ? [credential.drop()] : [];
    await Promise.all([...mine, error instanceof Refusal ? installed?.undo() : undefined]);
    throw error;
  } finally {
    connection.close();
  }
};

const behind = ({ reference: { fingerprint: _confirmed, ...about } }: GivenJump, host_key: HostKey): ServerJump => ({ ...about, host_key });

const NOT_CONFIRMED: HostKeyPolicy = { verify: () => false };

/** The refusal as the contract words it, with the key that the machine shows. */
const asUnconfirmed = (error: unknown): unknown => {
  const host_key = presentedHostKey(error);
  return error instanceof SshError && error.code === 'SERVER.HOST_KEY_UNCONFIRMED' && host_key ? new Refusal(error.code, error.message, { host_key, fingerprint: host_key.fingerprint }) : error;
};

export const adoptServer = async (vps: VpsContext, input: ParsedInputOf<typeof adoptContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return writtenBy(before);
  const credential = await credentialOf(vps, call.tenant, serverSecret(call.id), input.auth);
  const jump = await jumpOf(vps, call, input.jump);
  const { name, host, port, user } = input;
  const policy: HostKeyPolicy = input.host_key === undefined ? NOT_CONFIRMED : { pinned: input.host_key };
  try {
    return await adopt(vps, call, { name, host, port, user, provider: 'existing' }, { credential, hostKey: policy, jump, install_key: input.install_key });
  } catch (error) {
    throw asUnconfirmed(error);
  }
};

/** The launcher made this server and wrote down its host key, so nobody need compare it. @throws Refusal SERVER.NO_SANDBOX */
export const adoptSandbox = async (vps: VpsContext, input: ParsedInputOf<typeof sandboxContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return writtenBy(before);
  const sandbox = await sandboxOf(vps);
  const privateKey = sandbox && await readFile(sandbox.private_key_file, 'utf8').catch(() => undefined);
  if (!sandbox || privateKey === undefined) throw new Refusal('SERVER.NO_SANDBOX', 'There is no sandbox server here. Start Xanthus without --no-sandbox on a machine that has sshd.');
  const credential = await credentialOf(vps, call.tenant, serverSecret(call.id), { private_key: privateKey });
  const { host, port, user, host_key } = sandbox;
  return adopt(vps, call, { name: input.name, host, port, user, provider: 'sandbox' }, { credential, hostKey: { pinned: host_key.fingerprint, type: host_key.type } });
};
