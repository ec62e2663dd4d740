export interface Check { readonly ok: boolean; readonly detail?: string }
export interface ReadyReport { readonly ready: boolean; readonly checks: Readonly<Record<string, Check>> }

/** What a service needs to be ready, by name. A check that throws or takes over 2 s counts as failed. */
export interface Health {
  add(name: string, check: () => Check | Promise<Check>): void;
  report(): Promise<ReadyReport>;
}

const CHECK_TIMEOUT = 2_000;

const run = async (check: () => Check | Promise<Check>): Promise<Check> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>(resolve => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${CHECK_TIMEOUT} ms` }), CHECK_TIMEOUT);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
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
