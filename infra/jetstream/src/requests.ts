/**
 * Request and reply as `nc.request` does it, with the same errors, on an inbox of our own. For what every command waits for: the client makes an error with
 * its stack and four promises for each request that was answered, a fifth of the time of a command.
 */
import { createInbox, NoRespondersError, PermissionViolationError, RequestError, TimeoutError, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';

export interface RequestOptions { /** ms */ readonly timeout: number; readonly headers?: MsgHdrs | undefined }

/** Cause of a `RequestError`: NATS went away after the request was sent; whether anybody heard it is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface Waiting { readonly subject: string; readonly timer: NodeJS.Timeout; isSent: boolean; send(): void; resolve(answer: Msg): void; reject(error: Error): void }

export class Requests {
  readonly #waiting = new Map<string, Waiting>();
  readonly #inbox: string;
  #count = 0;
  #isDown = false;

  constructor(private readonly nc: NatsConnection) {
    this.#inbox = `${createInbox(inboxPrefixOf(nc))}.`;
    nc.subscribe(`${this.#inbox}*`, { callback: (error, message) => (error ? this.giveUp(error) : this.#answered(message)) });
    void this.#watchStatus();
    void nc.closed().then(() => this.giveUp(new Error('connection closed')));
  }

  /**
   * While NATS is away nothing is sent, for the client loses what is published then without a word; it goes out when NATS is back, unless the time is over.
   * @throws RequestError (`isNoResponders()` if nobody listens; cause `ConnectionLost`) @throws TimeoutError @throws ClosedConnectionError, InvalidSubjectError, InvalidArgumentError: not sent
   */
  ask(subject: string, body: string | Uint8Array, { timeout, headers }: RequestOptions): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const token = (++this.#count).toString(36);
      const send = (): void => this.nc.publish(subject, body, { reply: this.#inbox + token, ...(headers === undefined ? {} : { headers }) });
      const isSent = !this.#isDown;
      if (isSent) send();
      const timer = setTimeout(() => this.#take(token)?.reject(new TimeoutError()), timeout);
      this.#waiting.set(token, { subject, timer, isSent, send, resolve, reject });
    });
  }

  /** Waits for none of the answers any more. */
  giveUp(cause: Error): void {
    for (const token of this.#waiting.keys()) this.#take(token)?.reject(failed(cause));
  }

  #take(token: string): Waiting | undefined {
    const waiting = this.#waiting.get(token);
    if (!waiting) return undefined;
    this.#waiting.delete(token);
    clearTimeout(waiting.timer);
    return waiting;
  }

  #answered(message: Msg): void {
    const waiting = this.#take(message.subject.slice(this.#inbox.length));
    if (!waiting) return;
    if (message.data.length === 0 && message.headers?.code === 503) waiting.reject(failed(new NoRespondersError(waiting.subject)));
    else waiting.resolve(message);
  }

  /** Of a refusal the server names the subject that may not be published, not the request. */
  async #watchStatus(): Promise<void> {
    for await (const event of this.nc.status()) {
      if (event.type === 'disconnect') this.#down();
      if (event.type === 'reconnect') this.#up();
      if (event.type !== 'error' || !(event.error instanceof PermissionViolationError) || event.error.operation !== 'publish') continue;
      for (const [token, { subject }] of this.#waiting) if (subject === event.error.subject) this.#take(token)?.reject(failed(event.error));
    }
  }

  /** What was asked over a connection that is gone is not answered any more. */
  #down(): void {
    this.#isDown = true;
    for (const [token, { isSent }] of this.#waiting) if (isSent) this.#take(token)?.reject(failed(new ConnectionLost('connection lost')));
  }

  #up(): void {
    this.#isDown = false;
    for (const [token, waiting] of this.#waiting) {
      if (waiting.isSent) continue;
      waiting.isSent = true;
      try {
        waiting.send();
      } catch (error) {
        this.#take(token)?.reject(error as Error);
      }
    }
  }
}

const failed = (cause: Error): RequestError => new RequestError(cause.message, { cause });

/** The connection's own, which its user is allowed to hear; its type does not show it. */
const inboxPrefixOf = (nc: NatsConnection): string | undefined => (nc as unknown as { readonly options?: { readonly inboxPrefix?: string } }).options?.inboxPrefix;

const known = new WeakMap<NatsConnection, Requests>();
/** Those of a connection: one subscription, whoever asks. */
export const requestsOf = (nc: NatsConnection): Requests => {
  let requests = known.get(nc);
  if (!requests) known.set(nc, (requests = new Requests(nc)));
  return requests;
};
