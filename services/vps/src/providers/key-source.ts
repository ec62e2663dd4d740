import { Refusal } from '@xanthus/kernel';
import type { Call, IdentitySigner } from '@xanthus/nest';
import type { ParsedInputOf } from '@xanthus/proto';
import type { replaceProviderKey } from '@xanthus/proto/vps';
import { receiveSecret } from '@xanthus/vault';
import type { VpsContext } from '../vps.context.js';
import type { ProviderAdapter } from './provider.js';

export type KeySource = ParsedInputOf<typeof replaceProviderKey>['key'];

const SECRET_MISSES = ['SECRET.NOT_FOUND', 'SECRET.NOT_FOR_YOU', 'DENIED', 'NOT_FOUND'];

/**
 * The key as it is kept; of a tenant's secret a copy, taken once, in the name of who asks. '' for what needs none.
 * @throws Refusal PROVIDER.KEY_NEEDED, PROVIDER.KEY_MALFORMED, PROVIDER.SECRET_UNKNOWN
 */
export const keyFrom = async (vps: Pick<VpsContext, 'nc'>, signer: IdentitySigner, adapter: ProviderAdapter, source: KeySource | undefined, call: Call): Promise<string> => {
  if (adapter.key === null) return '';
  if (source === undefined) throw new Refusal('PROVIDER.KEY_NEEDED', `${adapter.title} needs a key. ${adapter.key.help}`, { url: adapter.key.url });
  if ('value' in source) return adapter.readKey(source.value);
  const { kind, id } = call.actor;
  const secret = await receiveSecret(vps.nc, signer, {
    tenant: call.tenant, id: source.secret, reason: `connect ${adapter.title}`, correlation_id: call.correlation_id, ...((kind === 'person' || kind === 'credential') && { act: { kind, id } }),
  }).catch((error: unknown) => {
    if (error instanceof Refusal && SECRET_MISSES.includes(error.code)) throw new Refusal('PROVIDER.SECRET_UNKNOWN', `There is no secret of this id that may be used here. Choose one of the kind ${adapter.key?.secret_kind}, or enter the key.`);
    throw error;
  });
  if (secret.kind !== adapter.key.secret_kind) throw new Refusal('PROVIDER.SECRET_UNKNOWN', `The secret ${secret.name} is a ${secret.kind}, not a ${adapter.key.secret_kind}. Choose another one, or enter the key.`);
  return adapter.readKey(secret.value);
};
