/**
 * JetStream requests by hand where the client's own API loses something: its batch helper turns a conflict into a plain error and drops
 * options (`docs/decisions`), its KV gets can't be told to ask the leader. Everything here is one request and one answer.
 */
import { Empty, MsgHdrsImpl, RequestError, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { ConflictError, newId, UncertainError } from '@xanthus/kernel';
import { requestsOf } from './requests.js';

/** How long one write is waited for, how long one try of a read, and how long a read is tried again, ms. */
const WRITE_TIMEOUT = 3_000;
const READ_TIMEOUT = 2_000;
const PATIENCE = 8_000;
/** The server's limit of an atomic batch. */
export const MAX_BATCH = 1_000;

export interface ApiProblem { readonly code: number; readonly err_code?: number; readonly description?: string }
export class JetStreamProblem extends Error {
  override readonly name = 'JetStreamProblem';
  constructor(readonly subject: string, readonly problem: ApiProblem) {
    super(`${subject}: ${problem.description ?? 'refused'} (${problem.err_code ?? problem.code})`);
  }
}

/** `wrong last sequence`, by the stored messages (10071) or by one still in flight (10164). */
const CONFLICTS = new Set([10071, 10164]);
/** A batch of which a new leader saw only the end (10176), or for which there is no room now: nothing is stored, and a new try may succeed. */
const INTERRUPTED = /atomic publish.*(incomplete|too many inflight)/i;

export interface Write {
  readonly subject: string;
  readonly body: string | Uint8Array;
  /** Last sequence of this very subject; 0 for none. Literal subjects only: see nats-facts on filters. */
  readonly expected?: number;
  /** The subject that `expected` is about, if it is another one. */
  readonly expectedOn?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StoredMessage { readonly subject: string; readonly seq: number; readonly time: string; readonly headers: MsgHdrs | undefined; readonly data: Uint8Array }

/** Stores one message and answers its sequence. @throws ConflictError @throws UncertainError @throws JetStreamProblem */
export const publish = async (nc: NatsConnection, write: Write): Promise<number> => (await commit(nc, write, headersOf(write))).seq;

/**
 * Stores up to 1,000 messages or none, and answers the sequence of the last; they lie next to each other. A single one is sent plainly: a batch costs
 * one server ten times as much.
 */
export const publishAll = async (nc: NatsConnection, writes: readonly Write[]): Promise<number> => {
  const [only] = writes;
  if (!only) throw new TypeError('nothing to publish');
  if (writes.length === 1) return publish(nc, only);
  if (writes.length > MAX_BATCH) throw new RangeError(`a batch takes ${MAX_BATCH} messages, not ${writes.length}`);
  const id = newId();
  for (const [i, write] of writes.entries()) {
    const hdrs = headersOf(write);
    put(hdrs, 'Nats-Batch-Id', id);
    put(hdrs, 'Nats-Batch-Sequence', String(i + 1));
    if (i < writes.length - 1) {
      nc.publish(write.subject, write.body, { headers: hdrs });
      continue;
    }
    put(hdrs, 'Nats-Batch-Commit', '1');
    const ack = await commit(nc, { ...write, ...expectationOf(writes) }, hdrs);
    if (ack.count !== writes.length) throw new Error(`batch ${id}: ${ack.count ?? 0} of ${writes.length} messages stored`);
    return ack.seq;
  }
  return 0;
};

/** What a refused batch is about: its first expectation. */
const expectationOf = (writes: readonly Write[]): Pick<Write, 'subject' | 'expected'> | undefined => {
  const first = writes.find((write) => write.expected !== undefined);
  return first && { subject: first.subject, expected: first.expected as number };
};

const headersOf = (write: Write): MsgHdrsImpl => {
  const hdrs = new MsgHdrsImpl();
  for (const name in write.headers) put(hdrs, name, write.headers[name] ?? '');
  if (write.expected !== undefined) put(hdrs, 'Nats-Expected-Last-Subject-Sequence', String(write.expected));
  if (write.expectedOn !== undefined) put(hdrs, 'Nats-Expected-Last-Subject-Sequence-Subject', write.expectedOn);
  return hdrs;
};

/** As `set` does for a name that is well formed; rewriting each name letter by letter costs it more than all else of a publish. */
const put = (hdrs: MsgHdrsImpl, name: string, value: string): void => {
  if (/[\r\n]/.test(value)) throw new TypeError(`the header ${name} has more than one line`);
  hdrs.headers.set(name, [value]);
};

interface Ack { readonly seq: number; readonly count?: number; readonly error?: ApiProblem }

const commit = async (nc: NatsConnection, write: Write, hdrs: MsgHdrs): Promise<Ack> => {
  const { error, ...ack } = (await whileNobodyAnswers(() => requestsOf(nc).ask(write.subject, write.body, { timeout: WRITE_TIMEOUT, headers: hdrs }))).json<Ack>();
  if (!error) return ack;
  if (CONFLICTS.has(error.err_code ?? 0)) {
    const current = /wrong last sequence: (\d+)/.exec(error.description ?? '')?.[1];
    throw new ConflictError(write.subject, write.expected ?? 0, current === undefined ? undefined : Number(current));
  }
  // 503: no leader, or shutting down. Whether it was stored, only the log can say.
  if (error.code === 503 || INTERRUPTED.test(error.description ?? '')) throw new UncertainError(`${write.subject}: ${error.description ?? 'unavailable'}`);
  throw new JetStreamProblem(write.subject, error);
};

const nobodyAnswers = (error: unknown): boolean => error instanceof RequestError && error.isNoResponders();
/** Refused before or by the server, so certainly without effect, and again and again: too large, not allowed, no subject. */
const DEFINITE = new Set(['PermissionViolationError', 'InvalidArgumentError', 'InvalidSubjectError']);
export const isDefinite = (error: unknown): boolean => error instanceof Error && (DEFINITE.has(error.name) || (error instanceof RequestError && isDefinite(error.cause)));
const shortPause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

/** No responders: the request reached nobody, so even a write may be tried again. Any other failure leaves the outcome open. */
const whileNobodyAnswers = async (request: () => Promise<Msg>): Promise<Msg> => {
  for (const started = Date.now(); ; await shortPause()) {
    try {
      return await request();
    } catch (error) {
      if (nobodyAnswers(error) && Date.now() - started < PATIENCE) continue;
      if (isDefinite(error)) throw error;
      throw new UncertainError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
};

/** Reads are tried again while NATS restarts or elects a leader. */
const patiently = async <T>(nc: NatsConnection, read: () => Promise<T>): Promise<T> => {
  for (const started = Date.now(); ; await shortPause()) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof JetStreamProblem && error.problem.code !== 503) throw error;
      if (nc.isClosed() || isDefinite(error)) throw error;
      if (Date.now() - started > PATIENCE) throw new UncertainError(`no answer from NATS: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
};

/** A request to the JetStream API, e.g. `api(nc, 'STREAM.INFO.VPS')`. @throws JetStreamProblem */
export const api = <T>(nc: NatsConnection, verb: string, body?: unknown): Promise<T> =>
  patiently(nc, async () => {
    const subject = `$JS.API.${verb}`;
    const answer = (await requestsOf(nc).ask(subject, body === undefined ? Empty : JSON.stringify(body), { timeout: READ_TIMEOUT })).json<T & { error?: ApiProblem }>();
    if (answer.error) throw new JetStreamProblem(subject, answer.error);
    return answer;
  });

const NOT_FOUND = 404;
export const isNotFound = (error: unknown): boolean => error instanceof JetStreamProblem && error.problem.code === NOT_FOUND;
const NO_MESSAGE = 10037;

interface ApiMessage { readonly message: { readonly subject: string; readonly seq: number; readonly time: string; readonly hdrs?: string; readonly data?: string } }

/** The leader's answer, never that of a replica that lags behind. */
export const readByLeader = async (
  nc: NatsConnection, stream: string, query: { readonly last_by_subj: string } | { readonly seq: number; readonly next_by_subj?: string },
): Promise<StoredMessage | undefined> => {
  try {
    const { message } = await api<ApiMessage>(nc, `STREAM.MSG.GET.${stream}`, query);
    return {
      subject: message.subject, seq: message.seq, time: message.time,
      headers: message.hdrs === undefined ? undefined : MsgHdrsImpl.decode(Buffer.from(message.hdrs, 'base64')),
      data: message.data === undefined ? Empty : Buffer.from(message.data, 'base64'),
    };
  } catch (error) {
    if (error instanceof JetStreamProblem && error.problem.err_code === NO_MESSAGE) return undefined;
    throw error;
  }
};

const PAGE = 1_000;

/** The messages of one subject from sequence `from`, oldest first, from any replica: what it has, which may lag the leader by some milliseconds. */
export const readSubject = async (nc: NatsConnection, stream: string, subject: string, from: number): Promise<StoredMessage[]> => {
  const found: StoredMessage[] = [];
  for (let seq = from; ;) {
    const page = await readPage(nc, stream, { seq, next_by_subj: subject, batch: PAGE });
    found.push(...page.messages);
    if (page.messages.length === 0 || page.pending === 0) return found;
    seq = (found.at(-1)?.seq ?? seq) + 1;
  }
};

type PageFrom = { readonly seq: number } | { readonly start_time: string };

/** One answer: up to `batch` messages, and how many are left. */
export const readPage = (nc: NatsConnection, stream: string, query: PageFrom & { readonly next_by_subj: string; readonly batch: number; /** Of all messages together. */ readonly max_bytes?: number }): Promise<{ messages: StoredMessage[]; pending: number }> =>
  patiently(nc, () => askPage(nc, stream, query));

const askPage = async (nc: NatsConnection, stream: string, query: object) => {
  const messages: StoredMessage[] = [];
  for await (const m of await nc.requestMany(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(query), { strategy: 'sentinel', maxWait: READ_TIMEOUT })) {
    const code = m.headers?.code ?? 0;
    if (code === 204 || code === NOT_FOUND) return { messages, pending: Number(m.headers?.get('Nats-Num-Pending') || 0) };
    if (code >= 400) throw new JetStreamProblem(stream, { code, description: m.headers?.description ?? '' });
    messages.push({ subject: m.headers?.get('Nats-Subject') ?? '', seq: Number(m.headers?.get('Nats-Sequence')), time: m.headers?.get('Nats-Time-Stamp') ?? '', headers: m.headers, data: m.data });
  }
  throw new UncertainError(`${stream}: reading stopped without an end`);
};
