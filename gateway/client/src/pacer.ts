/**
 * Keeps to the gateway's limit of frames per second (`hello.limits`): after a reconnect hundreds of subscriptions would
 * otherwise be refused as RATE_LIMITED. Order is kept.
 */
export interface Pacer {
  send(text: string): void;
  /** Forgets what waits. */
  stop(): void;
}

/** A tenth is left for what is not counted here (control frames, the clocks of both sides). */
const SHARE = 0.9;

export const createPacer = (write: (text: string) => void, limits: { readonly frames_per_second: number; readonly burst: number }): Pacer => {
  const perMs = (limits.frames_per_second * SHARE) / 1_000;
  const most = Math.max(1, limits.burst * SHARE);
  const waiting: string[] = [];
  let tokens = most;
  let filledAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    timer = undefined;
    const now = Date.now();
    tokens = Math.min(most, tokens + Math.max(0, now - filledAt) * perMs);
    filledAt = now;
    let sent = 0;
    while (sent < waiting.length && tokens >= 1) {
      tokens -= 1;
      write(waiting[sent++] as string);
    }
    waiting.splice(0, sent);
    if (waiting.length > 0) timer = setTimeout(flush, Math.ceil((1 - tokens) / perMs));
  };

  return {
    send: text => {
      waiting.push(text);
      if (timer === undefined) flush();
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
      waiting.length = 0;
    },
  };
};
