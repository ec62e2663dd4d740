import { Refusal } from '@xanthus/kernel';
import { connectSsh, type Jump, type SshConnection, type SshTarget } from '@xanthus/ssh';
import type { Target } from '../views/targets.js';
import { addressPolicy, sandboxOf, type VpsContext } from '../vps.context.js';
import { authOf } from './credential.js';

/** A new connection to a server that is managed, with its own credential and its pinned host key. @throws SshError; Refusal VAULT.…, SERVER.NO_SANDBOX */
export const connectTarget = async (vps: VpsContext, target: Target, signal: AbortSignal): Promise<SshConnection> => {
  const { place, local } = await placeOf(vps, target);
  const policy = await addressPolicy(vps);
  const addresses = local ? { ...policy, endpoints: [...policy.endpoints ?? [], { host: place.host, port: place.port }] } : policy;
  return connectSsh({
    target: place, auth: await authOf(vps, target.tenant, target.credential), hostKey: { pinned: target.host_key.fingerprint, type: target.host_key.type }, addresses, jump: await jumpOf(vps, target), signal,
  });
};

/** Where it is now. `local`: we made the address ourselves, on our own machine; nobody else can put one there. @throws Refusal SERVER.NO_SANDBOX */
export const placeOf = async (vps: VpsContext, target: Target): Promise<{ readonly place: SshTarget; readonly local: boolean }> => {
  // The one that the launcher made; those that were made here since are reached as they are told.
  const adopted = target.provider === 'sandbox' && target.provider_ref === undefined;
  const sandbox = adopted ? await sandboxOf(vps) : undefined;
  if (adopted && !sandbox) throw new Refusal('SERVER.NO_SANDBOX', 'The sandbox server does not run now.');
  // The sandbox's port may be another one after a restart; its host key is not.
  const place: SshTarget = { host: sandbox?.host ?? target.host, port: sandbox?.port ?? target.port, user: target.user };
  return { place, local: adopted || (target.provider_ref !== undefined && vps.providers.isLocal(target.provider)) };
};

const jumpOf = async (vps: VpsContext, { tenant, jump }: Target): Promise<Jump | undefined> =>
  jump && { target: { host: jump.host, port: jump.port, user: jump.user }, auth: await authOf(vps, tenant, jump.credential), hostKey: { pinned: jump.host_key.fingerprint, type: jump.host_key.type } };
