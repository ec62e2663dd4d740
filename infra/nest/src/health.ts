import type { ServiceHealth } from '@xanthus/proto';

/** `detail` is shown to every member; `error`, what a check threw, to operators only. `lag`: events that something is behind. */
export interface Check { readonly ok: boolean; readonly detail?: string; readonly error?: string; readonly lag?: number }
export interface ReadyReport { readonly ready: boolean; readonly checks: Readonly<Record<string, Check>> }

/** What a service needs to be ready, by name. A check that throws or takes over 2 s counts as failed. */
export interface Health {
  add(name: string, check: () => Check | Promise<Check>): void;
  report(): Promise<ReadyReport>;
}

/** What is told of a service at its door. */
export interface ServiceState { readonly service: string; readonly version: string; readonly started_at: string; readonly health: Pick<Health, 'report'> }
/** Injection token of the `ServiceState`. */
export const SERVICE_STATE = Symbol('state of the service');

export const answerHealth = async ({ service, version, started_at, health }: ServiceState, last: () => Promise<ServiceHealth['last']>): Promise<ServiceHealth> => {
  const [{ ready, checks }, newest] = await Promise.all([health.report(), last()]);
  const lags = Object.values(checks).flatMap(c => (c.lag === undefined ? [] : [c.lag]));
  return {
    service, version, started_at, ready, last: newest, lag: lags.length === 0 ? null : Math.max(...lags),
    checks: Object.entries(checks).map(([name, { ok, detail }]) => ({ name, ok, ...(detail === undefined ? {} : { detail }) })),
  };
};

const CHECK_TIMEOUT = 2_000;

const run = async (check: () => Check | Promise<Check>): Promise<Check> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>(resolve => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${CHECK_TIMEOUT} ms` }), CHECK_TIMEOUT);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
};

export const createHealth = (): Health => {
  const checks = new Map<string, () => Check | Promise<Check>>();
  return {
    add(name, check) {
      checks.set(name, check);
    },
    async report() {
      const entries = await Promise.all([...checks].map(async ([name, check]) => [name, await run(check)] as const));
      return { ready: entries.every(([, c]) => c.ok), checks: Object.fromEntries(entries) };
    },
  };
};
