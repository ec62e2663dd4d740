import type { NatsConnection } from '@nats-io/transport-node';

/** Is NATS there? Told at once when it goes and when it comes back. */
export interface NatsStatus {
  up(): boolean;
  onDown(fn: () => void): () => void;
  onUp(fn: () => void): () => void;
}

export const watchStatus = (nc: NatsConnection): NatsStatus => {
  let up = true;
  const down = new Set<() => void>();
  const back = new Set<() => void>();
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
      }
    }
  })();
  const on = (listeners: Set<() => void>) => (fn: () => void) => {
    listeners.add(fn);
    return () => void listeners.delete(fn);
  };
  return { up: () => up && !nc.isClosed(), onDown: on(down), onUp: on(back) };
};
