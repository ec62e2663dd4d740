/** Frames of a client, and their pace: the gateway takes a hundred a second. */
import { TTY_KIND } from '@xanthus/proto';

/** The first goes at once, so that an echo waits for nothing; what follows within this time goes together, ms. */
const INPUT_EVERY = 25;
/** Less than a frame may have. */
const INPUT_FRAME = 32 * 1024;
/** At most so much waits: more was pasted than a shell reads. */
export const INPUT_MOST = 8 * 1024 * 1024;

/** Parsed bytes are granted again in steps; this many at once, or what there is after a while. */
const CREDIT_STEP = 64 * 1024;
const CREDIT_EVERY = 16;

type Timer = ReturnType<typeof setTimeout> | undefined;

export interface InputQueue { /** @returns false: too much waits */ push(bytes: Uint8Array): boolean; clear(): void }

export const inputQueue = (send: (frame: Uint8Array) => void): InputQueue => {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let timer: Timer;
  const flush = (): void => {
    timer = undefined;
    if (size === 0) return;
    const all = joined(waiting, size);
    const part = all.subarray(0, INPUT_FRAME);
    const rest = all.subarray(part.length);
    waiting = rest.length > 0 ? [rest] : [];
    size = rest.length;
    const frame = new Uint8Array(1 + part.length);
    frame[0] = TTY_KIND.INPUT;
    frame.set(part, 1);
    timer = setTimeout(flush, INPUT_EVERY);
    send(frame);
  };
  return {
    push: bytes => {
      if (size + bytes.length > INPUT_MOST) return false;
      waiting.push(bytes);
      size += bytes.length;
      if (timer === undefined) flush();
      return true;
    },
    clear: () => {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
      size = 0;
    },
  };
};

const joined = (parts: readonly Uint8Array[], size: number): Uint8Array => {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};

/** Grants what was parsed. The first `held` bytes are never granted: the window is smaller than what the gateway begins with, so that little is pending here. */
export interface CreditMeter { parsed(bytes: number): void; clear(): void }

export const creditMeter = (grant: (bytes: number) => void, held: number): CreditMeter => {
  let owed = -held;
  let timer: Timer;
  const flush = (): void => {
    timer = undefined;
    if (owed < CREDIT_STEP) return;
    const bytes = owed;
    owed = 0;
    timer = setTimeout(flush, CREDIT_EVERY);
    grant(bytes);
  };
  return {
    parsed: bytes => {
      owed += bytes;
      if (owed >= CREDIT_STEP && timer === undefined) flush();
    },
    clear: () => {
      clearTimeout(timer);
      timer = undefined;
      owed = -held;
    },
  };
};
