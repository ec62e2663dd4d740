import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { ParsedInputOf, Written } from '@xanthus/proto';
import type { adoptSandbox as sandboxContract, adoptServer as adoptContract } from '@xanthus/proto/vps';
import { connectSsh, presentedHostKey, SshError, type HostKeyPolicy } from '@xanthus/ssh';
import { readFile } from 'node:fs/promises';
import { serverType } from '../server/server.decide.js';
import { nameTaken } from '../server/server.errors.js';
import type { Adopted } from '../server/server.js';
import { addressPolicy, earlierTry, handle, nameKey, sandboxOf, writtenBy, type VpsContext } from '../vps.context.js';
import { credentialOf, type Credential } from './credential.js';

type Place = Omit<Adopted, 'credential' | 'host_key'>;

/**
 * Logs in once, keeps the credential, then records the adoption. A retry with the same idempotency key finds the first one's answer and touches
 * nothing. @throws Refusal of the contract
 */
const adopt = async (vps: VpsContext, call: Call, place: Place, credential: Credential, hostKey: HostKeyPolicy): Promise<Written> => {
  const connection = await connectSsh({
    target: place, auth: credential.auth, hostKey, addresses: await addressPolicy(vps), signal: call.signal,
  });
  connection.close();
  const name = { kind: 'server-name', key: await nameKey(vps, call.tenant, place.name), taken: nameTaken(place.name) };
  await credential.keep();
  try {
    const command = { type: 'Adopt' as const, data: { ...place, credential: credential.reference, host_key: connection.hostKey } };
    return writtenBy(await handle(vps, serverType, call.context(), command, [name]));
  } catch (error) {
    // Only a refusal says for sure that no event names the secret.
    if (error instanceof Refusal && error.code !== 'SERVER.EXISTS') await credential.drop();
    throw error;
  }
};

const NOT_CONFIRMED: HostKeyPolicy = { verify: () => false };

/** The refusal as the contract words it, with the key that the machine shows. */
const asUnconfirmed = (error: unknown): unknown => {
  const host_key = presentedHostKey(error);
  return error instanceof SshError && error.code === 'SERVER.HOST_KEY_UNCONFIRMED' && host_key ? new Refusal(error.code, error.message, { host_key, fingerprint: host_key.fingerprint }) : error;
};

export const adoptServer = async (vps: VpsContext, input: ParsedInputOf<typeof adoptContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return writtenBy(before);
  const credential = await credentialOf(vps, call.tenant, call.id, input.auth);
  const { name, host, port, user } = input;
  const policy: HostKeyPolicy = input.host_key === undefined ? NOT_CONFIRMED : { pinned: input.host_key };
  try {
    return await adopt(vps, call, { name, host, port, user, provider: 'existing' }, credential, policy);
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
  const credential = await credentialOf(vps, call.tenant, call.id, { private_key: privateKey });
  const { host, port, user, host_key } = sandbox;
  return adopt(vps, call, { name: input.name, host, port, user, provider: 'sandbox' }, credential, { pinned: host_key.fingerprint, type: host_key.type });
};
