import type { NatsConnection } from '@nats-io/transport-node';

/** Is NATS there? Told at once when it goes and when it comes back. */
export interface NatsStatus {
  up(): boolean;
  onDown(fn: () => void): () => void;
  onUp(fn: () => void): () => void;
  /** The server that we are connected to says that it is about to go (lame-duck mode). */
  onLameDuck(fn: () => void): () => void;
}

export const watchStatus = (nc: NatsConnection): NatsStatus => {
  let up = true;
  const down = new Set<() => void>();
  const back = new Set<() => void>();
  const leaving = new Set<() => void>();
  const tell = (listeners: Set<() => void>): void => {
    for (const listener of listeners) listener();
  };
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect' && up) {
        up = false;
        tell(down);
      } else if (status.type === 'reconnect' && !up) {
        up = true;
        tell(back);
      } else if (status.type === 'ldm') tell(leaving);
    }
  })();
  const on = (listeners: Set<() => void>) => (fn: () => void) => {
    listeners.add(fn);
    return () => void listeners.delete(fn);
  };
  return { up: () => up && !nc.isClosed(), onDown: on(down), onUp: on(back), onLameDuck: on(leaving) };
};
