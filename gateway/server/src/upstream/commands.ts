import { headers, RequestError, TimeoutError, type NatsConnection } from '@nats-io/transport-node';
import { HEADERS, INPUT_BYTES, parseCommandSubject, parseQuerySubject, SERVICES, viewAtQuery, viewHistoryQuery, type CommandContract, type Problem, type QueryContract, type ServiceContracts } from '@xanthus/proto';
import { ConnectionLost, Requests } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { NO_TRACING, type IdentityRequest, type IdentitySigner, type Tracing } from '@xanthus/nest';
import { payloadText } from '../protocol/payload.js';
import { problem, Refused } from '../protocol/problem.js';
import type { Blobs, Held } from './blobs.js';
import { kindOf } from './families.js';
import type { NatsStatus } from './nats-status.js';

export interface CommandRequest {
  /** `cmd.…` or `qry.…`, literal. Rights were checked. */
  readonly subject: string;
  /** JSON text. */
  readonly payload: string;
  readonly identity: Omit<IdentityRequest, 'aud'>;
  readonly idempotency_key?: string | undefined;
  /** As it came; the service reads it. */
  readonly expected_seq?: string | undefined;
  readonly correlation_id?: string | undefined;
  readonly traceparent?: string | undefined;
}
/** The service's answer as JSON text, or why there is none. */
export type CommandAnswer = { readonly text: string; readonly correlation_id: string } | { readonly problem: Problem; readonly correlation_id: string };

const DEFAULT_DEADLINE = 5_000;
/** The service shall be the one that says it is late. */
const MARGIN = 500;

const contractOf = (subject: string): CommandContract | QueryContract | undefined => {
  const command = parseCommandSubject(subject);
  const query = parseQuerySubject(subject);
  const service = command?.service ?? query?.service;
  const view = query?.view;
  const contracts = service === undefined || !Object.hasOwn(SERVICES, service) ? undefined : (SERVICES as Readonly<Record<string, ServiceContracts>>)[service];
  const viewed = view === undefined ? undefined : contracts?.views[view];
  if (viewed !== undefined && query?.question === 'view-at') return viewAtQuery(viewed);
  if (viewed !== undefined && query?.question === 'view-history') return viewHistoryQuery(viewed);
  return command === undefined
    ? Object.values(contracts?.queries ?? {}).find(q => q.question === query?.question)
    : Object.values(contracts?.commands ?? {}).find(c => c.aggregate === command.aggregate && c.verb === command.verb);
};

/** Longest time to an answer, ms, from the contract behind a subject. */
export const deadlineOf = (subject: string): number => contractOf(subject)?.deadline ?? DEFAULT_DEADLINE;
/** Longest input that goes within the message, bytes. */
const inlineOf = (subject: string): number => {
  const contract = contractOf(subject);
  return (contract?.kind === 'command' ? contract.inline_bytes : undefined) ?? INPUT_BYTES;
};

/** Sends commands and queries to services, in the name of whoever asks. */
export class Commands {
  private readonly deadlines = new Map<string, number>();
  private readonly requests: Requests;

  constructor(nc: NatsConnection, private readonly signer: IdentitySigner, private readonly status: NatsStatus, private readonly blobs: Pick<Blobs, 'store'>, private readonly tracing: Tracing = NO_TRACING) {
    this.requests = new Requests(nc);
  }

  run(request: CommandRequest): Promise<CommandAnswer> {
    return this.tracing.span(kindOf(request.subject), request.traceparent, traceparent => this.send({ ...request, traceparent }, request.correlation_id ?? newId()));
  }

  private async send(request: CommandRequest, correlation_id: string): Promise<CommandAnswer> {
    const [, , service = ''] = request.subject.split('.');
    if (!this.status.up()) return { problem: problem('UNAVAILABLE', 'NATS cannot be reached now; nothing was sent.'), correlation_id };
    const sent = headers();
    sent.append(HEADERS.IDENTITY, await this.signer.sign({ ...request.identity, aud: service }));
    sent.append(HEADERS.CORRELATION, correlation_id);
    sent.append(HEADERS.IDEMPOTENCY, request.idempotency_key ?? correlation_id);
    if (request.expected_seq !== undefined) sent.append(HEADERS.EXPECTED, request.expected_seq);
    if (request.traceparent !== undefined) sent.append(HEADERS.TRACEPARENT, request.traceparent);
    let held: Held | undefined;
    try {
      held = await this.large(request);
      const payload = held === undefined ? request.payload : JSON.stringify(held.reference);
      const answer = await this.requests.ask(request.subject, payload, { timeout: this.deadline(request.subject) + MARGIN, headers: sent });
      const text = payloadText(answer.data);
      if (answer.headers?.has(HEADERS.ERROR) !== true) return { text, correlation_id };
      return { problem: refusalOf(text), correlation_id };
    } catch (error) {
      return { problem: error instanceof Refused ? error.problem : failureOf(error), correlation_id };
    } finally {
      // The service has read it; what cannot be dropped now ends by itself.
      held?.drop().catch(() => undefined);
    }
  }

  /** An input that is too large for a message goes beside it. */
  private async large({ payload, subject, identity }: CommandRequest): Promise<Held | undefined> {
    if (payload.length * 3 <= INPUT_BYTES) return undefined;
    const bytes = Buffer.from(payload);
    return bytes.length <= inlineOf(subject) ? undefined : this.blobs.store(identity.tenant, subject, () => bytes);
  }

  private deadline(subject: string): number {
    const known = kindOf(subject);
    let deadline = this.deadlines.get(known);
    if (deadline === undefined) {
      deadline = deadlineOf(subject);
      if (this.deadlines.size < 1_000) this.deadlines.set(known, deadline);
    }
    return deadline;
  }
}

const refusalOf = (text: string): Problem => {
  const { error } = (JSON.parse(text) ?? {}) as { error?: Partial<Problem> };
  if (typeof error?.code !== 'string') return problem('INTERNAL');
  return { code: error.code, message: error.message ?? error.code, retryable: error.retryable === true, ...(error.details === undefined ? {} : { details: error.details }) };
};

const failureOf = (error: unknown): Problem => {
  if (error instanceof RequestError && error.isNoResponders()) return problem('NO_RESPONDERS');
  if (error instanceof TimeoutError) return problem('TIMEOUT');
  if (error instanceof RequestError && error.cause instanceof ConnectionLost) return problem('UNAVAILABLE', 'NATS went away; the command may still take effect. Sent again with the same idempotency key it takes effect once.');
  return problem('UNAVAILABLE');
};
