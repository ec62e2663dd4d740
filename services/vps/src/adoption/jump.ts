import type { Call } from '@xanthus/nest';
import type { ParsedInputOf } from '@xanthus/proto';
import type { adoptServer, ServerJump } from '@xanthus/proto/vps';
import type { Jump } from '@xanthus/ssh';
import type { VpsContext } from '../vps.context.js';
import { credentialOf, jumpSecret, type Credential } from './credential.js';

/** A machine in front, as it came with a command: the way through it, and what an event says of it once its key was seen. */
export interface GivenJump { readonly way: Jump; readonly credential: Credential; readonly reference: Omit<ServerJump, 'host_key'> & { readonly fingerprint: string } }

/** @throws Refusal SERVER.SSH_KEY_UNKNOWN */
export const jumpOf = async (vps: VpsContext, { tenant, id }: Pick<Call, 'tenant' | 'id'>, given: ParsedInputOf<typeof adoptServer>['jump']): Promise<GivenJump | undefined> => {
  if (given === undefined) return undefined;
  const { host, port, user, auth, host_key: fingerprint } = given;
  const credential = await credentialOf(vps, tenant, jumpSecret(id), auth);
  return { way: { target: { host, port, user }, auth: credential.auth, hostKey: { pinned: fingerprint } }, credential, reference: { host, port, user, credential: credential.reference, fingerprint } };
};
