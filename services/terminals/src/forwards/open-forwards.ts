import type { NatsConnection } from '@nats-io/transport-node';
import { watchKeys } from '@xanthus/processes';
import { OPEN_FORWARDS, type OpenForwardRow } from '../views/forwards.js';

/** Open forwards, in memory, on every copy of the service. */
export interface OpenForwards {
  all(): readonly OpenForwardRow[];
  find(tenant: string, id: string): OpenForwardRow | undefined;
  /** Counts before the view has it: what was just written here. */
  expect(row: OpenForwardRow): void;
  /** Called after every change. */
  onChange(fn: () => void): void;
  /** Follows until the signal. */
  follow(nc: NatsConnection, signal: AbortSignal): Promise<void>;
}

/** How long the view may be behind, ms. */
const PATIENCE = 15_000;

export const openForwards = (): OpenForwards => {
  const rows = new Map<string, OpenForwardRow>();
  /** Of what was just written, until the view has it. */
  const expected = new Map<string, { readonly row: OpenForwardRow; readonly until: number }>();
  const awaited = (): OpenForwardRow[] => {
    const now = performance.now();
    for (const [key, { until }] of expected) if (until < now) expected.delete(key);
    return [...expected.values()].map(e => e.row);
  };
  const listeners: (() => void)[] = [];
  const keyOf = (tenant: string, id: string): string => `${OPEN_FORWARDS}.${tenant}.${id}`;
  const tell = (): void => { for (const listener of listeners) listener(); };
  return {
    all: () => [...rows.values(), ...awaited()],
    find: (tenant, id) => rows.get(keyOf(tenant, id)) ?? awaited().find(row => row.tenant === tenant && row.id === id),
    expect(row) {
      const key = keyOf(row.tenant, row.id);
      if (!rows.has(key)) expected.set(key, { row, until: performance.now() + PATIENCE });
    },
    onChange: fn => void listeners.push(fn),
    follow: (nc, signal) => watchKeys(nc, 'terminals', {
      filters: [`${OPEN_FORWARDS}.>`],
      put: (key, data) => { expected.delete(key); rows.set(key, data as OpenForwardRow); tell(); },
      gone: (key) => { expected.delete(key); rows.delete(key); tell(); },
      keys: () => rows.keys(),
    }, signal),
  };
};
