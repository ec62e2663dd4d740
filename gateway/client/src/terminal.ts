/**
 * A terminal's socket, `/ws/terminal/{session}`: every byte of the output once and in order, through any number of reconnects, at the pace at which the screen
 * takes it in. Loaded apart from the rest of the SDK: `import { openTerminal } from '@xanthus/client/terminal'`.
 */
import { mayReconnect, parseTtyFrame, TTY_SUB_PROTOCOL, ttyControl, type Problem } from '@xanthus/proto';
import { asError, asTokenError } from './error.js';
import { value, type Observable } from './observable.js';
import { discard, retryDelay, socketConstructor, socketUrl, watchNetwork } from './socket.js';
import { creditMeter, inputQueue } from './terminal-frames.js';
import { exitOf, factsAfter, factsOf } from './terminal-facts.js';
import type { BinarySocket, BinarySocketConstructor, Terminal, TerminalExit, TerminalFacts, TerminalOptions, TerminalState, TerminalStatus } from './terminal-types.js';

export type { BinarySocket, Terminal, TerminalExit, TerminalFacts, TerminalOptions, TerminalScreen, TerminalState, TerminalStatus, TerminalViewer } from './terminal-types.js';
export { XanthusError } from './error.js';

/** From opening the socket to `hello`; a session whose service starts takes its time. */
const CONNECT_MS = 15_000;
const PING_EVERY = 15_000;
const PONG_MS = 10_000;
const WAKE_PONG_MS = 2_000;
/** A connection that lived so long starts the backoff anew. */
const STABLE_MS = 5_000;
/** Output may follow `exit` for who is behind; so long after the last of it the session is over here. */
const LAST_WORDS_MS = 300;
/** Of the 512 KiB that the gateway begins with, a half is never renewed: at most 256 KiB are pending here. */
const HELD = 256 * 1024;

const LOST: Problem = { code: 'UNAVAILABLE', message: 'The connection was lost.', retryable: true };
const UNREACHED: Problem = { code: 'UNAVAILABLE', message: 'The server cannot be reached.', retryable: true };
const SILENT: Problem = { code: 'UNAVAILABLE', message: 'The gateway does not answer.', retryable: true };
const GAP: Problem = { code: 'BAD_FRAME', message: 'Output was missing; it is asked for again.', retryable: true };

type Timer = ReturnType<typeof setTimeout> | undefined;
type Control = { readonly op: string; readonly [field: string]: unknown };

/** @throws TypeError bad url or session, no WebSocket */
export const openTerminal = (options: TerminalOptions): Terminal => {
  if (!/^[a-z0-9-]{1,64}$/.test(options.session)) throw new TypeError(`not a session: ${JSON.stringify(options.session)}`);
  const opened = new TerminalLink(options, `${socketUrl(options.url)}/terminal/${options.session}`, socketConstructor(options.WebSocket) as unknown as BinarySocketConstructor);
  opened.start();
  return opened;
};

class TerminalLink implements Terminal {
  readonly #status = value<TerminalStatus>({ state: 'connecting', since: Date.now() });
  readonly #facts = value<TerminalFacts | undefined>(undefined);
  readonly #latency = value<number | undefined>(undefined);
  readonly status: Observable<TerminalStatus> = this.#status;
  readonly facts: Observable<TerminalFacts | undefined> = this.#facts;
  readonly latency: Observable<number | undefined> = this.#latency;
  /** Names this attempt; an event of an earlier one is nobody's business. */
  #round = 0;
  #attempt = 0;
  #socket: BinarySocket | undefined;
  #reason: Problem | undefined;
  #renewed = false;
  #liveSince = 0;
  /** Of the next byte; undefined: the screen has nothing yet. */
  #position: number | undefined;
  #parsed = 0;
  /** Input waits until the screen shows everything up to here. */
  #gate: number | undefined;
  /** A marker said that output goes on here. */
  #marked: number | undefined;
  #attached = false;
  #host: 'opening' | 'open' | 'interrupted' = 'open';
  #hostSays: string | undefined;
  #exit: TerminalExit | undefined;
  #wish: { readonly cols: number; readonly rows: number } | undefined;
  #pinged: number | undefined;
  #timers = new Map<'retry' | 'connect' | 'ping' | 'pong' | 'last', Timer>();
  readonly #input = inputQueue(frame => this.#send(frame));
  readonly #credit = creditMeter(bytes => this.#control({ op: 'credit', bytes }), HELD);
  readonly #stopWatching: () => void;

  constructor(private readonly options: TerminalOptions, private readonly url: string, private readonly Socket: BinarySocketConstructor) {
    this.#position = options.offset;
    this.#parsed = options.offset ?? 0;
    this.#stopWatching = watchNetwork(() => this.#wake());
  }

  get offset(): number {
    return this.#position ?? 0;
  }

  start(): void {
    void this.#connect();
  }

  input(data: string | Uint8Array): boolean {
    if (this.#status.get().state !== 'live' || this.#facts.get()?.types !== true || this.#exit !== undefined) return false;
    return this.#input.push(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  resize(cols: number, rows: number): void {
    if (cols === this.#wish?.cols && rows === this.#wish.rows) return;
    this.#wish = { cols, rows };
    if (this.#attached) this.#act({ op: 'resize', cols, rows });
  }
  take(): void {
    this.#act({ op: 'take' });
  }
  signal(name: string): void {
    this.#act({ op: 'signal', signal: name });
  }

  reconnectNow(): void {
    if (this.#timers.get('retry') === undefined) return;
    this.#leave();
    void this.#connect();
  }

  close(): void {
    this.#end(undefined);
  }

  async #connect(): Promise<void> {
    const round = ++this.#round;
    const wasBefore = this.#facts.get() !== undefined;
    this.#enter(wasBefore ? 'reconnecting' : 'connecting', this.#reason);
    let token: string;
    try {
      token = typeof this.options.token === 'string' ? this.options.token : await this.options.token();
    } catch (error) {
      if (round !== this.#round) return;
      const why = asTokenError(error);
      return why.retryable ? this.#retry(why) : this.#end(why);
    }
    if (round !== this.#round) return;
    const socket = new this.Socket(this.#position === undefined ? this.url : `${this.url}?offset=${this.#position}`, [TTY_SUB_PROTOCOL]);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    let open = false;
    this.#arm('connect', CONNECT_MS, () => this.#lost(SILENT));
    const on = <E>(type: 'open' | 'message' | 'close' | 'error', fn: (event: E) => void): void => socket.addEventListener(type, (event: E) => { if (this.#socket === socket) fn(event); });
    on('open', () => {
      open = true;
      this.#control({ op: 'auth', token });
    });
    on('message', (event: { data: unknown }) => this.#read(event.data));
    // The close that follows says all there is to say.
    on('error', () => {});
    on('close', (event: { code: number }) => this.#closed(event.code, open));
  }

  #read(data: unknown): void {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data instanceof Uint8Array ? data : undefined;
    const frame = bytes && parseTtyFrame(bytes);
    if (frame === undefined) return this.#lost({ code: 'BAD_FRAME', message: 'The gateway sent something that is no frame.', retryable: true });
    if (frame.kind === 'control') return this.#heard(frame.control);
    if (frame.kind === 'snapshot') return this.#snapshot(frame.offset, frame.bytes);
    this.#output(frame.offset, frame.bytes);
  }

  /** Each byte once: a repeat is cut off, a hole that no marker announced is asked for again. */
  #output(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    // Without a position the screen is empty: where it does not begin at the beginning, that is said.
    if (this.#position === undefined && offset > 0) this.#skip(0, offset);
    this.#position = this.#marked ?? this.#position ?? offset;
    this.#marked = undefined;
    if (offset > this.#position) return this.#lost(GAP);
    const fresh = bytes.subarray(this.#position - offset);
    // What came twice was paid for with credit too.
    if (fresh.length < bytes.length) this.#credit.parsed(bytes.length - fresh.length);
    if (fresh.length === 0 || end <= this.#position) return;
    this.#position = end;
    this.#show(fresh, end);
  }

  #snapshot(offset: number, bytes: Uint8Array): void {
    this.#marked = undefined;
    this.#position = offset;
    this.options.screen.reset();
    this.#show(bytes, offset);
  }

  #show(bytes: Uint8Array, end: number): void {
    const round = this.#round;
    if (this.#exit !== undefined) this.#arm('last', LAST_WORDS_MS, () => this.#end(undefined));
    this.options.screen.write(bytes, () => {
      this.#parsed = end;
      if (round !== this.#round) return;
      this.#credit.parsed(bytes.length);
      this.#open();
    });
  }

  #skip(from: number, to: number): void {
    this.options.screen.skipped?.(from, to);
  }

  /** Nothing is typed into a shell whose screen is not there yet: what a replay makes a terminal answer must not reach it. */
  #open(): void {
    if (!this.#attached || this.#gate === undefined || this.#parsed < this.#gate) return;
    this.#gate = undefined;
    this.#liveSince = Date.now();
    this.#reason = undefined;
    this.#renewed = false;
    this.#settle();
  }

  /** The state while attached. */
  #settle(): void {
    if (!this.#attached || this.#status.get().state === 'ended') return;
    const why: Problem | undefined = this.#hostSays === undefined ? undefined : { code: 'SESSION.INTERRUPTED', message: this.#hostSays, retryable: true };
    this.#enter(this.#gate !== undefined ? 'replaying' : this.#host === 'interrupted' ? 'interrupted' : 'live', this.#host === 'interrupted' ? why : undefined);
  }

  #heard(control: Control): void {
    const { screen } = this.options;
    switch (control.op) {
      case 'hello': return this.#greet(control);
      case 'resize':
        if (typeof control['cols'] === 'number' && typeof control['rows'] === 'number') screen.resize(control['cols'], control['rows']);
        break;
      case 'marker':
        if (typeof control['skipped_from'] !== 'number' || typeof control['skipped_to'] !== 'number') return;
        this.#marked = control['skipped_to'];
        return this.#skip(control['skipped_from'], control['skipped_to']);
      case 'state':
        this.#host = control['state'] === 'opening' || control['state'] === 'interrupted' ? control['state'] : 'open';
        this.#hostSays = typeof control['message'] === 'string' && control['message'] !== '' ? control['message'] : undefined;
        return this.#settle();
      case 'exit':
        this.#exit = exitOf(control);
        return this.#arm('last', LAST_WORDS_MS, () => this.#end(undefined));
      case 'pong': return this.#ponged();
      case 'auth_expiring': return void this.#renew();
      case 'drain': return this.#drain(typeof control['reconnect_after_ms'] === 'number' ? control['reconnect_after_ms'] : 0);
      case 'error': {
        const why = asError(control);
        this.#reason = why;
        return this.options.onRefused?.(why);
      }
      default:
    }
    const facts = this.#facts.get();
    if (facts === undefined) return;
    const after = factsAfter(facts, control);
    this.#facts.set(after);
    // Who may type only now has told nobody yet how much room there is.
    if (after.types && !facts.types && this.#wish) this.#act({ op: 'resize', ...this.#wish });
  }

  #greet(control: Control): void {
    const facts = factsOf(control);
    if (facts === undefined) return this.#lost({ code: 'BAD_FRAME', message: 'The gateway sent a hello that says nothing.', retryable: true });
    const head = typeof control['offset'] === 'number' ? control['offset'] : 0;
    if (this.#position !== undefined && head < this.#position) return this.#anew();
    this.#stop('connect');
    this.#attached = true;
    this.#gate = head;
    this.#host = control['state'] === 'opening' || control['state'] === 'interrupted' ? control['state'] : 'open';
    this.#hostSays = undefined;
    this.options.screen.resize(facts.cols, facts.rows);
    this.#facts.set(facts);
    if (this.#wish) this.#act({ op: 'resize', ...this.#wish });
    this.#ping();
    this.#settle();
    // What was written before may be parsed only now: the screen is asked in its own order.
    const round = this.#round;
    this.options.screen.write(new Uint8Array(0), () => { if (round === this.#round) this.#open(); });
  }

  /** The session counts from the beginning again (its shell was found again by another copy of the service): so does the screen. */
  #anew(): void {
    this.#leave();
    this.#position = undefined;
    this.#parsed = 0;
    this.options.screen.reset();
    void this.#connect();
  }

  #ping(within = PONG_MS): void {
    if (!this.#attached || this.#pinged !== undefined) return;
    this.#pinged = performance.now();
    this.#arm('pong', within, () => this.#lost(SILENT));
    this.#control({ op: 'ping' });
  }
  #ponged(): void {
    if (this.#pinged === undefined) return;
    this.#latency.set(Math.round((performance.now() - this.#pinged) * 10) / 10);
    this.#pinged = undefined;
    this.#stop('pong');
    this.#arm('ping', PING_EVERY, () => this.#ping());
  }

  async #renew(): Promise<void> {
    if (typeof this.options.token === 'string') return;
    const round = this.#round;
    try {
      const token = await this.options.token();
      if (round === this.#round) this.#control({ op: 'auth', token });
    } catch (error) {
      // The close that follows is dealt with as any other.
      this.options.log?.debug({ error: String(error) }, 'no fresh token for a terminal');
    }
  }

  #drain(after: number): void {
    this.#reason = { code: 'DRAINING', message: 'This gateway is going away.', retryable: true };
    // The slots of all clients are spread by the gateway: no jitter on top.
    this.#arm('retry', after, () => {
      this.#leave();
      void this.#connect();
    });
  }

  #closed(code: number, open: boolean): void {
    if (this.#exit !== undefined) return this.#end(undefined);
    const reason = open ? this.#reason ?? LOST : UNREACHED;
    // A token that ran out (a laptop slept) is no reason to give up while a fresh one can be had.
    const renewable = reason.code === 'AUTH_EXPIRED' && typeof this.options.token === 'function' && !this.#renewed;
    if (renewable) this.#renewed = true;
    if (mayReconnect(code) || renewable) this.#lost(reason);
    else this.#end(reason);
  }

  #lost(reason: Problem): void {
    if (this.#exit !== undefined) return this.#end(undefined);
    this.#leave();
    this.#retry(reason);
  }

  #retry(reason: Problem): void {
    const delay = retryDelay(this.#attempt++);
    this.#reason = reason;
    this.options.log?.debug({ reason, delay, session: this.options.session }, 'terminal lost, will retry');
    this.#enter('reconnecting', reason, Date.now() + delay);
    this.#arm('retry', delay, () => void this.#connect());
  }

  #leave(): void {
    if (this.#liveSince > 0 && Date.now() - this.#liveSince >= STABLE_MS) this.#attempt = 0;
    this.#round++;
    this.#attached = false;
    this.#liveSince = 0;
    this.#gate = undefined;
    this.#marked = undefined;
    this.#pinged = undefined;
    this.#latency.set(undefined);
    this.#input.clear();
    this.#credit.clear();
    for (const name of this.#timers.keys()) this.#stop(name);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) discard(socket as never);
  }

  #end(reason: Problem | undefined): void {
    if (this.#status.get().state === 'ended') return;
    this.#leave();
    this.#stopWatching();
    this.#enter('ended', reason);
  }

  #wake(): void {
    if (this.#attached) this.#ping(WAKE_PONG_MS);
    else this.reconnectNow();
  }

  #enter(state: TerminalState, reason?: Problem, retry_at?: number): void {
    const before = this.#status.get();
    const problem = reason && { code: reason.code, message: reason.message, retryable: reason.retryable, ...(reason.details === undefined ? {} : { details: reason.details }) };
    this.#status.set({
      state, since: before.state === state ? before.since : Date.now(), ...(retry_at === undefined ? {} : { retry_at }), ...(problem ? { reason: problem } : {}),
      ...(this.#exit && state === 'ended' ? { exit: this.#exit } : {}), ...(this.#attached && this.#host === 'opening' ? { opening: true } : {}),
    });
  }

  /** What acts on the terminal: who may only watch is not refused for trying. */
  #act(control: object): void {
    if (this.#attached && this.#facts.get()?.types === true) this.#control(control);
  }
  #control(control: object): void {
    this.#send(ttyControl(control));
  }
  #send(frame: Uint8Array): void {
    if (this.#socket?.readyState === 1) this.#socket.send(frame);
  }
  #arm(name: 'retry' | 'connect' | 'ping' | 'pong' | 'last', ms: number, fn: () => void): void {
    this.#stop(name);
    this.#timers.set(name, setTimeout(() => {
      this.#timers.delete(name);
      fn();
    }, ms));
  }
  #stop(name: 'retry' | 'connect' | 'ping' | 'pong' | 'last'): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
