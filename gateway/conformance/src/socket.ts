/** A plain WebSocket client: sends frames, keeps what comes, waits for what is wanted, and holds every frame against the published forms. */
import { CLOSE_CODES, ERROR_CODES, SUB_PROTOCOL, type ServerFrame } from '@xanthus/proto';
import { WebSocket, type ClientOptions } from 'ws';
import { Broken } from './row.js';

export interface Data extends Record<string, unknown> {
  readonly seq?: number; readonly prev?: number; readonly kind?: string; readonly revision?: number; readonly key?: string; readonly code?: string; readonly epoch?: string; readonly status?: string;
  readonly reason?: string; readonly filter?: string; readonly pattern?: string; readonly subject?: string; readonly payload?: unknown; readonly value?: unknown; readonly from_seq?: number;
  readonly head_seq?: number; readonly time?: string; readonly details?: Record<string, unknown>; readonly expires_at?: string;
}
export interface Frame extends ServerFrame { readonly data: Data; /** When it came, ms of `performance.now()`. */ readonly at: number }
export interface SocketOptions { readonly protocols?: readonly string[]; readonly headers?: Readonly<Record<string, string>>; readonly autoPong?: boolean; readonly compress?: boolean; readonly path?: string; /** Speaks the frames of older clients: those of version 1 are not insisted on. */ readonly older?: boolean; /** So many times longer than usual may everything take; default 1. */ readonly slack?: number }
export interface Refusal { readonly status: number; readonly retryAfter: string | undefined }

const OPS: ReadonlySet<string> = new Set(['hello', 'cap_update', 'msg', 'reply', 'error', 'drain', 'auth_expiring', 'pong']);
const LISTED: ReadonlySet<number> = new Set(Object.values(CLOSE_CODES));

export class Socket {
  readonly frames: Frame[] = [];
  /** Frames and closes that no version 1 gateway may send. */
  readonly violations: string[] = [];
  /** Raw binary messages, for terminals. */
  readonly binary: Buffer[] = [];
  closed: { readonly code: number; readonly at: number } | undefined;
  refused: Refusal | undefined;
  pings = 0;
  readonly ws: WebSocket;
  private readonly listeners = new Set<() => void>();
  private readonly older: boolean;
  private readonly slack: number;
  private asked = 0;
  private opened = false;

  constructor(url: string, o: SocketOptions = {}) {
    this.older = o.older ?? false;
    this.slack = o.slack ?? 1;
    const options: ClientOptions = { headers: o.headers ?? {}, autoPong: o.autoPong ?? true, perMessageDeflate: o.compress ?? false, handshakeTimeout: 10_000 * this.slack };
    this.ws = new WebSocket(addressOf(url, o.path ?? '/ws'), [...(o.protocols ?? [SUB_PROTOCOL])], options);
    this.ws.on('message', (data, isBinary) => this.take(data as Buffer, isBinary));
    this.ws.on('open', () => {
      this.opened = true;
      this.tell();
    });
    this.ws.on('ping', () => { this.pings++; this.tell(); });
    this.ws.on('unexpected-response', (request, response) => {
      this.refused = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
      request.destroy();
      this.closed ??= { code: 1006, at: performance.now() };
      this.tell();
    });
    this.ws.on('close', (code) => {
      this.closed ??= { code, at: performance.now() };
      this.tell();
    });
    this.ws.on('error', () => {});
  }

  /** Resolves when open. @throws Broken if it does not open */
  async open(): Promise<this> {
    // It may have been told why and closed before anybody looks.
    await this.wait(() => (this.opened || this.closed !== undefined ? true : undefined), 10_000, 'the socket to open');
    if (!this.opened) throw new Broken(`the socket did not open: ${this.refused === undefined ? `closed with ${this.closed?.code}` : `HTTP ${this.refused.status}`}`);
    return this;
  }

  send(frame: object | string | Buffer): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends with an inbox and waits for the answer with it. */
  async ask(frame: object, timeout?: number): Promise<Frame> {
    const inbox = `q${++this.asked}`;
    this.send({ ...frame, inbox });
    return this.until(f => f.inbox === inbox, `an answer to ${JSON.stringify(frame).slice(0, 160)}`, timeout);
  }

  /** The first frame that fits, now or later. */
  until(fits: (frame: Frame) => boolean, what: string, timeout = 5_000): Promise<Frame> {
    return this.wait(() => this.frames.find(fits), timeout, what);
  }
  /** All that fit, once there are `n`. */
  collect(n: number, fits: (frame: Frame) => boolean, what: string, timeout = 10_000): Promise<Frame[]> {
    let seen = 0;
    const found: Frame[] = [];
    return this.wait(() => {
      for (; seen < this.frames.length; seen++) {
        const frame = this.frames[seen];
        if (frame !== undefined && fits(frame)) found.push(frame);
      }
      return found.length >= n ? found : undefined;
    }, timeout, () => `${n} × ${what}, ${found.length} came`);
  }
  end(timeout = 5_000): Promise<{ readonly code: number; readonly at: number }> {
    return this.wait(() => this.closed, timeout, 'the server to close');
  }
  pinged(n: number, timeout: number): Promise<number> {
    return this.wait(() => (this.pings >= n ? this.pings : undefined), timeout, 'a ping of the server');
  }
  /** The first binary frame that fits. */
  bytes(fits: (bytes: Buffer) => boolean, what: string, timeout = 5_000): Promise<Buffer> {
    return this.wait(() => this.binary.find(fits), timeout, what);
  }
  /** Waits until it holds, looking whenever something comes. */
  when(holds: () => boolean, what: string | (() => string), timeout = 5_000): Promise<true> {
    return this.wait(() => (holds() ? true : undefined), timeout, what);
  }
  /** Everything that the server had to say before now has come: an answered ping is behind it. */
  async quiet(): Promise<void> {
    await this.ask({ op: 'ping' });
  }
  close(): void {
    this.ws.terminate();
  }

  private take(data: Buffer, isBinary: boolean): void {
    const at = performance.now();
    if (isBinary) {
      this.binary.push(data);
      return this.tell();
    }
    try {
      const parsed = JSON.parse(data.toString('utf8')) as ServerFrame | ServerFrame[];
      for (const frame of Array.isArray(parsed) ? parsed : [parsed]) {
        const problem = this.older ? undefined : problemOf(frame);
        if (problem !== undefined) this.violations.push(`${problem}: ${JSON.stringify(frame).slice(0, 200)}`);
        this.frames.push({ ...frame, data: (frame.data ?? {}) as Data, at });
      }
    } catch {
      this.violations.push(`a frame that is no JSON: ${data.toString('utf8').slice(0, 100)}`);
    }
    this.tell();
  }

  private wait<T>(look: () => T | undefined, usual: number, what: string | (() => string)): Promise<T> {
    const timeout = usual * this.slack;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.listeners.delete(check);
      };
      const timer = setTimeout(() => {
        stop();
        const last = JSON.stringify(this.frames.slice(-3).map(({ at: _at, ...f }) => f)).slice(0, 600);
        reject(new Broken(`waited ${timeout} ms for ${typeof what === 'string' ? what : what()}; ${this.frames.length} frames, the last: ${last}${this.closed === undefined ? '' : `; closed with ${this.closed.code}`}`));
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
  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** `ws://host/ws` from any of `ws://host`, `http://host/`, `ws://host/ws`. */
export const addressOf = (url: string, path: string): string => {
  const address = new URL(url.replace(/^http/, 'ws'));
  return `${address.protocol}//${address.host}${address.pathname.replace(/\/(ws)?$/, '')}${path}`;
};

export const isListed = (code: number): boolean => LISTED.has(code);

/** Why this is no frame of version 1. */
const problemOf = (frame: ServerFrame): string | undefined => {
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return 'a frame is an object';
  if (!OPS.has(frame.op)) return 'an op that no server has';
  if (frame.inbox !== undefined && (typeof frame.inbox !== 'string' || !/^[\x20-\x7e]{1,64}$/.test(frame.inbox))) return 'an inbox of the wrong form';
  if (frame.op === 'msg' && typeof frame.target !== 'string') return 'a msg without target';
  return frame.op === 'error' ? problemOfError(frame.data as Partial<Data> & { message?: unknown; retryable?: unknown }) : undefined;
};

const problemOfError = (data: (Partial<Data> & { message?: unknown; retryable?: unknown }) | undefined): string | undefined => {
  const code = data?.code;
  if (typeof code !== 'string' || typeof data?.message !== 'string' || typeof data.retryable !== 'boolean') return 'an error without code, message or retryable';
  if (!Object.hasOwn(ERROR_CODES, code)) return /^[A-Z][A-Z0-9_]*\.[A-Z][A-Z0-9_]*$/.test(code) ? undefined : 'an error code that is not listed';
  return data.retryable === ERROR_CODES[code as keyof typeof ERROR_CODES].retryable ? undefined : 'another retryable than the list says';
};
