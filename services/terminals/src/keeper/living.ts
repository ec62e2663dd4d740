import type { NatsConnection } from '@nats-io/transport-node';
import { watchKeys } from '@xanthus/processes';
import { LIVING_SESSIONS, type LivingRow } from '../views/sessions.js';

/** Sessions that are not ended, in memory, on every copy of the service. */
export interface Living {
  all(): readonly LivingRow[];
  of(tenant: string): readonly LivingRow[];
  find(tenant: string, id: string): LivingRow | undefined;
  /** Counts before the view has it: what was just written here. */
  expect(row: LivingRow): void;
  /** Every change; `row` undefined: it has ended. */
  onChange(fn: (change: { readonly tenant: string; readonly id: string; readonly row: LivingRow | undefined; readonly before: LivingRow | undefined }) => void): void;
  /** Follows until the signal. */
  follow(nc: NatsConnection, signal: AbortSignal): Promise<void>;
}

export const createLiving = (): Living => {
  const tenants = new Map<string, Map<string, LivingRow>>();
  const listeners: Parameters<Living['onChange']>[0][] = [];
  const refOf = (key: string): { readonly tenant: string; readonly id: string } => {
    const [, tenant = '', id = ''] = key.split('.');
    return { tenant, id };
  };
  const set = (tenant: string, id: string, row: LivingRow | undefined): void => {
    const rows = tenants.get(tenant) ?? new Map<string, LivingRow>();
    const before = rows.get(id);
    if (row !== undefined) tenants.set(tenant, rows.set(id, row));
    else if (rows.delete(id) && rows.size === 0) tenants.delete(tenant);
    for (const tell of listeners) tell({ tenant, id, row, before });
  };
  return {
    all: () => [...tenants.values()].flatMap(rows => [...rows.values()]),
    of: tenant => [...(tenants.get(tenant)?.values() ?? [])],
    find: (tenant, id) => tenants.get(tenant)?.get(id),
    expect(row) {
      if (tenants.get(row.tenant)?.has(row.id) !== true) tenants.set(row.tenant, (tenants.get(row.tenant) ?? new Map<string, LivingRow>()).set(row.id, row));
    },
    onChange: fn => void listeners.push(fn),
    follow: (nc, signal) => watchKeys(nc, 'terminals', {
      filters: [`${LIVING_SESSIONS}.>`],
      put: (key, data) => { const { tenant, id } = refOf(key); set(tenant, id, data as LivingRow); },
      gone: (key) => { const { tenant, id } = refOf(key); set(tenant, id, undefined); },
      keys: () => [...tenants].flatMap(([tenant, rows]) => [...rows.keys()].map(id => `${LIVING_SESSIONS}.${tenant}.${id}`)),
    }, signal),
  };
};
