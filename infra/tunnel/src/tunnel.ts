import { Duplex } from 'node:stream';
import { creditBody, parseTunnelFrame, tunnelFrame, TUNNEL_BEAT, TUNNEL_KIND, TUNNEL_SILENCE, TUNNEL_WINDOW, type TunnelKind } from '@xanthus/proto';

/** Bytes of a frame: small enough that tunnels take turns. */
const PIECE = 32 * 1024;
/** New credit is granted when so much of the window is free. */
const STEP = TUNNEL_WINDOW / 4;
const UTF8 = new TextEncoder();

export interface Wire {
  send(frame: Uint8Array): void;
  /** Called once; nothing is sent after it. */
  closed(): void;
  /** ms, monotonic. */
  now(): number;
}

/** The connection broke. `code` is the one of a socket, so that HTTP clients take it for one. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
  readonly code = 'ECONNRESET';
}

/** One connection through NATS: bytes in order or an error, never more than a window on the way, each half ends by itself. */
export class Tunnel extends Duplex {
  private sendSeq = 0;
  private expected = 0;
  private sent = 0;
  private mayUpTo = TUNNEL_WINDOW;
  private received = 0;
  private granted = TUNNEL_WINDOW;
  private waiting: { rest: Buffer; readonly done: (error?: Error) => void } | undefined;
  private endSent = false;
  private endHeard = false;
  private aborted = false;
  private heardAt: number;
  private saidAt: number;
  /** When the last byte went either way. */
  movedAt: number;

  constructor(private readonly wire: Wire, allowHalfOpen: boolean) {
    super({ allowHalfOpen, readableHighWaterMark: PIECE * 2, writableHighWaterMark: PIECE * 2 });
    this.heardAt = this.saidAt = this.movedAt = wire.now();
  }

  /** A frame of the other side, in order. */
  receive(bytes: Uint8Array): void {
    if (this.destroyed) return;
    const frame = parseTunnelFrame(bytes);
    if (frame === undefined || frame.seq !== this.expected) return void this.destroy(new TunnelError('A part of the connection was lost on the way.'));
    this.expected = (this.expected + 1) >>> 0;
    this.heardAt = this.wire.now();
    switch (frame.kind) {
      case 'data': return this.data(frame.bytes);
      case 'credit':
        this.mayUpTo = Math.max(this.mayUpTo, frame.upTo);
        return this.flow();
      case 'end':
        this.endHeard = true;
        return void this.push(null);
      case 'abort':
        this.aborted = true;
        return void this.destroy(new TunnelError(frame.why));
      case 'beat': return;
    }
  }

  /** Call it about every second. */
  beat(): void {
    if (this.destroyed) return;
    const now = this.wire.now();
    if (now - this.heardAt > TUNNEL_SILENCE) return void this.destroy(new TunnelError('The other end of the tunnel has gone silent.'));
    if (now - this.saidAt >= TUNNEL_BEAT) this.say(TUNNEL_KIND.BEAT);
  }

  // What Node's HTTP asks of a socket. There is nothing to set: idle tunnels are ended by whoever made them.
  setTimeout(): this { return this; }
  setKeepAlive(): this { return this; }
  setNoDelay(): this { return this; }
  ref(): this { return this; }
  unref(): this { return this; }

  override _read(): void {
    const upTo = this.received - this.readableLength + TUNNEL_WINDOW;
    if (this.endHeard || upTo - this.granted < STEP) return;
    this.granted = upTo;
    this.say(TUNNEL_KIND.CREDIT, creditBody(upTo));
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.waiting = { rest: chunk, done };
    this.flow();
  }

  override _final(done: () => void): void {
    this.endSent = true;
    this.say(TUNNEL_KIND.END);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.aborted && !(this.endSent && this.endHeard)) this.say(TUNNEL_KIND.ABORT, UTF8.encode((error?.message ?? 'The connection was closed.').slice(0, 300)));
    this.wire.closed();
    this.waiting?.done(error ?? new TunnelError('The connection was closed.'));
    this.waiting = undefined;
    done(error);
  }

  private data(bytes: Uint8Array): void {
    this.received += bytes.length;
    if (this.endHeard || this.received > this.granted) return void this.destroy(new TunnelError('The other end of the tunnel sent more than it may.'));
    this.movedAt = this.heardAt;
    this.push(bytes);
  }

  private flow(): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    while (waiting.rest.length > 0 && this.sent < this.mayUpTo) {
      const piece = waiting.rest.subarray(0, Math.min(PIECE, this.mayUpTo - this.sent));
      this.say(TUNNEL_KIND.DATA, piece);
      this.sent += piece.length;
      this.movedAt = this.saidAt;
      waiting.rest = waiting.rest.subarray(piece.length);
    }
    if (waiting.rest.length > 0) return;
    this.waiting = undefined;
    waiting.done();
  }

  private say(kind: TunnelKind, body?: Uint8Array): void {
    this.wire.send(tunnelFrame(kind, this.sendSeq, body));
    this.sendSeq = (this.sendSeq + 1) >>> 0;
    this.saidAt = this.wire.now();
  }
}
