/** A secret that auth keeps for the tenant, in the hands of a service that may have its kind. */
import type { NatsConnection } from '@nats-io/transport-node';
import { ask, type AskOptions, type IdentitySigner } from '@xanthus/nest';
import { handOverSecret } from '@xanthus/proto/auth';
import { newReceiver, open } from './sealed-box.js';

export interface ReceivedSecret { readonly name: string; readonly kind: string; readonly fingerprint: string; readonly value: string }

export const handOverContext = (tenant: string, id: string, service: string): string[] => ['xanthus.hand-over.v1', tenant, id, service];

/**
 * Asks auth; the answer is sealed to a key that exists for this request only. Every time is an event with the reason, so keep the value for as long as a task takes, and no longer.
 * @param o.act whose command made us ask. @throws Refusal SECRET.NOT_FOUND, SECRET.NOT_FOR_YOU, DENIED, UNAVAILABLE
 */
export const receiveSecret = async (
  nc: NatsConnection, signer: IdentitySigner, o: { readonly tenant: string; readonly id: string; readonly reason: string } & Pick<AskOptions<typeof handOverSecret>, 'act' | 'correlation_id' | 'traceparent'>,
): Promise<ReceivedSecret> => {
  const { reason, ...rest } = o;
  const receiver = newReceiver();
  const { sealed, ...about } = await ask(nc, signer, handOverSecret, { ...rest, input: { reason }, seal: receiver.publicKey });
  return { ...about, value: open(receiver, handOverContext(o.tenant, o.id, signer.service), sealed).toString('utf8') };
};
