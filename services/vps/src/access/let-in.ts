/** Other services go onto servers too; keys stay here. `connect` says where and with which public key, `sign` answers the log-in. */
import { handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { connectServer as contract, ServerCredential, ServerJump, signForServer as signContract } from '@xanthus/proto/vps';
import { publicKeyOf, readAuthRequest, signWithKey } from '@xanthus/ssh';
import { placeOf } from '../adoption/connect-target.js';
import { checkAllowed, targetOf } from '../life/host.js';
import { serverType } from '../server/server.decide.js';
import type { VpsContext } from '../vps.context.js';
import { keyOf, publicLine, type Machine } from './way.js';

/** @throws Refusal SERVER.NOT_FOUND, SERVER.NOT_ALLOWED_NOW, SERVER.BLOCKED, SERVER.NO_KEY */
export const connectServer = async (vps: VpsContext, { purpose }: ParsedInputOf<typeof contract>, call: Call): Promise<OutputOf<typeof contract>> => {
  const { machine } = await checkAllowed(vps, call, 'read-logs');
  const target = await targetOf(vps, call);
  const { place, local } = await placeOf(vps, target);
  const way = async ({ host, port, user, host_key, credential }: Omit<ServerJump, 'host_key'> & Pick<ServerJump, 'host_key'>): Promise<Machine> => ({ host, port, user, host_key, public_key: publicLine(await keyOf(vps, call.tenant, credential)) });
  const [direct, between] = await Promise.all([way({ ...place, host_key: target.host_key, credential: target.credential }), target.jump && way(target.jump)]);
  const { facts } = machine;
  const written = writtenBy(await handle(vps, serverType, call.context(), { type: 'Note', data: { type: 'ServerAccessGranted', data: { service: call.identity.id, purpose, user: place.user, fingerprint: target.host_key.fingerprint } } }));
  return {
    ...written, target: direct, jump: between ?? null, local, become: facts === null ? null : place.user === 'root' ? 'root' : facts.sudo ? 'sudo' : 'none',
    facts: { provider: machine.provider, simulated: machine.provider === 'sandbox', k3s: facts?.k3s ?? null, helm: facts?.helm ?? null },
  };
};

/** One line of the answer to a log-in; whether it may be is looked up anew each time. @throws Refusal SERVER.NOT_A_LOGIN */
export const signForServer = async (vps: VpsContext, { on, data }: ParsedInputOf<typeof signContract>, call: Call): Promise<OutputOf<typeof signContract>> => {
  await checkAllowed(vps, call, 'read-logs');
  const target = await targetOf(vps, call);
  const { place } = await placeOf(vps, target);
  const machine: { readonly user: string; readonly credential: ServerCredential } | undefined = on === 'jump' ? target.jump : { user: place.user, credential: target.credential };
  if (machine === undefined) throw notALogin('There is no machine in front of this server.');
  const key = await keyOf(vps, call.tenant, machine.credential);
  const bytes = Buffer.from(data, 'base64');
  const request = readAuthRequest(bytes);
  // Nothing but a log-in of this user with this key: whoever may ask gets no signature for anything else.
  if (request === undefined || request.user !== machine.user || request.publicKey !== publicKeyOf(key.privateKey, key.passphrase).blob) throw notALogin('Only a log-in with the user and the key that `connect` named is signed.');
  const signature = signWithKey(bytes, request.algorithm, key.privateKey, key.passphrase);
  if (signature === undefined) throw notALogin(`The key makes no signatures of the kind ${JSON.stringify(request.algorithm.slice(0, 40))}.`);
  return { signature: signature.toString('base64') };
};

const notALogin = (message: string): Refusal => new Refusal('SERVER.NOT_A_LOGIN', message);
