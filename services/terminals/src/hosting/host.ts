/** What the rest of the service asks of whoever holds shells. */
import type { SESSION_ENDS, SessionRole } from '@xanthus/proto/terminals';
import type { StateOfSession } from '../session/session.js';

export type HowEnded = (typeof SESSION_ENDS)[number];

/** The shells of this copy, and the way to those of other copies: what is not held here is asked of who does, over NATS. */
export interface Host {
  /** Begins to hold it; nothing if this copy does already. At `open`, and when the keeper takes one up that nobody holds (then `state.status` is `interrupted`, or `opening` once more). */
  start(state: StateOfSession): void;
  /** Does this copy hold it? */
  has(tenant: string, session: string): boolean;
  /** Does any copy? Rejects where nobody can say (NATS is away). */
  held(tenant: string, session: string): Promise<boolean>;
  /** Who may what has changed: `SessionDoor.roleOf` is asked again for every viewer, `moderated` too. */
  review(tenant: string, session: string): void;
  /** A control frame to everybody who watches. */
  say(tenant: string, session: string, control: object): void;
  /** As somebody commanded; the PTY gets this size. */
  resize(tenant: string, session: string, cols: number, rows: number): void;
  /** The shell is hung up, viewers get `exit {reason: how, message}` and are out. Nothing if nobody holds it. */
  end(tenant: string, session: string, how: { readonly how: HowEnded; readonly message: string }): Promise<void>;
  /** When somebody typed last, ms since 1970, of a session that this copy holds; 0: nobody has. */
  lastTyped(tenant: string, session: string): number;
  /** Durable ones are left on their hosts; the others hang up. */
  stop(): Promise<void>;
}

/** What a host tells of a session. None of them throws: they are tried until they are written, in order. */
export interface SessionNotes {
  opened(a: { readonly user: string; readonly address: string; readonly hostKey: string }): Promise<void>;
  interrupted(m: { readonly message: string; readonly problem: string | null }): Promise<void>;
  resumed(): Promise<void>;
  attached(v: { readonly viewer: string; readonly person: string; readonly role: SessionRole }): void;
  detached(v: { readonly viewer: string; readonly person: string; readonly why: 'left' | 'lost' | 'unshared' | 'rights' | 'ended' }): void;
  /** Of many in a row the last is written. */
  resized(cols: number, rows: number): void;
  commandRan(c: { readonly offset: number; readonly startedAt: string; readonly durationMs: number; readonly exitCode: number | null; readonly confidence: 'marked' | 'guessed' }): void;
  ended(e: { readonly how: HowEnded; readonly code: number | null; readonly signal: string | null; readonly message: string; readonly problem: string | null }): Promise<void>;
}

/** Who may be in a session, and what there. */
export interface SessionDoor {
  /**
   * At attach and at every `review`. `moderated`: what is typed reaches the shell only while a moderator watches (`isPaused` of session/moderation.ts).
   * @throws Refusal SESSION.NOT_FOUND, SESSION.ENDED, SESSION.NOT_INVITED, SESSION.MAY_NOT: such a viewer is out. Anything else (UNAVAILABLE): nothing can be said now; who is in stays, who is not comes again.
   */
  roleOf(tenant: string, session: string, person: string): Promise<{ readonly role: SessionRole; readonly types: boolean; readonly moderated: boolean }>;
}
