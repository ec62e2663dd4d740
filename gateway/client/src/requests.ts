/** Commands and queries that wait for their answer, through any number of reconnects. */
import {
  commandSubject, querySubject, type BlobReference, type ClientFrame, type CommandContract, type QueryContract, type ServerFrame,
} from '@xanthus/proto';
import { asError, failure, XanthusError } from './error.js';
import { randomId } from './socket.js';
import type { AskOptions, CommandOptions } from './types.js';
import { tooLarge, type Upload } from './upload.js';

/** On top of the contract's deadline: the way there and back, and a reconnect. */
const MARGIN_MS = 2_000;
const UPLOAD_RETRY_MS = 500;
const pause = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });
/** That wait for a connection, unless `connect` was told another number. */
export const QUEUE = 256;

interface Pending {
  readonly frame: ClientFrame;
  /** It may have taken effect. */
  sent: boolean;
  resolve(output: unknown): void;
  reject(error: XanthusError): void;
  timer: ReturnType<typeof setTimeout>;
  /** Called when it is sent for the first time. */
  readonly leaves: () => void;
}

export interface Requests {
  /** @throws TypeError the contract needs an id. */
  ask(contract: CommandContract | QueryContract, input: unknown, tenant: string, options: CommandOptions & AskOptions): Promise<unknown>;
  /** Sends what was never answered, with the same idempotency keys. */
  up(): void;
  /** True: the frame was an answer to one of these. */
  answer(frame: ServerFrame): boolean;
  end(reason: XanthusError): void;
}

const targetOf = (contract: CommandContract | QueryContract, tenant: string, id: string | undefined): string => {
  const free = contract.kind === 'command' ? 'new' : 'all';
  if (contract.on === 'id' && id === undefined) throw new TypeError(`${contract.service}: this ${contract.kind} needs an id`);
  return contract.kind === 'command'
    ? commandSubject({ tenant, service: contract.service, aggregate: contract.aggregate, id: contract.on === 'id' ? (id ?? free) : free, verb: contract.verb })
    : querySubject({ tenant, service: contract.service, question: contract.question, id: id ?? free });
};

/** @param room how many may wait for a connection. @param live resolves when there is one */
export const createRequests = (send: (frame: ClientFrame) => boolean, { upload, live, room = QUEUE }: { readonly upload: Upload; live(signal: AbortSignal): Promise<unknown>; readonly room?: number | undefined }): Requests => {
  const pending = new Map<string, Pending>();
  /** Of those, never sent. */
  let waiting = 0;
  let count = 0;
  let ended: XanthusError | undefined;

  /** Nothing has taken effect yet, so a failure on the way is tried again as long as there is time. */
  const carried = async (target: string, text: string, ms: number): Promise<BlobReference> => {
    const signal = AbortSignal.timeout(ms);
    for (;;) {
      try {
        await live(signal);
        if (!ended) return await upload(target, text, signal);
        throw ended;
      } catch (error) {
        if (ended) throw failure('UNAVAILABLE', `The client is closed: ${ended.message}`, false, { reason: ended.code });
        if (signal.aborted) throw failure('EXPIRED', 'The input could not be uploaded in time; nothing was sent.', true, { target });
        if (!(error instanceof XanthusError) || error.code !== 'UNAVAILABLE') throw error;
        await pause(UPLOAD_RETRY_MS);
      }
    }
  };

  const ask: Requests['ask'] = async (contract, input, tenant, options) => {
    const target = targetOf(contract, tenant, options.id);
    const timeout = options.timeout ?? contract.deadline + MARGIN_MS;
    const text = tooLarge(input);
    const data = text === undefined ? input : await carried(target, text, options.expiry ?? timeout);
    if (ended) throw failure('UNAVAILABLE', `The client is closed: ${ended.message}`, false, { reason: ended.code });
    const inbox = `c${++count}`;
    const frame: ClientFrame = {
      op: 'cmd', target, inbox, data, ...(contract.kind === 'command' ? { idempotency_key: options.idempotencyKey ?? randomId() } : {}),
      ...(contract.kind === 'command' && options.expectedSeq !== undefined ? { expected_seq: options.expectedSeq } : {}),
    };
    return new Promise((resolve, reject) => {
      const expired = (): void => {
        pending.delete(inbox);
        if (!entry.sent) waiting--;
        reject(entry.sent
          ? failure('TIMEOUT', 'No answer came in time; it may still take effect. Repeat it with the same idempotency key.', true, { target })
          : failure('EXPIRED', 'There was no connection in time; nothing was sent.', true, { target }));
      };
      const entry: Pending = {
        frame, sent: false, resolve, reject,
        timer: setTimeout(expired, options.expiry ?? timeout),
        leaves: () => {
          entry.sent = true;
          waiting--;
          if (options.expiry === undefined || !pending.has(inbox)) return;
          clearTimeout(entry.timer);
          entry.timer = setTimeout(expired, timeout);
        },
      };
      pending.set(inbox, entry);
      waiting++;
      if (send(frame)) return entry.leaves();
      if (waiting <= room) return;
      pending.delete(inbox);
      waiting--;
      clearTimeout(entry.timer);
      reject(failure('QUEUE_FULL', `There is no connection, and ${room} wait for one already; nothing was sent.`, true, { target }));
    });
  };

  return {
    ask,
    up: () => {
      for (const entry of pending.values()) if (send(entry.frame) && !entry.sent) entry.leaves();
    },
    answer: frame => {
      const entry = frame.inbox === undefined ? undefined : pending.get(frame.inbox);
      if (!entry || frame.inbox === undefined) return false;
      if (frame.op === 'error') {
        const error = asError(frame.data);
        // The next gateway answers it.
        if (error.code === 'DRAINING') return true;
        entry.reject(error);
      } else entry.resolve(frame.data);
      clearTimeout(entry.timer);
      pending.delete(frame.inbox);
      return true;
    },
    end: reason => {
      ended = reason;
      for (const entry of pending.values()) {
        clearTimeout(entry.timer);
        entry.reject(failure('UNAVAILABLE', `The client was closed before an answer came: ${reason.message}`, false, { reason: reason.code, sent: entry.sent }));
      }
      pending.clear();
      waiting = 0;
    },
  };
};
