import type { NatsConnection } from '@nats-io/transport-node';

/** Where terminals' bytes go: a connection of their own, so that no flood stands before a command. */
export interface Wire {
  readonly nc: NatsConnection;
  publish(subject: string, frame: Uint8Array): void;
  /** So much is under way that nothing more is read for it, or the connection is away. */
  readonly full: boolean;
  /** Called whenever it is full no more, until the returned function is. */
  onFree(free: () => void): () => void;
  stop(): void;
}

/** What may be under way to the server. */
const MOST = 2 * 1024 * 1024;
const STEP = 256 * 1024;
/** How long a server that is away holds shells back, ms: longer, and they go on without anybody who looks. */
const PATIENCE = 10_000;

export const openWire = (nc: NatsConnection): Wire => {
  const waiting = new Set<() => void>();
  let away = false;
  let patience: NodeJS.Timeout | undefined;
  let underway = 0;
  let unflushed = 0;
  let generation = 0;
  const free = (): void => {
    if (away || underway > MOST) return;
    for (const go of waiting) go();
  };
  const flush = (): void => {
    const bytes = unflushed;
    unflushed = 0;
    const of = generation;
    const arrived = (): void => {
      if (of !== generation) return;
      underway -= bytes;
      free();
    };
    nc.flush().then(arrived, arrived);
  };
  const gone = (): void => {
    away = true;
    // What was under way is lost: gateways ask for what they miss.
    generation += 1;
    underway = unflushed = 0;
    clearTimeout(patience);
    patience = setTimeout(() => {
      away = false;
      free();
    }, PATIENCE).unref();
  };
  const back = (): void => {
    clearTimeout(patience);
    away = false;
    free();
  };
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') gone();
      else if (status.type === 'reconnect') back();
    }
  })();
  return {
    nc,
    publish(subject, frame) {
      // A service that stops closes its connections while shells still write.
      if (away || nc.isClosed() || nc.isDraining()) return;
      nc.publish(subject, frame);
      underway += frame.length;
      unflushed += frame.length;
      if (unflushed >= STEP) flush();
    },
    get full() { return away || underway > MOST; },
    onFree(go) {
      waiting.add(go);
      return () => void waiting.delete(go);
    },
    stop() { clearTimeout(patience); },
  };
};
