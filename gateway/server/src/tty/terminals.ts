import { headers, RequestError, TimeoutError, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { IdentityRequest, IdentitySigner } from '@xanthus/nest';
import { HEADERS, parseTtyFrame, ttyControl, ttySubject, TTY_SERVICE, type Problem, type TtyAttach, type TtyAttached, type TtyFrame } from '@xanthus/proto';
import { problem, Refused } from '../protocol/problem.js';
import type { NatsStatus } from '../upstream/nats-status.js';
import type { TerminalFeed } from './terminal-feed.js';

const TIMEOUT = 5_000;

export interface Terminal { readonly tenant: string; readonly session: string }

/** Terminals towards NATS: one subscription per terminal for everyone on this gateway who looks at it. */
export class Terminals {
  private readonly shared = new Map<string, { readonly feeds: Set<TerminalFeed>; readonly upstream: Subscription }>();

  constructor(private readonly nc: NatsConnection, private readonly signer: Pick<IdentitySigner, 'sign'>, status: NatsStatus) {
    status.onUp(() => { for (const { feeds } of this.shared.values()) for (const feed of feeds) feed.interrupted(); });
  }

  /** @throws Refused what the service says, NO_RESPONDERS, TIMEOUT or UNAVAILABLE */
  async attach({ tenant, session }: Terminal, identity: Omit<IdentityRequest, 'aud'>, ask: TtyAttach): Promise<TtyAttached> {
    const sent = headers();
    sent.set(HEADERS.IDENTITY, await this.signer.sign({ ...identity, aud: TTY_SERVICE }));
    const answer = await this.request(ttySubject(tenant, session, 'attach'), JSON.stringify(ask), sent);
    if (answer.headers?.has(HEADERS.ERROR) === true) throw new Refused(answer.json<{ error: Problem }>().error);
    return answer.json<TtyAttached>();
  }

  async replay({ tenant, session }: Terminal, attachment: string, from: number | undefined, max: number): Promise<TtyFrame | undefined> {
    const answer = await this.request(ttySubject(tenant, session, 'replay'), JSON.stringify({ attachment, from, max }));
    if (answer.headers?.has(HEADERS.ERROR) === true) throw new Refused(answer.json<{ error: Problem }>().error);
    return parseTtyFrame(answer.data);
  }

  /** A frame of a viewer. */
  send({ tenant, session }: Terminal, attachment: string, frame: Uint8Array): void {
    const sent = headers();
    sent.set(HEADERS.ATTACHMENT, attachment);
    if (!this.nc.isClosed()) this.nc.publish(ttySubject(tenant, session, 'in'), frame, { headers: sent });
  }
  tell(terminal: Terminal, attachment: string, control: object): void {
    this.send(terminal, attachment, ttyControl(control));
  }

  watch({ tenant, session }: Terminal, feed: TerminalFeed): void {
    const subject = ttySubject(tenant, session, 'out');
    const known = this.shared.get(subject);
    if (known !== undefined) {
      known.feeds.add(feed);
      return;
    }
    const feeds = new Set([feed]);
    const upstream = this.nc.subscribe(subject, { callback: (error, message) => (error === null ? spread(feeds, message) : undefined) });
    this.shared.set(subject, { feeds, upstream });
  }

  leave({ tenant, session }: Terminal, feed: TerminalFeed): void {
    const subject = ttySubject(tenant, session, 'out');
    const known = this.shared.get(subject);
    if (known === undefined || !known.feeds.delete(feed) || known.feeds.size > 0) return;
    known.upstream.unsubscribe();
    this.shared.delete(subject);
  }

  get size(): number {
    return this.shared.size;
  }

  private async request(subject: string, payload: string, sent?: ReturnType<typeof headers>): Promise<Msg> {
    try {
      return await this.nc.request(subject, payload, { timeout: TIMEOUT, ...(sent === undefined ? {} : { headers: sent }) });
    } catch (error) {
      if (error instanceof RequestError && error.isNoResponders()) throw new Refused(problem('NO_RESPONDERS', 'Nobody serves this terminal now.'));
      throw new Refused(problem(error instanceof TimeoutError ? 'TIMEOUT' : 'UNAVAILABLE'));
    }
  }
}

const spread = (feeds: ReadonlySet<TerminalFeed>, message: Msg): void => {
  const frame = parseTtyFrame(message.data);
  if (frame === undefined || frame.kind === 'snapshot') return;
  const shared = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length);
  // For one viewer, and no frame of clients: the service lets it in no more.
  if (frame.kind === 'control' && frame.control.op === 'out') {
    const { viewer, code, message: why } = frame.control;
    for (const feed of feeds) if (feed.viewer === viewer) feed.expelled({ code: String(code), message: String(why), retryable: false });
    return;
  }
  for (const feed of feeds) {
    if (frame.kind === 'control') feed.control(shared);
    else feed.output(frame.offset, frame.bytes, shared);
  }
};
