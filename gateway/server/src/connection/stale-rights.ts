import { CLOSE_CODES } from '@xanthus/proto';
import { problem } from '../protocol/problem.js';
import type { Drain, Ending } from './drain.js';

/** Rights are unknown after 10 s without news; a minute after the last news clients are better served elsewhere, ms. */
const STALE_MS = 50_000;
const WHY = 'nobody has said for a minute who may do what';

const END: Ending = { code: CLOSE_CODES.UNAVAILABLE, problem: problem('UNAVAILABLE', 'Rights cannot be checked here now; try another gateway.') };

export interface RightsWatch {
  /** Is it known who may do what? */
  current(): boolean;
  /** NATS is away, or was a moment ago. That is told, not drained. */
  outage(): boolean;
  now(): number;
}

/** To be called every second or so: drains when rights have not been known for a minute although NATS is there, and lets clients in again when they are. */
export const staleRights = (watch: RightsWatch, drain: Pick<Drain, 'why' | 'begin' | 'cease'>): (() => void) => {
  let since: number | undefined;
  return () => {
    if (watch.current() || watch.outage()) {
      since = undefined;
      if (drain.why === WHY && watch.current()) drain.cease();
    } else if (watch.now() - (since ??= watch.now()) >= STALE_MS && drain.why === undefined) void drain.begin(WHY, END);
  };
};
