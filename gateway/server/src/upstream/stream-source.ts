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
  /** Every message after a sequence, in order, from now on. `onBroken`: it will tell no more. */
  follow(after: number, onMessage: (message: StoredMessage) => void, onBroken: (reason: string) => void): Promise<{ stop(): void }>;
}
