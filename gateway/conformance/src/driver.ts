/**
 * What a black box cannot do by itself: publish behind the gateway, write rights, break NATS. A driver has those parts that it
 * can; rows that need another one are reported as skipped. `nats-driver.ts` is one for any NATS that it may write to.
 */
import type { CapabilityDocument } from '@xanthus/proto';

export interface Driver {
  readonly identities?: Identities;
  readonly streams?: Streams;
  readonly buckets?: Buckets;
  readonly signals?: Signals;
  readonly services?: Services;
  readonly terminals?: Terminals;
  /** The sign of life of auth's projector, by which the gateway knows that rights are current. */
  readonly heartbeat?: Pausable;
  /** NATS itself. */
  readonly outage?: Pausable;
  /** Another gateway on the same NATS. */
  readonly gateways?: Gateways;
}

export interface Person {
  readonly id: string;
  readonly tenant: string;
  readonly session: string;
  /** `life`: seconds until it expires, may be negative. `forged`: signed with a key that nobody knows. */
  token(o?: { readonly life?: number; readonly forged?: boolean }): Promise<string>;
  /** Writes the capability document. */
  grant(rights: Partial<CapabilityDocument>): Promise<void>;
  /** Deletes the capability document. */
  strip(): Promise<void>;
  endSession(): Promise<void>;
}

export interface Identities {
  /** Somebody new with an open session and these rights. */
  person(tenant: string, rights: Partial<CapabilityDocument>): Promise<Person>;
}

export interface Streams {
  /** A new empty stream for `evt.<tenant>.conformance.<something>.>`. */
  create(tenant: string): Promise<TestStream>;
  /** A stream that the installation has anyway, and a filter of this tenant in it. */
  installed(tenant: string): { readonly name: string; readonly filter: string };
}

export interface TestStream {
  readonly name: string;
  /** Everything in it: `….>`. */
  readonly filter: string;
  subject(id: string): string;
  /** @returns its sequence */
  publish(id: string, payload: unknown): Promise<number>;
  /** Many at once, in order; `of(i)` says id and payload. @returns their sequences */
  publishAll(n: number, of: (i: number) => readonly [id: string, payload: unknown]): Promise<number[]>;
  /** Deletes everything before a sequence. */
  trim(before: number): Promise<void>;
  /** Deletes the stream and makes it anew, empty. */
  recreate(): Promise<void>;
  remove(): Promise<void>;
}

export interface Buckets {
  /** Name in the protocol. */
  readonly bucket: string;
  /** @returns the revision */
  put(key: string, value: unknown): Promise<number>;
  putRaw(key: string, value: Uint8Array): Promise<number>;
  del(key: string): Promise<number>;
  /** Deletes the bucket and makes it anew, empty. */
  recreate(): Promise<void>;
}

export interface Signals {
  publish(subject: string, payload: unknown): void;
  publishRaw(subject: string, payload: Uint8Array): void;
  flush(): Promise<void>;
}

/** A request as a service gets it. */
export interface Asked {
  readonly subject: string;
  readonly data: unknown;
  readonly header: (name: string) => string | undefined;
}
export interface Services {
  /** Answers `cmd.…` or `qry.…` until stopped. Undefined: never answers. */
  answer(subject: string, answer: (asked: Asked) => Promise<Answered | undefined> | Answered | undefined): Promise<{ stop(): void }>;
}
export interface Answered { readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }

export interface Terminals {
  /** Serves this session until stopped. */
  open(tenant: string, session: string): Promise<Terminal>;
}
export interface Terminal {
  /** What was typed so far. */
  typed(): string;
  /** Whatever the shell writes. */
  write(bytes: Buffer): void;
  /** A control frame to everyone who looks: `state`, `viewers`, `exit` … */
  say(control: { readonly op: string; readonly [field: string]: unknown }): void;
  /** Keeps no byte before the head any more: there only the screen is left. */
  trim(): void;
  stop(): void;
}

export interface Pausable {
  /** @returns how to make it go on */
  pause(): Promise<() => Promise<void>>;
}

export interface Gateways {
  start(): Promise<{ readonly url: string; /** As SIGTERM does. */ stop(): Promise<void> }>;
}
