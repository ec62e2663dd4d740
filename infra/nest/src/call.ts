import type { CommandContext } from '@xanthus/kernel';
import type { Actor } from '@xanthus/proto';

/** Who sent a request, after it was proved: a person through the gateway, a tenant's own NATS credential, or another service. */
export interface Caller {
  readonly kind: 'person' | 'credential' | 'service';
  /** Person or credential id; of a service its name (`vps`). */
  readonly id: string;
  /** The tenant that the caller works in. */
  readonly tenant: string;
  readonly session?: string;
  /** The service that signed: `gateway` for persons, the caller itself for services; absent on `ext.`. */
  readonly service?: string;
  /** X25519 key of the service that asks, from its signed identity: what is secret in the answer is sealed to it. */
  readonly seal?: string;
  /** Of a person: until when (seconds since 1970) what asks for a fresh proof is allowed. */
  readonly proved_until?: number;
  /** Whose command made a service ask. For the audit; never a right. */
  readonly act?: { readonly kind: 'person' | 'credential'; readonly id: string };
}

/** Everything a door's method may know beside its input. */
export interface Call {
  readonly tenant: string;
  /** The aggregate (`all` in a query over everything). For `new`: derived from tenant, actor and idempotency key, so that a retry finds itself. */
  readonly id: string;
  readonly actor: Actor;
  readonly command_id: string;
  readonly correlation_id: string;
  readonly traceparent?: string;
  /** ISO time at which the request was accepted. */
  readonly now: string;
  readonly identity: Caller;
  /** Fires at the contract's deadline and at shutdown; pass it to whatever takes long. */
  readonly signal: AbortSignal;
  context(): CommandContext;
}
