import { describe, expect, it } from '@jest/globals';
import { RECORD_TYPES as theirTypes } from '@xanthus/proto/dns';
import type { Domain, KnownRecord, PlanVisibility, RecordInput, Zone, ZoneRecord } from '../contracts.js';
import { changesBack, fromField, takenBack, toField, whoChanged } from './history-model.js';
import { drop, fitting, issuesByKey, rowOf, settle, tally, wishBulk, wishCreate, wishDelete, wishesOf, wishUpdate, type PendingSet } from './pending.js';
import { adoptable, differences, listIn, nextLook, openRisks, planTally, visibilityTone } from './plan-model.js';
import { listRecords } from './record-list.js';
import { draftOf, EMPTY_DRAFT, fullName, inputOf, inputText, sameInput, shortName, toInput, TYPE_FIELDS } from './record-model.js';
import { PROXIABLE, RECORD_TYPES } from './record-types.js';
import { beforeOf, domainSteps, restores } from './tls-model.js';
import { certificateWords, zoneLines, zoneStatus } from './zone-list.js';
import { readZoneSearch } from './zone-search.js';

const ZONE = 'example.com';
const PERSON = { kind: 'person' as const, id: 'ada' };
const hex = (n: number): string => n.toString(16).padStart(32, '0');
const known = (n: number, name: string, data: KnownRecord['data'], rest: Partial<KnownRecord> = {}): KnownRecord => ({ id: hex(n), name, data, ttl: 300, proxied: false, comment: '', tags: [], ...rest });
const row = (record: KnownRecord, owned = true): ZoneRecord => ({ ...record, zone: hex(99), owned, changed_at: '2026-11-21T08:00:00.000Z', changed_by: null, plan: null });
const www = row(known(1, 'www.example.com', { type: 'A', address: '192.0.2.1' }));
const apex = row(known(2, ZONE, { type: 'MX', priority: 10, target: 'mx.example.net' }), false);
const NONE: PendingSet = new Map();

const ALL: readonly KnownRecord['data'][] = [
  { type: 'A', address: '192.0.2.1' }, { type: 'AAAA', address: '2001:db8::1' }, { type: 'CNAME', target: 'a.example.net' }, { type: 'NS', target: 'ns1.example.net' }, { type: 'TXT', text: '  with blanks, and "quotes" ' },
  { type: 'MX', priority: 0, target: '' }, { type: 'SRV', priority: 1, weight: 2, port: 3, target: 'sip.example.net' }, { type: 'CAA', flags: 128, tag: 'iodef', value: 'mailto:a@example.net' },
];

describe('a record in a form', () => {
  it('knows the types of proto', () => { expect(RECORD_TYPES).toEqual(theirTypes); expect(Object.keys(TYPE_FIELDS).sort()).toEqual([...theirTypes].sort()); });
  it.each(ALL.map(data => [data.type, data] as const))('%s comes out as it went in', (_, data) => {
    const input = inputOf(known(1, 'a.example.com', data, { comment: 'why', tags: ['b', 'a'] }));
    const back = toInput(draftOf(input, ZONE));
    expect(sameInput(input, back, ZONE)).toBe(true);
    for (const { field } of TYPE_FIELDS[data.type]) expect(back[field]).toBe(input[field]);
    expect(sameInput(input, { ...back, ttl: 600 }, ZONE)).toBe(false);
    expect(inputText(back)).not.toBe('');
  });
  it('asks only for what its type has, and leaves out what is no number', () => {
    const input = toInput({ ...EMPTY_DRAFT, type: 'MX', name: ' @ ', content: ' mx.example.net ', priority: 'ten', proxied: true, flags: '128' });
    expect(input).toEqual({ type: 'MX', name: '@', proxied: false, comment: '', tags: [], ttl: 1, content: 'mx.example.net' });
  });
  it.each([['www', 'www.example.com'], ['@', ZONE], ['', ZONE], ['www.example.com', 'www.example.com'], ['Other.Example.', 'other.example'], ['notexample.com', 'notexample.com.example.com']])('%j is %s', (typed, full) => {
    expect(fullName(typed, ZONE)).toBe(full);
    expect(fullName(shortName(full, ZONE), ZONE) === full || !full.endsWith(ZONE)).toBe(true);
  });
});

describe('changes that wait', () => {
  const input = (change: Partial<RecordInput>): RecordInput => ({ ...inputOf(www), ...change });
  it('become wishes in their order, and none where nothing changes', () => {
    let all = wishCreate(NONE, input({ name: 'new' }), 'new-1');
    all = wishUpdate(all, www, input({ ttl: 600 }), ZONE);
    all = wishDelete(all, apex);
    expect(wishesOf(all)).toEqual([
      { op: 'create', record: { type: 'A', name: 'new', content: '192.0.2.1', ttl: 300 } }, { op: 'update', id: www.id, record: { type: 'A', name: 'www.example.com.', content: '192.0.2.1', ttl: 600 } }, { op: 'delete', id: apex.id },
    ]);
    expect(tally(all)).toBe('1 new, 1 changed, 1 deleted');
    expect(wishUpdate(all, www, inputOf(www), ZONE).has(www.id)).toBe(false);
    expect([...drop(all, ['new-1', apex.id]).keys()]).toEqual([www.id]);
  });
  it('are made for many at once; what is not there yet is forgotten instead of deleted', () => {
    const all = wishCreate(NONE, input({ name: 'new' }), 'new-1');
    const rows = [...listRecords(new Map([[www.id, www], [apex.id, apex]]), all, {}, ZONE)];
    const proxied = wishBulk(all, rows, { proxied: true }, ZONE, PROXIABLE);
    expect([...proxied.values()].map(p => (p.op === 'delete' ? '' : `${p.input.type} ${p.input.proxied} ${p.input.ttl}`))).toEqual(['A true 1', 'A true 1']);
    expect(wishesOf(wishBulk(all, rows, { delete: true }, ZONE, PROXIABLE)).map(w => w.op)).toEqual(['delete', 'delete']);
    expect([...wishBulk(all, rows, { ttl: 600 }, ZONE, PROXIABLE).keys()].sort()).toEqual(['new-1', www.id, apex.id].sort());
  });
  it('go into a plan as far as they fit, in their order', () => {
    const all = wishDelete(wishCreate(NONE, input({ name: 'new' }), 'new-1'), apex);
    expect(fitting(all)).toEqual(all);
    expect([...fitting(all, 1).keys()]).toEqual(['new-1']);
  });
  it('fall away once the zone is so, or the record is gone', () => {
    const all = wishDelete(wishUpdate(NONE, www, input({ ttl: 600 }), ZONE), apex);
    expect(settle(all, new Map([[www.id, www], [apex.id, apex]]), ZONE)).toBe(all);
    expect([...settle(all, new Map([[www.id, { ...www, ttl: 600 }]]), ZONE).keys()]).toEqual([]);
  });
  it('are told apart in what a refused plan says', () => {
    const all = wishDelete(wishCreate(NONE, input({}), 'new-1'), apex);
    const issue = { field: 'name', code: 'DNS.X', message: 'wrong' };
    const { of, rest } = issuesByKey(all, [{ ...issue, at: 1 }, { ...issue, at: 7 }, issue]);
    expect([[...of.keys()], rest.length]).toEqual([[apex.id], 2]);
  });
});

describe('the table of records', () => {
  const records = new Map([www, apex, row(known(3, 'a10.example.com', { type: 'TXT', text: 'Hello' }), false), row(known(4, 'a9.example.com', { type: 'TXT', text: 'x' }))].map(r => [r.id, r]));
  const names = (filter: Parameters<typeof listRecords>[2], pending = NONE): string[] => listRecords(records, pending, filter, ZONE).map(r => fullName(r.input.name, ZONE));
  it('has the zone first and numbers in their order', () => expect(names({})).toEqual([ZONE, 'a9.example.com', 'a10.example.com', 'www.example.com']));
  it('finds by name and value, type and owner', () => {
    expect(names({ q: 'HELLO' })).toEqual(['a10.example.com']);
    expect(names({ type: 'A' })).toEqual(['www.example.com']);
    expect(names({ owner: 'others' })).toEqual([ZONE, 'a10.example.com']);
    expect(names({ owner: 'unsaved' }, wishDelete(NONE, www))).toEqual(['www.example.com']);
  });
  it('shows a change as it would be, a deletion as it is', () => {
    expect(rowOf(www, wishUpdate(NONE, www, { ...inputOf(www), content: '192.0.2.9' }, ZONE).get(www.id)).input.content).toBe('192.0.2.9');
    expect(rowOf(www, wishDelete(NONE, www).get(www.id)).input.content).toBe('192.0.2.1');
  });
  it('takes ten thousand in a moment', () => {
    const many = new Map(Array.from({ length: 10_000 }, (_, i) => row(known(i, `h${i}.example.com`, { type: 'A', address: '192.0.2.1' }))).map(r => [r.id, r]));
    expect(listRecords(many, NONE, { q: 'h99' }, ZONE)).toHaveLength(111);
  });
});

describe('plans in words', () => {
  it('say what differs, and only that', () => {
    expect(differences(www, { ...www, ttl: 600, proxied: true })).toEqual([['TTL', '5 min', '10 min'], ['Proxied', 'no', 'yes']]);
    expect(planTally({ creates: 1, updates: 0, deletes: 3 })).toBe('1 new, 3 deleted');
  });
  it('ask again only for the risks that want it', () => {
    const risks = [{ kind: 'mail' as const, asks_again: true, message: '', names: [] }, { kind: 'policy' as const, asks_again: false, message: '', names: [] }];
    expect(openRisks(risks, new Set()).map(r => r.kind)).toEqual(['mail']);
    expect(openRisks(risks, new Set(['mail']))).toEqual([]);
  });
  it('offer to adopt what is somebody else’s, not what is gone', () => expect(adoptable([{ kind: 'foreign', id: hex(1), record: www, message: '' }, { kind: 'missing', id: hex(2), record: null, message: '' }, { kind: 'exists', id: hex(1), record: www, message: '' }])).toEqual([hex(1)]));
  it('read what a refusal carries, whatever it is', () => { expect(listIn({ issues: [1] }, 'issues')).toEqual([1]); expect(listIn({ issues: 'x' }, 'issues')).toEqual([]); expect(listIn(undefined, 'issues')).toEqual([]); });
});

describe('visibility', () => {
  const seen = (change: Partial<PlanVisibility>): PlanVisibility => ({ visible: 0, total: 2, hidden: 0, unanswered: 0, not_yet: [], asked: [], text: '', ...change });
  it('is asked again with growing pauses, until it is all there or nobody answers', () => {
    const pauses = [1, 2, 3, 4].map(n => Number(nextLook(seen({ visible: 1 }), n)));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(new Set(pauses).size).toBe(4);
    expect(nextLook(seen({ visible: 2 }), 1)).toBe(false);
    expect([nextLook(seen({ unanswered: 2 }), 1), nextLook(seen({ unanswered: 2 }), 3)]).toEqual([2_000, false]);
    expect(nextLook(seen({ visible: 1 }), 50)).toBe(false);
  });
  it('never says more than is known', () => expect([seen({}), seen({ visible: 2 }), seen({ unanswered: 2 }), seen({ total: 0 })].map(s => visibilityTone(s).label)).toEqual(['Not yet visible', 'Visible', 'Not known', 'Cannot be seen from outside']));
});

describe('history', () => {
  it('takes each kind of change back by one wish', () => {
    expect(takenBack({ id: hex(1), change: { op: 'create', after: www } })).toEqual([{ op: 'delete', id: hex(1) }]);
    expect(takenBack({ id: hex(1), change: { op: 'update', before: www, after: www } })).toEqual([{ op: 'update', id: hex(1), record: inputOf(www) }]);
    expect(takenBack({ id: hex(1), change: { op: 'delete', before: www } })).toEqual([{ op: 'create', record: inputOf(www) }]);
  });
  it('says what going back changes', () => {
    const then = [{ ...www, ttl: 600 }, known(7, 'gone.example.com', { type: 'A', address: '192.0.2.7' })];
    expect(changesBack(then, [www, apex]).map(c => c.op)).toEqual(['delete', 'create', 'update']);
    expect(changesBack([www], [www])).toEqual([]);
    expect(changesBack([www], [{ ...www, id: hex(50) }])).toEqual([]);
    expect(changesBack([www], [{ ...www, id: hex(50), data: { type: 'A', address: '192.0.2.9' } }]).map(c => c.op)).toEqual(['update']);
  });
  it('names who applied a plan, not the service that carried it out', () => {
    const service = { kind: 'service' as const, id: 'dns' };
    expect(whoChanged({ by: service, plan: 'p' }, new Map([['p', { applied_by: PERSON, made_by: service }]]))).toBe(PERSON);
    expect(whoChanged({ by: service, plan: 'p' }, new Map())).toBe(service);
    expect(whoChanged({ by: PERSON, plan: null }, new Map())).toBe(PERSON);
  });
  it('takes a time that is over', () => {
    const at = Date.parse('2026-11-21T08:00:07.000Z');
    expect(fromField(toField(at), at)).toBe('2026-11-21T08:00:07.000Z');
    expect([fromField('', at), fromField('x', at), fromField(toField(at + 1_000), at)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('domains', () => {
  const about = { account: hex(8), name: ZONE, status: 'active', plan: 'free', name_servers: ['a.ns'] };
  const zone: Zone = { id: hex(1), ...about, records: 3, owned: 1, drift: 2, gone: true, managed_at: '2026-11-21T08:00:00.000Z', managed_by: PERSON, changed_at: '2026-11-21T08:00:00.000Z', changed_by: null };
  const listed = (n: number, name: string) => ({ id: hex(n), ...about, name, paused: false, managed: false, created_at: '2026-11-21T08:00:00.000Z' });
  it('are what Cloudflare has and what is kept, also when it is gone there', () => {
    const lines = zoneLines([listed(2, 'b.example'), listed(3, 'a.example')], new Map([[zone.id, zone]]), new Map(), new Map(), 0);
    expect(lines.map(l => [l.name, l.managed, l.status.label])).toEqual([[ZONE, true, 'Gone'], ['a.example', false, 'Active'], ['b.example', false, 'Active']]);
  });
  it('say why a zone is not active', () => expect([zoneStatus('pending').label, zoneStatus('active', { paused: true }).label, zoneStatus('moved').label]).toEqual(['Pending', 'Paused', 'Moved']));
  it('count the days of a certificate', () => {
    const on = (state: 'valid' | 'expiring' | 'revoked', expires_at: string) => certificateWords({ state, expires_at }, Date.parse('2026-11-21T00:00:00Z'));
    expect(on('valid', '2026-11-22T00:00:00Z')).toMatchObject({ label: '1 day left', tone: 'warn' });
    expect(on('valid', '2041-11-21T00:00:00Z')).toMatchObject({ label: '5,479 days left', tone: 'ok' });
    expect([on('valid', '2026-11-20T00:00:00Z').label, on('revoked', '2030-01-01T00:00:00Z').label]).toEqual(['Expired', 'Revoked']);
  });
  it('show the steps back in their order, and what each restores', () => {
    const step = (name: Domain['steps'][number]['name'], state: Domain['steps'][number]['state']) => ({ name, state, text: 'SSL is strict; it was flexible.', duration_ms: 5 });
    expect(domainSteps({ back: true, steps: [step('ssl_mode', 'done'), step('redirect', 'undone')] }).map(s => [s.key, s.status])).toEqual([['redirect', 'passed'], ['ssl_mode', 'waiting']]);
    const item = (type: string, data: unknown) => ({ seq: 1, subject: '', time: '', payload: { type, data } });
    const before = beforeOf([item('DomainStepObserved', { step: 'ssl_mode', before: { ssl: 'off' } }), item('DomainConfigureStarted', {}), item('DomainStepObserved', { step: 'ssl_mode', before: { ssl: 'flexible' } }), item('DomainStepObserved', { step: 'ssl_mode', before: { ssl: 'strict' } })]);
    expect(restores('ssl_mode', before.get('ssl_mode'))).toBe('SSL becomes flexible again.');
    expect(restores('redirect', { redirect: 'ruleset x' })).toContain('stays');
  });
  it('leave out what an address has wrong', () => {
    expect(readZoneSearch({ tab: 'plans', plan: '../x', q: 'a' })).toEqual({ tab: 'plans' });
    expect(readZoneSearch({ q: 'a', type: 'MX', owner: 'ours', record: 'x' })).toEqual({ q: 'a', type: 'MX', owner: 'ours' });
    expect(readZoneSearch({ tab: 'nope', type: 'XX', owner: 7 })).toEqual({});
  });
});
