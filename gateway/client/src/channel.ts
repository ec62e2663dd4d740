/** What every upstream subscription shares: its place in the registry, its questions, its way back after a loss. */
import type { ClientFrame, ServerFrame } from '@xanthus/proto';
import { asError, type XanthusError } from './error.js';
import { retryDelay } from './socket.js';

export interface Channel {
  /** `kv:<bucket>`, `js:<stream>` or a subject. */
  readonly target: string;
  /** Pattern or filter; `>` where none was given. */
  readonly pattern: string;
  /** The connection is live: subscribe, or resume. */
  up(): void;
  down(): void;
  message(data: unknown): void;
  /** The gateway ended it (REVOKED …), or the client was closed. */
  refused(error: XanthusError): void;
  /** The rights changed. */
  rights(): void;
  /** Tells its listeners, once per batch of frames. */
  flush?(): void;
  /** The client is closed: no timer outlives it. */
  dispose(error: XanthusError): void;
}

/** What a channel needs of the client. */
export interface Hub {
  /** False while not live. `answer` is called at most once, and never after the connection was lost. */
  ask(frame: ClientFrame, answer: (frame: ServerFrame) => void): boolean;
  tell(frame: ClientFrame): void;
  remove(channel: Channel): void;
  /** Has `flush` of this channel called after the present batch. */
  touched(channel: Channel): void;
}

export const channelKey = (target: string, pattern: string): string => `${target} ${pattern}`;

export interface Subscriber {
  /** (Re)subscribes; a subscription that is open at the gateway must have been closed by `again`. */
  open(): void;
  /** Closes upstream and subscribes anew, at once. */
  again(): void;
  /** Nothing that is still on its way is answered any more. */
  reset(): void;
}

interface SubscriberOptions {
  readonly hub: Hub;
  readonly frame: () => ClientFrame;
  readonly unsubscribe: ClientFrame;
  readonly accepted: (data: unknown) => void;
  readonly refused: (error: XanthusError) => void;
}

/** Sends a subscribe frame until it is accepted or refused for good. Answers to an earlier one are ignored. */
export const createSubscriber = ({ hub, frame, unsubscribe, accepted, refused }: SubscriberOptions): Subscriber => {
  let round = 0;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = (): void => {
    const mine = ++round;
    clearTimeout(timer);
    hub.ask(frame(), answer => {
      if (mine !== round) return;
      if (answer.op === 'reply') {
        attempt = 0;
        accepted(answer.data);
        return;
      }
      const error = asError(answer.data);
      const mixedUp = error.code === 'ALREADY_SUBSCRIBED' && attempt < 3;
      if (!error.retryable && !mixedUp) refused(error);
      else timer = setTimeout(mixedUp ? again : open, 250 + retryDelay(++attempt));
    });
  };
  const again = (): void => {
    hub.tell(unsubscribe);
    open();
  };
  return { open, again, reset: () => { round++; attempt = 0; clearTimeout(timer); } };
};
