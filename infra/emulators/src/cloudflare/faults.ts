/** What goes wrong with the next requests. Without `status`, `cut` or `hang` a fault only delays. */
export interface Fault {
  /** How many requests; 1 when not given. */
  readonly times?: number;
  /** Only requests to paths that match, e.g. `/^\/accounts/`, and with this method. */
  readonly path?: RegExp;
  readonly method?: string;
  /** 500, 502, 503, 504, 520–530: an outage, its body a page and not the envelope. 429: as if the limit were reached. */
  readonly status?: number;
  /** Seconds, sent as `retry-after`. */
  readonly retryAfter?: number;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** Nothing happens before this. */
  readonly held?: Promise<unknown>;
  /** The connection ends: `before` the request is acted on, or `after` it, the answer lost. */
  readonly cut?: 'before' | 'after';
  /** No answer until the client gives up. */
  readonly hang?: boolean;
}

export const faultList = () => {
  let faults: { fault: Fault; left: number }[] = [];
  return {
    add: (fault: Fault): void => { faults.push({ fault, left: fault.times ?? 1 }); },
    clear: (): void => { faults = []; },
    /** The fault of this request, counted. */
    next: (method: string, path: string): Fault | undefined => {
      const hit = faults.find(({ fault, left }) => left > 0 && (fault.method ?? method) === method && (fault.path?.test(path) ?? true));
      if (hit) hit.left -= 1;
      return hit?.fault;
    },
  };
};
