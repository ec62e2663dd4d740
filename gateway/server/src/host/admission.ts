import type { IncomingMessage } from 'node:http';
import type { Exceeded } from '../connection/quotas.js';
import { bearerOf } from '../http/caller.js';
import type { GatewayContext } from '../operations/context.js';
import { problemOf } from '../protocol/problem.js';
import { statusOf } from '../http/answer.js';
import type { Refusal } from './socket-adapter.js';

/** When to come back after a refusal because of load, s. */
const RETRY_AFTER = { storm: 1, full: 5 };

/** May this upgrade become a connection? Cheap questions first, so that a storm of reconnects costs little more than reading it. */
export const admission = (context: Pick<GatewayContext, 'access' | 'drain' | 'hub' | 'metrics'>, addressOf: (request: IncomingMessage) => string | undefined) =>
  async (request: IncomingMessage): Promise<Refusal | undefined> => {
    const { access, drain, hub: { quotas }, metrics } = context;
    const over = ({ limit, max }: Exceeded, status: 429 | 503): Refusal => {
      metrics.refused(limit);
      return { status, message: `Limit ${limit}: ${max}`, retryAfter: limit === 'handshakes_per_second' ? RETRY_AFTER.storm : RETRY_AFTER.full };
    };
    if (drain.active) {
      metrics.refused('draining');
      return { status: 503, message: 'This gateway is going away', retryAfter: drain.retryAfter };
    }
    const address = addressOf(request);
    const storm = quotas.handshake(address);
    if (storm !== undefined) return over(storm, storm.limit === 'connections_per_address' ? 429 : 503);
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
      return statusOf(code) === 401 ? { status: 401, message } : { status: 503, message, retryAfter: RETRY_AFTER.storm };
    }
  };
