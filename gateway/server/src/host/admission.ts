import type { IncomingMessage } from 'node:http';
import type { Exceeded } from '../connection/quotas.js';
import { bearerOf } from '../http/caller.js';
import type { GatewayContext } from '../operations/context.js';
import { problemOf } from '../protocol/problem.js';
import { statusOf } from '../http/answer.js';
import type { Refusal } from './socket-adapter.js';
import { turns } from './turns.js';

/** When to come back after a refusal because of load, s; at most, after a storm. */
const RETRY_AFTER = { soon: 1, full: 5, latest: 10 };

/** Handshakes that begin in one turn of the event loop: a few milliseconds of work. */
const PER_TURN = 4;

/** May this upgrade become a connection? Cheap questions first, so that a storm of reconnects costs little more than reading it. */
export const admission = (context: Pick<GatewayContext, 'access' | 'drain' | 'hub' | 'metrics'>, addressOf: (request: IncomingMessage) => string | undefined): ((request: IncomingMessage) => Promise<Refusal | undefined>) => {
  const turn = turns(PER_TURN);
  const slot = slots(context.hub.quotas.quota.handshakes_per_second);
  return async (request) => {
    const { access, drain, hub: { quotas }, metrics } = context;
    const over = ({ limit, max }: Exceeded, status: 429 | 503): Refusal => {
      metrics.refused(limit);
      return { status, message: `Limit ${limit}: ${max}`, retryAfter: limit === 'handshakes_per_second' ? slot() : RETRY_AFTER.full };
    };
    if (drain.active) {
      metrics.refused('draining');
      return { status: 503, message: 'This gateway is going away', retryAfter: drain.retryAfter };
    }
    const address = addressOf(request);
    const storm = quotas.handshake(address);
    if (storm !== undefined) return over(storm, storm.limit === 'connections_per_address' ? 429 : 503);
    await turn();
    const token = bearerOf(request);
    if (token === undefined) {
      const strangers = quotas.stranger(address);
      return strangers && over(strangers, strangers.limit === 'unauthenticated_per_address' ? 429 : 503);
    }
    try {
      const { claims } = await access.authenticate(token);
      const many = quotas.login({ tenant: claims.tenant, id: claims.sub });
      return many && over(many, 429);
    } catch (error) {
      const { code, message } = problemOf(error);
      return statusOf(code) === 401 ? { status: 401, message } : { status: 503, message, retryAfter: RETRY_AFTER.soon };
    }
  };
};

/** Whoever is refused in a storm is told to come back when there will be room, one after the other, not all together a second later. */
const slots = (perSecond: number): (() => number) => {
  let taken = 0;
  return () => {
    const now = performance.now();
    taken = Math.min(Math.max(taken, now) + 1_000 / perSecond, now + RETRY_AFTER.latest * 1_000);
    return Math.ceil((taken - now) / 1_000);
  };
};
