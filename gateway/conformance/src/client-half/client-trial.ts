/** What a row has in hand: the client at work, and the connections that it makes. */
import { NO_CAPABILITIES, type ServerFrame } from '@xanthus/proto';
import { holds } from '../check.js';
import { Program, type Command, type Job, type Line } from './program.js';
import { Happenings, Referee, type ClientFrame, type Peer } from './referee.js';

export const TENANT = 'acme';
export const STREAM = 'ORDERS';
export const FILTER = 'evt.acme.shop.order.*';
export const TARGET = `js:${STREAM}`;
export const LIMITS = { subscriptions: 256, frames_per_second: 1_000, burst: 2_000, frame_bytes: 65_536, json_depth: 32, queue_bytes: 1_048_576, queue_frames: 1_024 };
const AUTH_MS = 8_000;

/** Follows a stream from its first message. */
export const STREAM_JOB = { do: 'stream', stream: STREAM, filter: FILTER, start_seq: 1 } as const;

export const timeOf = (seq: number): string => new Date(Date.UTC(2026, 0, 1) + seq * 1_000).toISOString();
export const message = (seq: number, prev = seq - 1, more: object = {}): ServerFrame => ({
  op: 'msg', target: TARGET, data: { filter: FILTER, seq, prev, subject: `evt.acme.shop.order.o${seq}`, time: timeOf(seq), payload: { n: seq }, ...more },
});
/** Everything from a sequence to another, without a hole. */
export const messages = (from: number, to: number, more: object = {}): ServerFrame[] => Array.from({ length: to - from + 1 }, (_, i) => message(from + i, from + i - 1, more));
export const note = (kind: string, data: object): ServerFrame => ({ op: 'msg', target: TARGET, data: { filter: FILTER, kind, ...data } });
export const answer = (to: ClientFrame, data: unknown, op: 'reply' | 'error' = 'reply'): ServerFrame => ({ op, ...(to.target === undefined ? {} : { target: to.target }), ...(to.inbox === undefined ? {} : { inbox: to.inbox }), data });
export const refusal = (code: string, retryable = false): object => ({ code, message: `the referee says ${code}`, retryable });
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export class ClientTrial {
  private constructor(private readonly referee: Referee, readonly program: Program, private readonly happenings: Happenings) {}

  static async start(client: Command, job: Job, slack?: number): Promise<ClientTrial> {
    const happenings = new Happenings(slack);
    const referee = await Referee.start(happenings);
    const at = `127.0.0.1:${referee.port}`;
    const program = new Program(client, { XANTHUS_URL: `ws://${at}/ws`, XANTHUS_TOKEN: referee.tokens[0] ?? '', XANTHUS_TOKEN_URL: `http://${at}/token`, XANTHUS_JOB: JSON.stringify(job) }, happenings);
    return new ClientTrial(referee, program, happenings);
  }

  get attempts(): readonly number[] {
    return this.referee.attempts;
  }
  get tokens(): readonly string[] {
    return this.referee.tokens;
  }
  /** So many requests for a token are refused. */
  refuseTokens(count: number): void {
    this.referee.tokenless = count;
  }
  get tokensRefused(): boolean {
    return this.referee.tokenless === 0;
  }
  /** How the next attempts to connect are met. */
  refuse(...how: Referee['refusals']): void {
    this.referee.refusals.push(...how);
  }

  connection(timeout?: number): Promise<Peer> {
    return this.referee.connection(timeout);
  }
  /** The token by which this connection logs in: of the upgrade, or of its first frame. */
  async token(peer: Peer): Promise<{ readonly token: string; readonly by?: ClientFrame }> {
    if (peer.bearer !== undefined) return { token: peer.bearer };
    const by = await peer.next('auth', AUTH_MS);
    return { token: String(by.data?.['token']), by };
  }
  greet(peer: Peer, by: ClientFrame | undefined, hello: { readonly ping_interval_ms?: number; readonly limits?: Partial<typeof LIMITS> } = {}): void {
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    const limits = { ...LIMITS, ...hello.limits };
    this.referee.frameBytes = limits.frame_bytes;
    peer.send({ op: 'hello', data: { v: 1, connection: `c${this.attempts.length}`, user: { id: 'ada', name: 'Ada' }, tenant: { id: TENANT, name: 'Acme' }, ping_interval_ms: 25_000, expires_at, ...hello, limits } });
    if (by !== undefined) peer.send(answer(by, { expires_at }));
  }
  rights(peer: Peer): void {
    peer.send({ op: 'cap_update', data: { ...NO_CAPABILITIES, subjects: ['sig.acme.>'], buckets: { '*': ['acme.>'] }, commands: ['cmd.acme.>'], streams: { '*': ['evt.acme.>'] }, revision: 1 } });
  }
  /** The next connection, logged in and live. */
  async live(hello: Parameters<ClientTrial['greet']>[2] = {}, timeout?: number): Promise<Peer> {
    const peer = await this.connection(timeout);
    const { token, by } = await this.token(peer);
    holds(this.tokens.includes(token), `logs in with ${JSON.stringify(token)}, which is none of its tokens`);
    this.greet(peer, by, hello);
    this.rights(peer);
    return peer;
  }
  /** Live, and its `js_sub` is answered: from the first message on. */
  async following(hello: Parameters<ClientTrial['greet']>[2] = {}, reply: object = {}): Promise<{ readonly peer: Peer; readonly asked: ClientFrame }> {
    const peer = await this.live(hello);
    const asked = await peer.next('js_sub');
    holds(asked.target === STREAM && (asked.data?.['filter'] ?? '>') === FILTER, `subscribes to what the job names: ${JSON.stringify(asked)}`);
    peer.send(answer(asked, { status: 'subscribed', epoch: 'e1', from_seq: 1, head_seq: 0, ...reply }));
    return { peer, asked };
  }

  /** Sequences printed so far. */
  get told(): number[] {
    return this.program.lines.flatMap(line => (line.seq === undefined ? [] : [line.seq]));
  }
  /** A line that fits, now or later. */
  printed(fits: (line: Line) => boolean, what: string, timeout = 8_000): Promise<Line> {
    return this.happenings.until(() => this.program.lines.find(fits), () => `the client to print ${what}; it printed ${this.program.said}`, timeout);
  }
  toldAll(seq: number): Promise<Line> {
    return this.printed(line => line.seq === seq, `message ${seq}`);
  }
  when(fits: () => boolean, what: string, timeout = 8_000): Promise<true> {
    return this.happenings.until(() => (fits() ? true : undefined), () => `${what}; the client printed ${this.program.said}`, timeout);
  }

  get violations(): string[] {
    return [...this.referee.violations, ...this.referee.peers.flatMap(p => p.violations)].map(v => `the client sent ${v}`);
  }
  async end(): Promise<void> {
    await this.program.stop();
    await this.referee.stop();
  }
}
