import { FetchError, type SafeFetch } from '@xanthus/net';
import { createLedger, type BudgetKey } from '../budget/ledger.js';
import { PROVIDER_POLICIES, type BudgetPolicy, type BudgetStatus } from '../budget/record.js';
import { retryAfter, seenLimit } from '../budget/rate-headers.js';
import type { BudgetStore } from '../budget/store.js';
import { closedNow, FAILURES, openedNow } from './circuit.js';
import { ProviderError } from './provider-error.js';
import { ATTEMPTS, backOff, isIdempotent, isOutage } from './retry.js';

export interface CallFor extends BudgetKey {
  /** Drift checks and the like: they leave a fifth of the budget to people. */
  readonly background?: boolean;
  /** How long a call may wait for its turn, for `Retry-After` and between tries, all together, ms. Preset: 10 s. */
  readonly patience?: number;
}

/** For metrics and logs: host and path, never a header, query or body. */
export interface CallReport { readonly provider: string; readonly tenant: string; readonly method: string; readonly path: string; readonly outcome: number | 'error' | 'not_called'; readonly attempt: number; readonly ms: number }

export interface ProviderCallsOptions {
  readonly fetch: SafeFetch;
  readonly store: BudgetStore;
  /** Limits that differ from the documented ones, or of further providers. */
  readonly policies?: Readonly<Record<string, BudgetPolicy>>;
  readonly onBudget?: (key: BudgetKey, status: BudgetStatus) => void;
  readonly onCall?: (report: CallReport) => void;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export type ProviderFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface ProviderCalls {
  /** A `fetch` for an SDK or by hand; throws ProviderError when it didn't call or got no answer, else answers whatever the provider said. */
  fetchFor(call: CallFor): ProviderFetch;
  /** Counts a call that somebody else makes. @throws ProviderError as `fetchFor` before it calls */
  reserve(call: CallFor): Promise<void>;
  /** Asked of the shared record; what this replica has set aside doesn't count as used. */
  status(key: BudgetKey): Promise<BudgetStatus>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 10_000;
const UNKNOWN_PROVIDER: BudgetPolicy = { limit: 600, window_s: 300 };

/** The one place through which a provider is called: shared budget, circuit breaker, retries, `Retry-After`; addresses are checked by `fetch`. */
export const createProviderCalls = (o: ProviderCallsOptions): ProviderCalls => {
  const now = o.now ?? Date.now;
  const random = o.random ?? Math.random;
  const wait = o.wait ?? sleep;
  const policies: Readonly<Record<string, BudgetPolicy>> = { ...PROVIDER_POLICIES, ...o.policies };
  const ledger = createLedger({ store: o.store, policyOf: provider => policies[provider] ?? UNKNOWN_PROVIDER, now, ...(o.onBudget && { onChange: o.onBudget }) });
  const breakers = new Map<string, { failures: number; probing: boolean }>();
  const nameOf = (key: BudgetKey): string => `${key.tenant}.${key.provider}.${key.account ?? ''}`;
  const breakerOf = (key: BudgetKey): { failures: number; probing: boolean } => {
    const breaker = breakers.get(nameOf(key)) ?? { failures: 0, probing: false };
    // accounts can be as many as tokens that somebody tries
    if (breakers.size > 10_000) breakers.clear();
    breakers.set(nameOf(key), breaker);
    return breaker;
  };

  const known = <T>(key: BudgetKey, asked: Promise<T>): Promise<T> => asked.catch((error: unknown) => {
    throw new ProviderError('PROVIDER.BUDGET_UNKNOWN', `How much of ${key.provider}'s limit is left cannot be found out just now; nothing was called.`, undefined, { cause: error });
  });

  /** @throws PROVIDER.CIRCUIT_OPEN unless calls go through, or one may try */
  const passable = async (key: BudgetKey): Promise<'closed' | 'half_open'> => {
    const { circuit } = await known(key, ledger.record(key));
    if (circuit === undefined) return 'closed';
    if (circuit.until <= now() && !breakerOf(key).probing) return 'half_open';
    throw new ProviderError('PROVIDER.CIRCUIT_OPEN', `${key.provider} failed ${FAILURES} times in a row and is not called until ${clock(circuit.until)}.`, Math.max(circuit.until, now()));
  };

  /** Is this call the one probe? Of several that come at once the first. @throws PROVIDER.CIRCUIT_OPEN */
  const enter = async (key: BudgetKey): Promise<boolean> => {
    while (await passable(key) === 'half_open') {
      const breaker = breakerOf(key);
      if (breaker.probing) continue;
      breaker.probing = true;
      return true;
    }
    return false;
  };

  const succeeded = async (key: BudgetKey): Promise<void> => {
    const breaker = breakerOf(key);
    breaker.failures = 0;
    if (!breaker.probing) breakers.delete(nameOf(key));
    if ((await ledger.record(key)).circuit !== undefined) await ledger.change(key, closedNow);
  };

  const failed = async (key: BudgetKey, probe: boolean): Promise<void> => {
    const breaker = breakerOf(key);
    breaker.failures += 1;
    if (!probe && breaker.failures < FAILURES) return;
    breaker.failures = 0;
    await ledger.change(key, record => (!probe && record.circuit && record.circuit.until > now() ? record : openedNow(record, now(), random())));
  };

  /** Waits for a call of the budget within `deadline`. @throws PROVIDER.BUDGET_USED, PROVIDER.RATE_LIMITED */
  const turn = async (call: CallFor, deadline: number, signal: AbortSignal | undefined): Promise<void> => {
    for (;;) {
      const until = await known(call, ledger.take(call, call.background ?? false));
      if (until === undefined) return;
      if (until > deadline) throw new ProviderError('PROVIDER.BUDGET_USED', `The calls that ${call.provider} allows are used up${call.background ? ' for work in the background' : ''}; there are new ones at ${clock(until)}.`, until);
      await wait(until - now(), signal);
    }
  };

  /** One request on its way. @throws ProviderError with whether it may be sent again */
  const once = async (call: CallFor, url: URL, init: RequestInit, attempt: number): Promise<{ readonly response: Response } | { readonly error: unknown }> => {
    const probe = await enter(call);
    const started = now();
    const report = (outcome: CallReport['outcome']): void =>
      o.onCall?.({ provider: call.provider, tenant: call.tenant, method: init.method ?? 'GET', path: `${url.host}${url.pathname}`, outcome, attempt, ms: now() - started });
    try {
      const response = await o.fetch(url, init);
      report(response.status);
      const seen = seenLimit(response.headers, now());
      if (seen) ledger.observe(call, seen);
      // an answer is an answer, also when the others can't be told of it
      await (isOutage(response.status) ? failed(call, probe) : succeeded(call)).catch(() => undefined);
      return { response };
    } catch (error) {
      report('error');
      if (isLost(error)) await failed(call, probe).catch(() => undefined);
      else if (!(error instanceof FetchError)) throw error;
      return { error };
    } finally {
      if (probe) breakerOf(call).probing = false;
    }
  };

  const fetchFor = (call: CallFor): ProviderFetch => async (given, init = {}) => {
    const url = new URL(given);
    const method = init.method ?? 'GET';
    const signal = init.signal ?? undefined;
    const deadline = now() + (call.patience ?? PATIENCE_MS);
    for (let attempt = 1; ; attempt++) {
      await passable(call);
      await turn(call, deadline, signal);
      const result = await once(call, url, init, attempt);
      const last = attempt === ATTEMPTS;
      if ('error' in result) {
        if (!isIdempotent(method) || last || !isLost(result.error)) throw asProviderError(call.provider, result.error);
        await pause(call, backOff(attempt, random()), deadline, signal, asProviderError(call.provider, result.error));
        continue;
      }
      const { response } = result;
      const after = retryAfter(response.headers, now());
      if (response.status === 429) {
        const until = after ?? now() + backOff(attempt + 2, 1);
        await ledger.change(call, record => ({ ...record, blocked_until: Math.max(record.blocked_until ?? 0, until) })).catch(() => undefined);
        await response.body?.cancel();
        if (last || until > deadline) throw new ProviderError('PROVIDER.RATE_LIMITED', `${call.provider} takes no more calls until ${clock(until)}.`, until);
        continue;
      }
      if (!isOutage(response.status) || !isIdempotent(method) || last) return response;
      const delay = after === undefined ? backOff(attempt, random()) : after - now();
      if (now() + delay > deadline) return response;
      await response.body?.cancel();
      await wait(delay, signal);
    }
  };

  const pause = async (call: CallFor, ms: number, deadline: number, signal: AbortSignal | undefined, otherwise: ProviderError): Promise<void> => {
    if (now() + ms > deadline) throw otherwise;
    await wait(ms, signal);
  };

  const reserve = async (call: CallFor): Promise<void> => {
    await passable(call);
    await turn(call, now() + (call.patience ?? PATIENCE_MS), undefined);
  };

  return { fetchFor, reserve, status: ledger.status, stop: ledger.stop };
};

const isLost = (error: unknown): boolean => error instanceof FetchError && (error.code === 'TARGET.TIMEOUT' || error.code === 'TARGET.UNREACHABLE');

const asProviderError = (provider: string, error: unknown): ProviderError => {
  if (error instanceof FetchError && isLost(error)) return new ProviderError(error.code === 'TARGET.TIMEOUT' ? 'PROVIDER.TIMEOUT' : 'PROVIDER.UNREACHABLE', `${provider}: ${error.message}`, undefined, { cause: error });
  throw error;
};

const clock = (time: number): string => new Date(time).toISOString();

const sleep = (ms: number, signal?: AbortSignal): Promise<void> => new Promise((done, fail) => {
  const end = (): void => { clearTimeout(timer); fail(signal?.reason as Error); };
  const timer = setTimeout(() => { signal?.removeEventListener('abort', end); done(); }, ms);
  signal?.addEventListener('abort', end, { once: true });
});
