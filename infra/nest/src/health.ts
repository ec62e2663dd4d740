export interface Check { readonly ok: boolean; readonly detail?: string }
export interface ReadyReport { readonly ready: boolean; readonly checks: Readonly<Record<string, Check>> }

/** What a service needs to be ready, by name. A check that throws or takes over 2 s counts as failed. */
export interface Health {
  add(name: string, check: () => Check | Promise<Check>): void;
  report(): Promise<ReadyReport>;
}
