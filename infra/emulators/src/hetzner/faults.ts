/** What goes wrong with the next requests. Without `status`, `cut`, `hang` or `code` a fault only delays. */
export interface Fault {
  /** How many requests; 1 when not given, `Infinity` until `heal`. */
  readonly times?: number;
  /** Only requests to paths that match, e.g. `/^\/servers/`, and with this method. */
  readonly path?: RegExp;
  readonly method?: string;
  /** An answer from in front of the API: a page of HTML with this status, also 200. */
  readonly status?: number;
  /** A refusal of the API itself, e.g. `{code: 'resource_unavailable', message: '…'}`, with its status unless `status` is given. */
  readonly code?: string;
  readonly message?: string;
  /** Seconds, sent as `retry-after`. */
  readonly retryAfter?: number;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** The connection ends: `before` the request is acted on, or `after` it, the answer lost. */
  readonly cut?: 'before' | 'after';
  /** No answer until the client gives up: `before` the request is acted on, or `after` it. */
  readonly hang?: 'before' | 'after';
  /** The answer is no JSON, or JSON of another shape. */
  readonly garbage?: 'text' | 'shape';
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
