/** A stream as the gateway needs it. `nats-stream-source.ts` is the real one; the model in the specs is another. */
export interface StoredMessage {
  readonly seq: number;
  readonly subject: string;
  /** ISO 8601, milliseconds. */
  readonly time: string;
  readonly data: Uint8Array;
}

export interface StreamFacts {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  /** When that was so, by the clock that stamps messages; ms since 1970. */
  readonly at: number;
  /** Messages may go: by a limit, by purge or one by one. */
  readonly trimmable: boolean;
}

export interface SourcePage {
  readonly messages: readonly StoredMessage[];
  /** Nothing that matches lies between the last of `messages` and the end of the stream at the time of asking. */
  readonly complete: boolean;
}

export interface StreamSource {
  /** @throws Refused NOT_FOUND if there is no such stream, UNAVAILABLE if NATS does not answer */
  facts(): Promise<StreamFacts>;
  /** Messages after a sequence that match, in order. */
  page(after: number, filter: string, max: number): Promise<SourcePage>;
  /** When the message was stored; undefined if it is gone. */
  timeOf(seq: number): Promise<string | undefined>;
  /** Sequence of the first message stored at that time or later; undefined: none yet. */
  firstAt(time: string): Promise<number | undefined>;
  /**
   * Every message after a sequence, in order, from now on, of this incarnation and no other. `onBroken`: it will tell no more.
   * @throws Refused UNAVAILABLE if the stream is another one, or not there now
   */
  follow(from: { readonly after: number; readonly epoch: string }, onMessage: (message: StoredMessage) => void, onBroken: (reason: string) => void): Promise<{ stop(): void }>;
}
