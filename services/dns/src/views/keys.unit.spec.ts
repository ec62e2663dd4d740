/** No event of a zone changes more keys than the projector takes at a time: with more, it would be parked, and the zone shown as it was before for ever. */
import { describe, expect, it } from '@jest/globals';
import { handleCommand, MemoryEventStore, newId, type RecordedEvent } from '@xanthus/kernel';
import type { KnownRecord } from '../records/record.js';
import { zoneType, type ZoneCommand } from '../zone/zone.decide.js';
import type { ManagedZone } from '../zone/zone.js';
import { projections } from './index.js';

const [TENANT, ZONE] = ['acme', '023e105f4ecef8ad9ca31a8372d0c353'];
const ABOUT = { account: '01a7362d577a6c3019a474fd6f485823', name: 'example.com', status: 'active', plan: 'free', name_servers: [] };
const MOST = 200;
const record = (n: number, address = '192.0.2.1'): KnownRecord => ({ id: n.toString(16).padStart(32, '0'), name: `h${n}.example.com`, data: { type: 'A', address }, ttl: 300, proxied: false, comment: '', tags: [] });
const many = (count: number, from = 0, address?: string): KnownRecord[] => Array.from({ length: count }, (_, i) => record(from + i, address));

const ground = () => {
  const store = new MemoryEventStore();
  const view = new Map<string, unknown>();
  const counts: number[] = [];
  const fold = async (event: RecordedEvent): Promise<void> => {
    let keys = 0;
    for (const projection of projections) {
      const changes = await projection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined });
      keys += changes.length;
      for (const change of changes) {
        if ('deleted' in change) view.delete(change.key);
        else view.set(change.key, change.value);
      }
    }
    counts.push(keys);
  };
  let last: Pick<ManagedZone, 'records' | 'drift'> = { records: new Map(), drift: new Map() };
  const tell = async (command: ZoneCommand): Promise<ManagedZone> => {
    const command_id = newId();
    const { state, events } = await handleCommand(store, zoneType, { tenant: TENANT, id: ZONE, actor: { kind: 'service', id: 'dns' }, now: '2026-11-21T08:00:00.000Z', command_id, correlation_id: command_id }, command);
    for (const event of events) await fold(event);
    const zone = state as ManagedZone;
    last = zone;
    return zone;
  };
  const rows = (name: string): unknown[] => [...view].filter(([key]) => key.startsWith(`${TENANT}.${name}.`)).map(([, value]) => value);
  const look = (records: readonly KnownRecord[]): Promise<ManagedZone> => tell({ type: 'Observe', about: ABOUT, records, asked: last });
  return { tell, look, counts, rows };
};
const PLAN = '01jd3x8e2v5y9w4z7q6r1s0tpn';

describe('a zone of a thousand records', () => {
  it('changes at most two hundred keys by any event, whatever happens to all of it', async () => {
    const { tell, look, counts, rows } = ground();
    await tell({ type: 'Manage', about: ABOUT, records: many(1_000) });
    await tell({ type: 'Adopt', records: many(1_000).map(r => r.id) });
    // all of them changed outside, then half of them gone, and as many new ones
    await look(many(1_000, 0, '192.0.2.2'));
    expect((await look([...many(500, 500, '192.0.2.2'), ...many(500, 2_000)])).drift.size).toBe(1_500);
    expect(rows('drift')).toHaveLength(1_500);
    // those that are missing are made anew, each in the place of the one before
    const anew = many(500).map((r, i) => { const { id: _id, ...after } = r; return { id: record(5_000 + i).id, change: { op: 'create' as const, after } }; });
    const made = await tell({ type: 'RecordChanges', plan: PLAN, reason: '', part: 0, back: false, changes: anew });
    expect([made.records.size, made.drift.size, rows('records').length, rows('drift').length]).toEqual([1_000, 1_000, 1_000, 1_000]);
    // those that were changed are changed back
    const back = many(500, 500).map((r) => { const { id, ...after } = r; return { id, change: { op: 'update' as const, before: record(Number.parseInt(id, 16), '192.0.2.2'), after } }; });
    await tell({ type: 'RecordChanges', plan: PLAN, reason: '', part: 1, back: false, changes: back });
    await tell({ type: 'AcceptDrift', findings: many(250, 2_000).map(r => `unknown-${r.id}`) });
    expect(rows('drift')).toHaveLength(250);
    await look([...many(500, 5_000).map((r, i) => ({ ...record(i), id: r.id })), ...many(500, 500), ...many(250, 2_000)]);
    expect(rows('drift')).toEqual([]);
    expect(rows('zones')).toMatchObject([{ records: 1_250, owned: 1_000, drift: 0 }]);
    await look([]);
    await tell({ type: 'Disown', records: many(500, 500).map(r => r.id) });
    await tell({ type: 'Release' });
    expect([rows('zones'), rows('records'), rows('drift')]).toEqual([[], [], []]);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST);
    expect(Math.max(...counts)).toBeGreaterThan(MOST / 2);
  });
});
