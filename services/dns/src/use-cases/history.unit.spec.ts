import { describe, expect, it } from '@jest/globals';
import { AggregateCache, handleCommand, MemoryEventStore, newId } from '@xanthus/kernel';
import type { DnsContext } from '../dns.context.js';
import type { KnownRecord } from '../records/record.js';
import { zoneType, type ZoneCommand } from '../zone/zone.decide.js';
import { zoneAsOf } from './history.js';

const [TENANT, ZONE] = ['acme', '023e105f4ecef8ad9ca31a8372d0c353'];
const about = { account: '01a7362d577a6c3019a474fd6f485823', name: 'example.com', status: 'active', plan: 'free', name_servers: [] };
const record: KnownRecord = { id: '1'.padStart(32, '0'), name: 'www.example.com', data: { type: 'A', address: '192.0.2.1' }, ttl: 300, proxied: false, comment: '', tags: [] };

describe('a zone as it was', () => {
  it('stands on all that came before, also where a clock was put back in between', async () => {
    const store = new MemoryEventStore();
    const at = async (time: string, command: ZoneCommand): Promise<void> => {
      const command_id = newId();
      await handleCommand(store, zoneType, { tenant: TENANT, id: ZONE, actor: { kind: 'service', id: 'dns' }, now: `2026-11-21T${time}:00.000Z`, command_id, correlation_id: command_id }, command);
    };
    const { id, ...after } = record;
    // the clock is two hours ahead, then right again
    await at('10:00', { type: 'Manage', about, records: [record] });
    await at('12:00', { type: 'RecordChanges', plan: newId(), reason: '', part: 0, back: false, changes: [{ id, change: { op: 'delete', before: record } }] });
    await at('10:10', { type: 'RecordChanges', plan: newId(), reason: '', part: 0, back: false, changes: [{ id: '2'.padStart(32, '0'), change: { op: 'create', after } }] });
    const dns = { store, cache: new AggregateCache(), now: () => 0 } as unknown as DnsContext;
    const names = async (time: string) => [...(await zoneAsOf(dns, TENANT, ZONE, `2026-11-21T${time}:00.000Z`)).state.records.keys()].map(Number);
    expect([await names('10:05'), await names('10:30')]).toEqual([[1], [2]]);
  });
});
