/** A gateway of nobody's: it knows the frames of the protocol and does what a row tells it, so that it can be seen what a client does. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientFrames, SUB_PROTOCOL, type ClientOp, type ServerFrame } from '@xanthus/proto';
import { WebSocketServer, type WebSocket } from 'ws';
import { Broken } from '../row.js';

export interface ClientFrame { readonly op: string; readonly target?: string; readonly inbox?: string; readonly idempotency_key?: string; readonly data?: Readonly<Record<string, unknown>>; /** When it came, ms of `performance.now()`. */ readonly at: number }

/** Something that is waited for, looked at whenever anything happens. */
export class Happenings {
  private readonly listeners = new Set<() => void>();

  /** @param slack every wait is so many times longer: for a machine that has other things to do */
  constructor(private readonly slack = 1) {}

  tell(): void {
    for (const listener of this.listeners) listener();
  }
  /** @throws Broken `what` did not come in time */
  until<T>(look: () => T | undefined, what: string | (() => string), usual: number): Promise<T> {
    const timeout = usual * this.slack;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.listeners.delete(check);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Broken(`waited ${timeout} ms for ${typeof what === 'string' ? what : what()}`));
      }, timeout);
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      this.listeners.add(check);
      check();
    });
  }
}

/** One connection of the client, seen from the other end. */
export class Peer {
  readonly opened = performance.now();
  readonly frames: ClientFrame[] = [];
  /** Frames that no version 1 client may send. */
  readonly violations: string[] = [];
  closed: { readonly code: number; readonly at: number } | undefined;
  pongs = 0;
  /** Pings are left without an answer. */
  mute = false;
  private cursor = 0;

  constructor(private readonly ws: WebSocket, /** Of the log-in at the upgrade. */ readonly bearer: string | undefined, private readonly happenings: Happenings, private readonly frameBytes: () => number) {
    ws.on('message', (data: Buffer, binary: boolean) => {
      if (binary) this.violations.push('a binary frame');
      else this.take(data.toString('utf8'));
      happenings.tell();
    });
    ws.on('ping', (data: Buffer) => { if (!this.mute) ws.pong(data); });
    ws.on('pong', () => {
      this.pongs++;
      happenings.tell();
    });
    ws.on('close', (code) => {
      this.closed ??= { code, at: performance.now() };
      happenings.tell();
    });
    ws.on('error', () => {});
  }

  send(frame: ServerFrame | readonly ServerFrame[]): void {
    this.ws.send(JSON.stringify(frame));
  }
  each(frames: readonly ServerFrame[]): void {
    for (const frame of frames) this.send(frame);
  }
  ping(): void {
    this.ws.ping();
  }
  close(code: number): void {
    this.closed ??= { code, at: performance.now() };
    this.ws.close(code);
  }
  /** As a network does that is no more. */
  cut(): void {
    this.ws.terminate();
  }

  /** The next frame with this op, in the order in which they come; those between are passed over. */
  async next(op: ClientOp, timeout = 8_000): Promise<ClientFrame> {
    const at = await this.happenings.until(() => {
      const found = this.frames.findIndex((f, i) => i >= this.cursor && f.op === op);
      return found < 0 ? undefined : found;
    }, () => `the client to send ${op}; it sent ${JSON.stringify(this.frames.slice(-4)).slice(0, 500)}${this.closed === undefined ? '' : `, closed with ${this.closed.code}`}`, timeout);
    this.cursor = at + 1;
    return this.frames[at] as ClientFrame;
  }
  when(holds: () => boolean, what: string, timeout = 8_000): Promise<true> {
    return this.happenings.until(() => (holds() ? true : undefined), what, timeout);
  }
  of(op: ClientOp): ClientFrame[] {
    return this.frames.filter(f => f.op === op);
  }

  private take(text: string): void {
    if (Buffer.byteLength(text) > this.frameBytes()) this.violations.push(`a frame of ${Buffer.byteLength(text)} bytes, hello.limits allows ${this.frameBytes()}`);
    let frame: ClientFrame;
    try {
      frame = JSON.parse(text) as ClientFrame;
    } catch {
      this.violations.push(`a frame that is no JSON: ${text.slice(0, 100)}`);
      return;
    }
    const schema = clientFrames[frame.op as ClientOp];
    const parsed = schema?.safeParse(frame);
    if (parsed?.success !== true) this.violations.push(`a frame that does not fit the schema: ${text.slice(0, 300)}${parsed === undefined ? '' : `: ${parsed.error.issues.map(i => `${i.path.join('.')} ${i.message}`).join('; ')}`}`);
    else if (frame.op === 'ping' && !this.mute) this.send({ op: 'pong', ...(frame.inbox === undefined ? {} : { inbox: frame.inbox }), ...(frame.data === undefined ? {} : { data: frame.data }), time: new Date().toISOString() } as ServerFrame);
    this.frames.push({ ...frame, at: performance.now() });
  }
}

/** How an attempt to connect is met: not at all, or with this answer. */
export type Refusal = 'cut' | { readonly status: number; readonly retryAfter?: number };

export class Referee {
  readonly peers: Peer[] = [];
  /** When each attempt to connect came, ms of `performance.now()`. */
  readonly attempts: number[] = [];
  readonly violations: string[] = [];
  /** For the next attempts, in turn. */
  readonly refusals: Refusal[] = [];
  /** Tokens that were handed out; the first with the job. */
  readonly tokens = ['token-1'];
  frameBytes = 65_536;
  /** So many requests for a token are refused. */
  tokenless = 0;
  private seen = 0;

  private constructor(private readonly server: Server, readonly happenings: Happenings) {}

  static async start(happenings: Happenings): Promise<Referee> {
    const server = createServer();
    const referee = new Referee(server, happenings);
    const sockets = new WebSocketServer({ noServer: true, autoPong: false, handleProtocols: offered => [...offered][0] ?? false });
    server.on('request', (_, response) => {
      if (referee.tokenless > 0) {
        referee.tokenless--;
        response.statusCode = 503;
        return void response.end();
      }
      const token = `token-${referee.tokens.length + 1}`;
      referee.tokens.push(token);
      response.setHeader('content-type', 'text/plain');
      response.end(token);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => referee.upgrade(sockets, request, socket, head));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return referee;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
  /** The next connection that was let in. */
  async connection(timeout = 20_000): Promise<Peer> {
    const peer = await this.happenings.until(() => this.peers[this.seen], 'the client to connect', timeout);
    this.seen++;
    return peer;
  }

  async stop(): Promise<void> {
    for (const peer of this.peers) peer.cut();
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private upgrade(sockets: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.attempts.push(performance.now());
    socket.on('error', () => {});
    const refusal = this.refusals.shift();
    if (refusal === 'cut') socket.destroy();
    else if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n${refusal.retryAfter === undefined ? '' : `Retry-After: ${refusal.retryAfter}\r\n`}\r\n`);
    } else {
      const offered = request.headers['sec-websocket-protocol']?.split(',').map(p => p.trim());
      if (offered !== undefined && !offered.includes(SUB_PROTOCOL)) this.violations.push(`the sub-protocols ${offered.join(', ')}, without ${SUB_PROTOCOL}`);
      sockets.handleUpgrade(request, socket, head, ws => this.peers.push(new Peer(ws, /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1], this.happenings, () => this.frameBytes)));
    }
    this.happenings.tell();
  }
}
