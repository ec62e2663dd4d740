import { describe, expect, it } from '@jest/globals';
import type { Change, RecordedEvent } from '@xanthus/kernel';
import { costsView, creationEvents, type ServerPrice } from '@xanthus/proto/vps';
import { MACHINE } from '../server/server.fixtures.js';
import type { ServerEvent } from '../server/server.js';
import { costsProjection, type CostRow } from './costs.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const PRICE: ServerPrice = {
  type: 'cx23', location: 'fsn1', currency: 'EUR', vat_percent: '19', hourly: { net: '0.0048', gross: '0.0057' }, monthly: { net: '2.99', gross: '3.56' }, ipv4: null, snapshot_gb_month: null,
};
const priced = (at: string, change: Partial<ServerPrice> = {}): ServerEvent => ({ type: 'ServerPriced', data: { ...PRICE, ...change, at: `2026-11-${at}T00:00:00.000Z` } });
const requested: ServerEvent = { type: 'ServerRequested', data: creationEvents.ServerRequested.data.parse(creationEvents.ServerRequested.example) };

/** Each event on a day of its own, from the tenth on. */
const fold = async (...events: ServerEvent[]): Promise<{ row: CostRow | undefined; keys: string[] }> => {
  const view = new Map<string, unknown>();
  for (const [i, event] of events.entries()) {
    const recorded: RecordedEvent = {
      ...event, id: ID, schema: 1, tenant: 'acme', aggregate: { service: 'vps', name: 'server', id: ID }, occurred_at: `2026-11-${10 + i}T00:00:00.000Z`, actor: { kind: 'person', id: 'ada' },
      command_id: `c${i}`, correlation_id: 'c', stream: 'VPS', seq: i + 1, stored_at: '2026-11-21T08:00:00.000Z',
    };
    const changes: readonly Change[] = await costsProjection.project(recorded, { get: <T>(key: string) => view.get(key) as T | undefined });
    for (const change of changes) if ('deleted' in change) view.delete(change.key); else view.set(change.key, change.value);
  }
  return { row: view.get(`acme.costs.${ID}`) as CostRow | undefined, keys: [...view.keys()] };
};
const spans = (row: CostRow | undefined) => row?.periods.map(p => [p.type, p.from.slice(8, 10), p.to?.slice(8, 10) ?? null]);

describe('the view costs', () => {
  it('begins with the first price', async () => {
    expect((await fold(requested)).row).toBeUndefined();
    const { row, keys } = await fold(requested, priced('09'));
    expect(costsView.data.parse(row)).toMatchObject({ id: ID, name: 'web-1', provider: 'hetzner', since: '2026-11-09T00:00:00.000Z', until: null });
    expect(keys).toEqual([`acme.costs.${ID}`]);
  });

  it('an adopted machine without a price has none, and leaves nothing', async () => {
    expect(await fold({ type: 'ServerAdopted', data: MACHINE }, { type: 'ServerDeleted', data: {} })).toEqual({ row: undefined, keys: [] });
  });

  it('closes a price with the next; one that counts from earlier takes its place', async () => {
    expect(spans((await fold(requested, priced('09'), priced('12', { type: 'cx33' }))).row)).toEqual([['cx23', '09', '12'], ['cx33', '12', null]]);
    expect(spans((await fold(requested, priced('09'), priced('14', { type: 'cx33' }), priced('12', { type: 'cx43' }))).row)).toEqual([['cx23', '09', '12'], ['cx43', '12', null]]);
  });

  it('keeps names and snapshots, and ends all with the server, which stays', async () => {
    const { row } = await fold(
      requested, { type: 'ServerRenamed', data: { name: 'web-2' } }, priced('11'), { type: 'SnapshotCreated', data: { snapshot: 'a', description: '', size_bytes: 5, operation: ID } },
      { type: 'SnapshotCreated', data: { snapshot: 'b', description: '', operation: ID } }, { type: 'SnapshotDeleted', data: { snapshot: 'a', operation: ID } }, { type: 'ServerDeleted', data: {} },
    );
    expect(row).toMatchObject({ name: 'web-2', until: '2026-11-16T00:00:00.000Z' });
    expect(row?.snapshots).toEqual([{ snapshot: 'a', bytes: 5, from: '2026-11-13T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z' }, { snapshot: 'b', bytes: 0, from: '2026-11-14T00:00:00.000Z', to: '2026-11-16T00:00:00.000Z' }]);
    expect(spans(row)).toEqual([['cx23', '11', '16']]);
  });
});
