/** The public shapes of a terminal's socket (`docs/gateway.md`, Terminals). */
import type { Problem } from '@xanthus/proto';
import type { XanthusError } from './error.js';
import type { Observable } from './observable.js';
import type { Logger } from './types.js';

/** The part of a WebSocket that a terminal uses: the browser's, Node's (≥ 22) and `ws` all fit. */
export interface BinarySocket {
  readonly readyState: number;
  binaryType: string;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', fn: (event: never) => void): void;
}
export type BinarySocketConstructor = new (url: string, protocols: string[]) => BinarySocket;

/** Whoever draws it. All calls come in the order of the session; `parsed` says that the bytes were taken in, and is what credit follows. */
export interface TerminalScreen {
  write(bytes: Uint8Array, parsed: () => void): void;
  /** What was shown is void: a snapshot that rebuilds screen and scrollback follows. */
  reset(): void;
  /** The size of the session from here on. */
  resize(cols: number, rows: number): void;
  /** Output that nobody will show: a viewer fell too far behind. */
  skipped?(from: number, to: number): void;
}

export interface TerminalViewer { readonly viewer: string; readonly person: string; readonly role: string; readonly types: boolean; readonly driver: boolean }

/** How a session ended, as its service says. */
export interface TerminalExit { readonly code: number | null; readonly signal: string | null; readonly reason: string; readonly message: string; readonly problem?: string | null }

/**
 * `connecting`: for the first time. `replaying`: attached; what was missed is on its way, nothing can be typed. `live`. `reconnecting`: lost, tried again at `retry_at`.
 * `interrupted`: attached, and the host cannot be reached. `ended`: for good; `reason` is why it cannot be reached, `exit` how the session ended.
 */
export type TerminalState = 'connecting' | 'replaying' | 'live' | 'reconnecting' | 'interrupted' | 'ended';
export interface TerminalStatus { readonly state: TerminalState; readonly since: number; readonly retry_at?: number; readonly reason?: Problem; readonly exit?: TerminalExit; /** Of the session: `opening` until the shell runs. */ readonly opening?: boolean }

/** What is known of the session beside its bytes; undefined before the first `hello`. */
export interface TerminalFacts {
  readonly session: string; /** Which of the viewers this one is. */ readonly viewer: string; readonly cols: number; readonly rows: number;
  /** Role of this viewer, `owner`, `peer`, `observer`, `moderator`; and whether it may type. */ readonly mode: string; readonly types: boolean;
  readonly recording: boolean; readonly title: string; readonly viewers: readonly TerminalViewer[]; /** How many look, also where who is not told. */ readonly watching: number;
  /** Nobody's input reaches the shell, and why. */ readonly paused: string | undefined;
  /** It ends at this time unless somebody stays. */ readonly warning: { readonly reason: string; readonly ends_at: string } | undefined;
}

export interface TerminalOptions {
  /** Base of the installation, as for `connect`. */
  readonly url: string;
  readonly session: string;
  readonly token: string | (() => Promise<string>);
  readonly screen: TerminalScreen;
  /** Bytes of this session that the screen has; left out: it has none. */
  readonly offset?: number;
  readonly WebSocket?: unknown;
  readonly log?: Logger;
  /** What the gateway or service refuses without ending the session (`DENIED`, `RATE_LIMITED`, …). */
  onRefused?(why: XanthusError): void;
}

export interface Terminal {
  readonly status: Observable<TerminalStatus>;
  readonly facts: Observable<TerminalFacts | undefined>;
  /** Round trip to the gateway, ms. */
  readonly latency: Observable<number | undefined>;
  /** Of the next byte. */
  readonly offset: number;
  /** @returns false: not taken, because it is not live, a replay is not parsed yet, or one may only watch */
  input(data: string | Uint8Array): boolean;
  /** The size that this viewer has room for. It counts while this viewer drives; sent again after a reconnect. */
  resize(cols: number, rows: number): void;
  /** The terminal takes this viewer's size. */
  take(): void;
  signal(name: string): void;
  /** Ends the wait for the next attempt. */
  reconnectNow(): void;
  close(): void;
}
