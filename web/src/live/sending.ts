/**
 * What is sent and what isn't, in one place:
 * - in the past nothing is sent that does something, and nothing is asked that only the present can answer;
 * - without a connection a command waits five seconds (a gateway that restarts is back by then), then it is refused and nothing was sent; a device
 *   that is offline, or a connection that is away for longer than that already, refuses at once;
 * - what was sent and lost its answer is sent again with the same key when the connection is back (the SDK's), so that it takes effect once.
 * A question waits as long as its deadline says: nothing changes by it.
 */
import type { AskOptions, Client } from '@xanthus/client';
import { ApiError } from '../lib/problem.js';
import { isDeed, isTimeless, mayInPast, pastQuestion, pastRefusal } from '../past/rules.js';
import { t } from '../texts/text.js';

/** How long a command may wait for the connection, ms. */
export const PATIENCE = 5_000;

export interface Circumstances {
  /** The moment that is looked at; undefined: now. */
  past(): string | undefined;
  /** Since when the connection is away, ms since 1970. */
  behind(): number | undefined;
  online(): boolean;
  now(): number;
}

const notSent = (why: string): ApiError => new ApiError('NOT_SENT', t('{why} Nothing was sent.', { why }), 0, true);

/** @returns why a command can't be sent now */
export const obstacle = ({ past, behind, online, now }: Circumstances): ApiError | undefined => {
  if (past() !== undefined) return pastRefusal();
  const since = behind();
  if (since === undefined) return undefined;
  if (!online()) return notSent(t('This device has no network.'));
  return now() - since > PATIENCE ? notSent(t('There is no connection to Xanthus.')) : undefined;
};

/** A client that keeps these rules. */
export const withRules = (client: Client, of: Circumstances): Client => ({
  ...client,
  can: request => (of.past() === undefined || request.what !== 'command' || !isDeed(request.subject)) && client.can(request),
  command: async (contract, input, options = {}) => {
    const why = mayInPast(contract) && of.past() !== undefined ? undefined : obstacle(of);
    if (why) throw why;
    return client.command(contract, input, { expiry: PATIENCE, ...options }).catch((error: unknown) => {
      throw (error as { code?: unknown } | null)?.code === 'EXPIRED' ? notSent(t('The connection to Xanthus did not come back in time.')) : error;
    });
  },
  query: async (contract, input, options?: AskOptions) => {
    if (of.past() !== undefined && !isTimeless(contract)) throw pastQuestion();
    return client.query(contract, input, options);
  },
});
