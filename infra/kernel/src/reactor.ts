import type { RecordedEvent } from './event.js';

/** What a reactor is told beside the event. */
export interface ReactorContext { /** 1 for the first delivery. */ readonly delivery: number; readonly signal: AbortSignal }

/**
 * Does something outside when an event was stored: at least once, from a durable consumer. The file name is the sentence
 * (`release-dns-when-server-deleted.ts`). It records its intent before an external effect and looks up before a retry.
 */
export interface Reactor {
  /** Name of the durable consumer, `[a-z0-9-]+`. */
  readonly name: string;
  /** Event types that it wants; others are acknowledged unread. */
  readonly types: readonly string[];
  /** Throw to be called again (300 ms, 600 ms, 1.2 s … 5 min); `GiveUp` parks the event with an alarm. */
  react(event: RecordedEvent, context: ReactorContext): Promise<void>;
}

export class GiveUp extends Error {
  override readonly name = 'GiveUp';
}

/** A process: the same triple as an aggregate; its input is events, its output commands. */
export interface Process<S, In extends { readonly type: string }, Out> {
  readonly initialState: S;
  evolve(state: S, event: In): S;
  /** Pure: which commands does this event cause, given the state before it? */
  react(state: S, event: In): readonly Out[];
}
