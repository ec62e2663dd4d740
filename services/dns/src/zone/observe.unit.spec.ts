/** A look at Cloudflare that was begun before a plan changed the zone says nothing of what the plan changed, however late it is told. */
import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import type { RecordChange } from '@xanthus/proto/dns';
import type { KnownRecord } from '../records/record.js';
import { zoneDecider, type ZoneCommand } from './zone.decide.js';
import type { ManagedZone, ZoneEvent } from './zone.js';

const about = { account: '01a7362d577a6c3019a474fd6f485823', name: 'example.com', status: 'active', plan: 'free', name_servers: [] };
const record = (n: number, ttl = 300): KnownRecord => ({ id: `${n}`.padStart(32, '0'), name: `h${n}.example.com`, data: { type: 'A', address: '192.0.2.1' }, ttl, proxied: false, comment: '', tags: [] });
const without = ({ id: _id, ...rest }: KnownRecord): Omit<KnownRecord, 'id'> => rest;
const after = (...commands: ZoneCommand[]): ZoneEvent[] => commands.reduce<ZoneEvent[]>((events, command) => [...events, ...given(zoneDecider, events).when(command).then()], []);
const state = (events: ZoneEvent[]): ManagedZone => given(zoneDecider, events).state() as ManagedZone;
const told = (changes: readonly { readonly id: string; readonly change: RecordChange }[]): ZoneCommand => ({ type: 'RecordChanges', plan: '01jd3x8e2v5y9w4z7q6r1s0tpn', reason: '', part: 0, back: false, changes });

describe('a look at Cloudflare', () => {
  const before = [record(1), record(2), record(4)];
  const managed = after({ type: 'Manage', about, records: before });
  const strange = after({ type: 'Manage', about, records: before }, { type: 'Observe', about, records: [...before, record(5)], asked: state(managed) });
  const changed = [...strange, ...given(zoneDecider, strange).when(told([
    { id: record(1).id, change: { op: 'update', before: record(1), after: without(record(1, 600)) } }, { id: record(2).id, change: { op: 'delete', before: record(2) } }, { id: record(3).id, change: { op: 'create', after: without(record(3)) } },
    { id: record(5).id, change: { op: 'delete', before: record(5) } },
  ])).then()];

  it('finds nothing wrong with what a plan has changed meanwhile, and still what others did', () => {
    const answer = [...before.slice(0, 2), record(5), record(4, 900)];
    const found = given(zoneDecider, changed).when({ type: 'Observe', about, records: answer, asked: state(strange) }).then();
    expect(found.flatMap(e => (e.type === 'DriftFound' ? e.data.findings.map(f => f.kind === 'unknown' ? 'unknown' : `${f.kind} ${f.before.name}`) : []))).toEqual(['changed h4.example.com']);
  });

  it('finds all of it when it was begun later', () => {
    const found = given(zoneDecider, changed).when({ type: 'Observe', about, records: [...before, record(5)], asked: state(changed) }).then();
    expect(found.flatMap(e => (e.type === 'DriftFound' ? e.data.findings.map(f => f.kind) : [])).sort()).toEqual(['changed', 'missing', 'unknown', 'unknown']);
  });
});
