/** The origin certificate of a domain with its key, in the hands of a service that may have it. */
import type { NatsConnection } from '@nats-io/transport-node';
import { ask, type AskOptions, type IdentitySigner } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import { handOverCertificate, type DnsUser } from '@xanthus/proto/dns';
import { handOverContext } from './receive-secret.js';
import { newReceiver, open } from './sealed-box.js';

export interface ReceivedCertificate extends Omit<OutputOf<typeof handOverCertificate>, 'account' | 'sealed'> { /** PEM. */ readonly key: string }

/**
 * Asks dns; the key comes from auth through it, sealed to a key that exists for this request only. Every time is an event, so keep it for as long as a task takes, and no longer.
 * @param o.for who has the newest certificate from now on. @param o.act whose command made us ask. @throws Refusal DNS.NO_CERTIFICATE, DNS.NOT_MANAGED, DNS.NOT_LINKED, DENIED, UNAVAILABLE
 */
export const receiveCertificate = async (
  nc: NatsConnection, signer: IdentitySigner, o: { readonly tenant: string; readonly zone: string; readonly reason: string; readonly for?: DnsUser } & Pick<AskOptions<typeof handOverCertificate>, 'act' | 'correlation_id' | 'traceparent'>,
): Promise<ReceivedCertificate> => {
  const { reason, for: user, zone, ...rest } = o;
  const receiver = newReceiver();
  const { account, sealed, ...certificate } = await ask(nc, signer, handOverCertificate, { ...rest, id: zone, input: { reason, ...(user === undefined ? {} : { for: user }) }, seal: receiver.publicKey });
  // auth sealed it in the name of dns, which asked.
  return { ...certificate, key: open(receiver, handOverContext(o.tenant, account, handOverCertificate.service), sealed).toString('utf8') };
};
