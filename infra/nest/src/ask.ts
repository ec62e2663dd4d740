import type { NatsConnection } from '@nats-io/transport-node';
import type { CommandContract, InputOf, OutputOf, QueryContract } from '@xanthus/proto';
import type { IdentitySigner } from './identity-signer.js';

export interface AskOptions<C extends CommandContract | QueryContract> {
  readonly tenant: string;
  /** Needed where the contract is `on: 'id'`. */
  readonly id?: string;
  readonly input: InputOf<C>;
  /** Whose command made us ask; for the audit. */
  readonly act?: { readonly kind: 'person' | 'credential'; readonly id: string };
  readonly correlation_id?: string;
  readonly idempotency_key?: string;
  readonly traceparent?: string;
  /** ms; the contract's deadline unless said otherwise. */
  readonly timeout?: number;
}

/** One service asks another, as itself. @throws Refusal with the other's code, or `NO_RESPONDERS` / `TIMEOUT`. */
export const ask = async <C extends CommandContract | QueryContract>(_nc: NatsConnection, _signer: IdentitySigner, _contract: C, _options: AskOptions<C>): Promise<OutputOf<C>> => {
  throw new Error('being written');
};
