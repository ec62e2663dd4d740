/**
 * How much may be on its way to a viewer: what its link delivers in a moment, and no more, for whatever lies in between cannot be taken back when somebody
 * presses Ctrl-C. Measured by a ping behind some bytes, which comes back when they have arrived; credit says what the viewer has room for, this what the way has.
 */
export interface Delivery {
  /** Bytes that may be sent now. */
  readonly room: number;
  /** Bytes were queued for the socket. */
  queued(bytes: number): void;
  /** Bytes were given to the socket. */
  wrote(bytes: number): void;
  /** The answer to a ping. */
  arrived(name: string): void;
  /** Called when there is room again. */
  whenRoom(go: () => void): void;
}
export interface DeliveryPorts {
  readonly ping: (name: string) => void;
  /** ms */
  readonly now: () => number;
}

const FIRST = 32 * 1024;
const LEAST = 16 * 1024;
const FIRST_PROBE = 4 * 1024;
const MOST = 16 * 1024 * 1024;
/** What may wait on the way beside the time of the way itself, ms. */
const WAITING = 120;
const MOST_APART = 1024 * 1024;
const EMPTY = 'empty';
/** Something in between swallows pings: then credit alone counts. ms */
const SILENT = 5_000;

/** `there`: what had arrived when it was sent. */
interface Probe { readonly name: string; readonly mark: number; readonly at: number; readonly there: number }

export const measureDelivery = ({ ping, now }: DeliveryPorts): Delivery => {
  let queued = 0;
  let written = 0;
  let there = 0;
  let window = FIRST;
  let shortest = Number.POSITIVE_INFINITY;
  let marked = 0;
  let count = 0;
  let waits: (() => void) | undefined;
  const probes: Probe[] = [];
  const began = now();
  // While nothing is under way: how long the way itself is.
  ping(EMPTY);

  const deaf = (): boolean => probes[0] !== undefined && now() - probes[0].at > SILENT;
  const room = (): number => (deaf() ? MOST : Math.max(0, window - (queued - there)));
  const adapt = ({ mark, at, there: before }: Probe): void => {
    const way = Math.max(1, now() - at);
    shortest = Math.min(shortest, way);
    // One late answer may be a machine that stood still.
    const fits = Math.max(window / 2, Math.min(2 * window, ((mark - before) / way) * (shortest + WAITING)));
    // Where the way was not filled its speed is not known, only that it is no less.
    if (fits > window || mark - before >= window / 2) window = Math.round(Math.max(LEAST, Math.min(MOST, fits)));
  };
  const probe = (): void => {
    marked = written;
    probes.push({ name: String(++count), mark: written, at: now(), there });
    ping(String(count));
  };
  /** Less than is worth a ping by itself, but nothing goes on without it. */
  const probeRest = (): void => { if (probes.length === 0 && written > marked && room() === 0) probe(); };
  return {
    get room() { return room(); },
    queued(bytes) { queued += bytes; },
    wrote(bytes) {
      written += bytes;
      if (written - marked >= Math.min(MOST_APART, Math.max(FIRST_PROBE, window / 8))) probe();
      else probeRest();
    },
    arrived(name) {
      if (name === EMPTY) shortest = Math.min(shortest, Math.max(1, now() - began));
      const found = probes.findIndex(p => p.name === name);
      const answered = probes[found];
      if (answered === undefined) return;
      probes.splice(0, found + 1);
      adapt(answered);
      there = answered.mark;
      if (room() === 0) return probeRest();
      const go = waits;
      waits = undefined;
      go?.();
    },
    whenRoom(go) {
      waits = go;
      probeRest();
    },
  };
};
