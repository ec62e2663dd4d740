/** A plain WebSocket client for specs: sends frames, keeps what comes, waits for what is wanted. Nothing of the SDK. */
import type { ServerFrame } from '@xanthus/proto';
import { WebSocket, type ClientOptions } from 'ws';

export interface Data extends Record<string, unknown> { readonly seq?: number; readonly prev?: number; readonly kind?: string; readonly revision?: number; readonly key?: string; readonly code?: string; readonly epoch?: string; readonly status?: string }
export interface Frame extends ServerFrame { readonly data: Data }

export class Socket {
  readonly frames: Frame[] = [];
  closed: { readonly code: number } | undefined;
  readonly ws: WebSocket;
  private readonly listeners = new Set<() => void>();
  private asked = 0;

  constructor(url: string, options: ClientOptions & { readonly protocols?: string[]; readonly at?: string } = {}) {
    this.ws = new WebSocket(`${url.replace(/^http/, 'ws')}${options.at ?? '/ws'}`, options.protocols ?? ['xanthus.v1.json'], options);
    this.ws.on('message', (data) => {
      const parsed = JSON.parse(String(data)) as Frame | Frame[];
      this.frames.push(...(Array.isArray(parsed) ? parsed : [parsed]));
      this.tell();
    });
    this.ws.on('close', (code) => {
      this.closed = { code };
      this.tell();
    });
    this.ws.on('error', () => {});
  }

  /** Open and logged in, with the rights of somebody who has any. */
  static async live(url: string, token: string, o: { readonly hasRights?: boolean } = {}): Promise<Socket> {
    const socket = new Socket(url);
    await socket.open();
    await socket.ask({ op: 'auth', data: { token } });
    await socket.until(f => f.op === 'cap_update' && (o.hasRights === false || f.data.revision !== 0)); // the document may come a moment later
    return socket;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.ws.once('open', () => resolve());
      this.ws.once('error', reject);
    });
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends with an inbox and waits for its answer, `reply` or `error`. */
  async ask(frame: object): Promise<Frame> {
    const inbox = `q${++this.asked}`;
    this.send({ ...frame, inbox });
    return this.until(f => f.inbox === inbox);
  }

  /** The first frame that fits, now or later. */
  until(fits: (frame: Frame) => boolean, timeout = 60_000): Promise<Frame> {
    return this.wait(() => this.frames.find(fits), timeout);
  }
  /** All that fit, once there are `n`. */
  async collect(n: number, fits: (frame: Frame) => boolean, timeout = 60_000): Promise<Frame[]> {
    return this.wait(() => {
      const found = this.frames.filter(fits);
      return found.length >= n ? found : undefined;
    }, timeout);
  }
  end(timeout = 60_000): Promise<{ readonly code: number }> {
    return this.wait(() => this.closed, timeout);
  }
  close(): void {
    this.ws.terminate();
  }

  private wait<T>(look: () => T | undefined, timeout: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        clearTimeout(timer);
        this.listeners.delete(check);
        reject(new Error(`nothing fits ${why}; ${this.frames.length} frames, the last: ${JSON.stringify(this.frames.slice(-5)).slice(0, 1_500)}, closed: ${this.closed?.code}`));
      };
      const timer = setTimeout(() => giveUp(`within ${timeout} ms`), timeout);
      const check = (): void => {
        const found = look();
        if (found === undefined) return this.closed === undefined ? undefined : giveUp('and nothing more comes');
        clearTimeout(timer);
        this.listeners.delete(check);
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

export const isMessage = (target: string) => (frame: Frame): boolean => frame.op === 'msg' && frame.target === target && frame.data.kind === undefined;
