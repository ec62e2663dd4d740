/** Checkpoints of the past made before anybody asks, so that also the first question about a long past is quick. */
import { Refusal } from '@xanthus/kernel';
import { pause } from './locked.js';
import { EVERY, type PastViews } from './view-at.js';
import type { Logger, Stoppable } from './types.js';
import type { PastLog } from './view-at.types.js';

/** How often the position is looked at, ms. */
const INTERVAL = 30_000;

export interface AheadOptions {
  readonly service: string;
  readonly views: Pick<PastViews, 'advance'>;
  readonly past: Pick<PastLog, 'tenants'>;
  readonly log: Logger;
  /** Sequence that the service's views have reached: while it stands, nothing is asked of NATS. */
  position(): number;
  /** Whether this copy of the service does it: the one that folds. Two that do cost twice, and do no harm. */
  active(): boolean;
  /** Events between two checkpoints; 10,000. */
  readonly every?: number | undefined;
  readonly interval?: number;
}

/** Advances one tenant after the other, those that have grown by a checkpoint's worth since: at once, and again as the stream grows. */
export const startAhead = ({ service, views, past, log, position, active, every = EVERY, interval = INTERVAL }: AheadOptions): Stoppable => {
  const stopping = new AbortController();
  /** Own events of a tenant that its checkpoints hold, as far as known here. */
  const reached = new Map<string, number>();
  let looked: number | undefined;

  const isDue = (at: number): boolean => (looked === undefined || at < looked ? at >= every : at - looked >= every / 4);

  const look = async (): Promise<void> => {
    const at = position();
    if (!active() || !isDue(at)) return;
    // A stream that is shorter than before is another one.
    if (at < (looked ?? 0)) reached.clear();
    let failed = false;
    for (const [tenant, events] of await past.tenants()) {
      if (events < (reached.get(tenant) ?? 0) + every) continue;
      if (stopping.signal.aborted || !active()) return;
      try {
        await views.advance(tenant);
      } catch (error) {
        log.debug({ service, tenant, error: String(error) }, 'checkpoints of this past were not made');
        // Of views that are too large nothing can be kept, however often it is tried; the others have their turn.
        if (!(error instanceof Refusal) || error.retryable) {
          failed = true;
          continue;
        }
      }
      reached.set(tenant, events - (events % every));
    }
    if (!failed) looked = at;
  };

  const run = async (): Promise<void> => {
    for (; !stopping.signal.aborted; await pause(interval, stopping.signal)) {
      try {
        await look();
      } catch (error) {
        if (!stopping.signal.aborted) log.debug({ service, error: String(error) }, 'checkpoints of the past were not made; they will be');
      }
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
