import { headers as newHeaders, NoRespondersError, RequestError, TimeoutError, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { requestsOf } from '@xanthus/jetstream';
import { newId, Refusal } from '@xanthus/kernel';
import { currentCourse } from '@xanthus/processes';
import { commandSubject, HEADERS, querySubject, type CommandContract, type InputOf, type OutputOf, type QueryContract } from '@xanthus/proto';
import type { IdentitySigner } from './identity-signer.js';
import { refuse } from './problem.js';

export interface AskOptions<C extends CommandContract | QueryContract> {
  readonly tenant: string;
  /** Needed where the contract is `on: 'id'`. */
  readonly id?: string;
  readonly input: InputOf<C>;
  /** X25519 public key that the answer shall be sealed to. */
  readonly seal?: string;
  /** Whose command made us ask; for the audit. */
  readonly act?: { readonly kind: 'person' | 'credential'; readonly id: string };
  /** The course that goes on (`inCourse`), or else a new one, unless said otherwise. */
  readonly correlation_id?: string;
  readonly idempotency_key?: string;
  /** The last event of the thing that we know of: changed since, it is refused, COMMAND.CHANGED. */
  readonly expected_seq?: number;
  readonly traceparent?: string;
  /** ms; the contract's deadline unless said otherwise. */
  readonly timeout?: number;
}

/** Added to a contract's deadline: the other side shall be the one that says it is late. */
const MARGIN = 500;

/** One service asks another, as itself. @throws Refusal with the other's code, or `NO_RESPONDERS`, `TIMEOUT`, `UNAVAILABLE` */
export const ask = async <C extends CommandContract | QueryContract>(nc: NatsConnection, signer: IdentitySigner, contract: C, options: AskOptions<C>): Promise<OutputOf<C>> => {
  const headers = newHeaders();
  const token = await signer.sign({
    sub: `service:${signer.service}`, kind: 'service', tenant: options.tenant, aud: contract.service, ...(options.act === undefined ? {} : { act: options.act }), ...(options.seal === undefined ? {} : { seal: options.seal }),
  });
  headers.set(HEADERS.IDENTITY, token);
  headers.set(HEADERS.CORRELATION, options.correlation_id ?? currentCourse()?.correlation_id ?? newId());
  if (options.idempotency_key !== undefined) headers.set(HEADERS.IDEMPOTENCY, options.idempotency_key);
  if (options.expected_seq !== undefined) headers.set(HEADERS.EXPECTED, String(options.expected_seq));
  if (options.traceparent !== undefined) headers.set(HEADERS.TRACEPARENT, options.traceparent);
  let answer: Msg;
  try {
    // Not `nc.request`: what it sends while the connection is away is lost, and only the deadline tells.
    answer = await requestsOf(nc).ask(subjectOf(contract, options.tenant, options.id), JSON.stringify(options.input ?? {}), { timeout: options.timeout ?? contract.deadline + MARGIN, headers });
  } catch (error) {
    throw failed(error);
  }
  const body: unknown = answer.json();
  if (answer.headers?.has(HEADERS.ERROR) === true) throw refusal(body);
  return contract.output.parse(body) as OutputOf<C>;
};

const subjectOf = (contract: CommandContract | QueryContract, tenant: string, id: string | undefined): string => {
  if (contract.on === 'id' && id === undefined) throw new TypeError('this contract needs an id');
  if (contract.kind === 'command') return commandSubject({ tenant, service: contract.service, aggregate: contract.aggregate, id: contract.on === 'new' ? 'new' : (id ?? ''), verb: contract.verb });
  const [question = '', view] = contract.question.split('/');
  return querySubject({ tenant, service: contract.service, question, id: contract.on === 'all' ? 'all' : (id ?? ''), ...(view === undefined ? {} : { view }) });
};

const failed = (error: unknown): unknown => {
  if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) return refuse('NO_RESPONDERS');
  if (error instanceof TimeoutError) return refuse('TIMEOUT');
  if (error instanceof RequestError) return refuse('UNAVAILABLE');
  return error;
};

const refusal = (body: unknown): Refusal => {
  const { code, message, retryable, details } = (body as { error?: { code?: string; message?: string; retryable?: boolean; details?: unknown } }).error ?? {};
  return new Refusal(code ?? 'INTERNAL', message ?? '', details, retryable === true);
};
