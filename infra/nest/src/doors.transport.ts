import { headers as newHeaders, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { JetStreamEventStore } from '@xanthus/jetstream';
import { newId, type Expected } from '@xanthus/kernel';
import { HEADERS, insideSubject, type Problem } from '@xanthus/proto';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Call, Caller } from './call.js';
import { deriveId } from './derive-id.js';
import { actorOf, authorise, identify, readTarget, requireProof, requireService, type Rights, type Target } from './gate.js';
import type { IdentityVerifier } from './identity-verifier.js';
import { largeInputs, type LargeInputs } from './large-inputs.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { refuse, toProblem } from './problem.js';
import { ProblemThrown } from './problem.filter.js';
import { expectedSequence, idempotencyKey, parseInput, readHints, type Hints } from './request.js';
import type { DoorExtras } from './route.js';
import type { Tracing } from './tracing.js';
import { requireUnchanged } from './unchanged.js';

export interface DoorsOptions {
  readonly nc: NatsConnection;
  readonly service: string;
  readonly verifier: IdentityVerifier;
  readonly rights: Rights;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Requests of one service at a time, and of one tenant's own NATS clients: what is over is refused at once, not queued. */
export const MAX_IN_FLIGHT = 2_000;
export const MAX_IN_FLIGHT_OUTSIDE = 100;

/** Longest wait for running requests at shutdown, ms. */
const GRACE = 8_000;
const WHERE = 'docs/api, and /api/docs of the gateway, list what there is.';

/**
 * Nest's transport for our doors: plain JSON in, plain JSON out, on subjects of a service. It subscribes by the service, not by the door, so
 * that an unknown command is answered too. Order at every request: who is it, may they, is there such a door, was a fresh proof given if it asks for one, does the input fit.
 */
export class DoorsTransport extends Server implements CustomTransportStrategy {
  private subscriptions: Subscription[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly outside = new Map<string, number>();
  private readonly stopping = new AbortController();

  private readonly inputs: LargeInputs;
  private readonly store: JetStreamEventStore;

  constructor(private readonly options: DoorsOptions) {
    super();
    this.inputs = largeInputs(options.nc);
    this.store = new JetStreamEventStore(options.nc, options.service);
  }

  async listen(done: (error?: unknown) => void): Promise<void> {
    const { nc, service } = this.options;
    const subjects = [`cmd.*.${service}.>`, `qry.*.${service}.>`, `ext.*.cmd.${service}.>`, `ext.*.qry.${service}.>`];
    this.subscriptions = subjects.map(subject => nc.subscribe(subject, { queue: service, callback: (error, msg) => this.take(error, msg) }));
    // Done only when the server knows of the subscriptions: who is told "ready" may ask at once.
    try {
      await nc.flush();
      done();
    } catch (error) {
      done(error);
    }
  }

  /** Takes nothing new and waits for what runs, 8 s at most; then the rest is told to stop. */
  async close(): Promise<void> {
    const subscriptions = this.subscriptions;
    this.subscriptions = [];
    await Promise.all(subscriptions.map(s => s.drain().catch(() => undefined)));
    if (this.running.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>(resolve => {
        timer = setTimeout(resolve, GRACE);
      });
      await Promise.race([Promise.all(this.running), late]);
      clearTimeout(timer);
    }
    this.stopping.abort(new Error('the service is stopping'));
  }

  on(): never {
    throw new Error('this transport has no events; ask the connection');
  }

  unwrap<T>(): T {
    return this.options.nc as T;
  }

  private take(error: Error | null, msg: Msg): void {
    if (error !== null) {
      this.options.log.error({ err: error }, 'a subscription of the doors failed');
      return;
    }
    const answered = this.answer(msg);
    this.running.add(answered);
    this.options.metrics.inFlight.set(this.running.size);
    void this.forget(answered);
  }

  private async forget(answered: Promise<void>): Promise<void> {
    try {
      await answered;
    } catch (error) {
      this.options.log.warn({ err: error }, 'an answer could not be sent');
    }
    this.running.delete(answered);
    this.options.metrics.inFlight.set(this.running.size);
  }

  private async answer(msg: Msg): Promise<void> {
    const { log, metrics } = this.options;
    const started = performance.now();
    const hints = readHints(msg.headers);
    const target = readTarget(msg.subject);
    let code = 'ok';
    try {
      const output = await this.handle(msg, target, hints);
      reply(msg, output);
    } catch (error) {
      const problem = error instanceof ProblemThrown ? error.problem : toProblem(error, hints.correlation_id, log);
      code = problem.code;
      replyProblem(msg, problem, hints.correlation_id);
    } finally {
      const door = target !== undefined && this.messageHandlers.has(target.route) ? target.route : 'unknown';
      const ms = performance.now() - started;
      metrics.doors.observe({ door, code }, ms / 1_000);
      log.debug({ subject: msg.subject, code, ms: Math.round(ms * 10) / 10, correlation_id: hints.correlation_id }, 'answered');
    }
  }

  private async handle(msg: Msg, target: Target | undefined, hints: Hints): Promise<unknown> {
    const { service, verifier, rights } = this.options;
    if (target === undefined || target.service !== service) throw refuse('UNKNOWN_OP', `${insideSubject(msg.subject).subject} is no command and no query; ${WHERE}`);
    if (this.running.size >= MAX_IN_FLIGHT) throw refuse('RATE_LIMITED');
    const caller = identify(target, msg.headers, verifier, rights);
    authorise(caller, target, rights);
    const handler = this.messageHandlers.get(target.route);
    const door = handler?.extras as DoorExtras | undefined;
    if (handler === undefined || door === undefined || (target.external && !door.external)) throw refuse('UNKNOWN_OP', `${service} does not know ${target.subject}; ${WHERE}`);
    if (door.contract.services === true) requireService(caller, target);
    if (door.contract.sudo === true) requireProof(caller, Date.now());
    const key = idempotencyKey(msg.headers);
    const { contract } = door;
    const seq = contract.kind === 'command' && contract.on === 'id' ? expectedSequence(msg.headers) : undefined;
    const expected = contract.kind === 'command' && seq !== undefined ? { aggregate: contract.aggregate, id: target.id, seq, met: false } : undefined;
    const run = (): Promise<unknown> => this.inputs.with(target.subject, msg.data, body =>
      this.run(handler, door, parseInput(door.contract.input, body), hints.traceparent, (signal, traceparent) => callOf(target, caller, { ...hints, traceparent }, key, signal, expected)), door.contract.kind === 'command' ? door.contract.inline_bytes : undefined);
    return target.external ? this.withinLimit(target.tenant, run) : run();
  }

  private run(handler: MessageHandler, door: DoorExtras, input: unknown, parent: string | undefined, call: (signal: () => AbortSignal, traceparent: string | undefined) => Call): Promise<unknown> {
    const { service, tracing } = this.options;
    const name = `${service} ${door.contract.kind === 'command' ? `${door.contract.aggregate} ${door.contract.verb}` : door.contract.question}`;
    return tracing.span(name, parent, traceparent => this.withDeadline(door.contract.deadline, signal => this.call(handler, door, input, call(signal, traceparent))));
  }

  /** A tenant's own clients cannot take the service away from the others. */
  private async withinLimit<T>(tenant: string, run: () => Promise<T>): Promise<T> {
    const before = this.outside.get(tenant) ?? 0;
    if (before >= MAX_IN_FLIGHT_OUTSIDE) throw refuse('RATE_LIMITED');
    this.outside.set(tenant, before + 1);
    try {
      return await run();
    } finally {
      const left = (this.outside.get(tenant) ?? 1) - 1;
      if (left > 0) this.outside.set(tenant, left);
      else this.outside.delete(tenant);
    }
  }

  private async call(handler: MessageHandler, door: DoorExtras, input: unknown, call: Call): Promise<unknown> {
    const { expected } = call.context();
    if (expected !== undefined) await requireUnchanged(this.store, { tenant: call.tenant, service: this.options.service, aggregate: expected.aggregate, id: expected.id }, { expected: expected.seq, command_id: call.command_id });
    const returned: unknown = await handler(input, call);
    const output: unknown = isObservable(returned) ? await lastValueFrom(returned, { defaultValue: null }) : returned;
    const parsed = door.contract.output.safeParse(output);
    if (parsed.success) return parsed.data;
    throw new Error(`the answer does not fit its contract: ${parsed.error.issues.map(i => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
  }

  /** The signal is made for who asks for it: most doors do not, and it costs as much as all else that is done here for a request. */
  private withDeadline<T>(ms: number, run: (signal: () => AbortSignal) => Promise<T>): Promise<T> {
    let made: AbortController | undefined;
    const deadline = (): AbortController => (made ??= new AbortController());
    return new Promise((resolve, reject) => {
      run(() => AbortSignal.any([deadline().signal, this.stopping.signal])).then(resolve, reject).finally(() => clearTimeout(timer));
      const timer = setTimeout(() => {
        reject(refuse('TIMEOUT'));
        deadline().abort(new Error('the deadline has passed'));
      }, ms);
    });
  }
}

const callOf = (target: Target, caller: Caller, hints: Hints, key: string | undefined, signal: () => AbortSignal, expected: Expected | undefined): Call => {
  const actor = actorOf(caller);
  const who = `${actor.kind}:${actor.id}`;
  // One key, tenant and actor make one id, so a retried create finds itself. The command's id also says which command: the same key on
  // another command is another command.
  const id = target.id !== 'new' ? target.id : key === undefined ? newId() : deriveId(target.tenant, who, key);
  const command_id = key === undefined ? newId() : deriveId(target.subject, who, key);
  const now = new Date().toISOString();
  const { correlation_id, traceparent } = hints;
  return {
    tenant: target.tenant, id, actor, command_id, correlation_id, ...(traceparent === undefined ? {} : { traceparent }), now, identity: caller,
    get signal() {
      return signal();
    },
    context: () => ({
      tenant: target.tenant, id, actor, now, command_id, correlation_id, ...(traceparent === undefined ? {} : { traceparent }), ...(target.id === 'new' ? { presumed_new: true as const } : {}), ...(expected === undefined ? {} : { expected }),
    }),
  };
};

const reply = (msg: Msg, output: unknown): void => void msg.respond(JSON.stringify(output ?? null));

const replyProblem = (msg: Msg, problem: Problem, correlation_id: string): void => {
  const headers = newHeaders();
  headers.set(HEADERS.ERROR, problem.code);
  headers.set(HEADERS.CORRELATION, correlation_id);
  msg.respond(JSON.stringify({ error: problem }), { headers });
};
