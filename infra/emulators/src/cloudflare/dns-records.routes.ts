import { paged, refuse, type Answer } from './answer.js';
import { checkPlace, PROXIABLE, readFields } from './dns-record-rules.js';
import { PLANS, recordQuota } from './plans.js';
import { jsonBody, param, productZone, type Call, type Route } from './route.js';
import { newHex, type DnsRecord, type State, type Zone } from './state.js';

const recordAnswer = (record: DnsRecord): object => ({ ...record, proxiable: PROXIABLE.includes(record.type), settings: {}, meta: {}, ...(record.comment !== null && { comment_modified_on: record.modified_on }) });

/** `content=…` and `content.exact=…`, `.contains`, `.startswith`, `.endswith`, without regard to case. */
const matches = (query: URLSearchParams, field: string, value: string): boolean => {
  const text = value.toLowerCase();
  const wanted = (how: string): string | undefined => query.get(`${field}${how}`)?.toLowerCase();
  const exact = wanted('') ?? wanted('.exact');
  return (exact === undefined || text === exact) && text.includes(wanted('.contains') ?? '') && text.startsWith(wanted('.startswith') ?? '') && text.endsWith(wanted('.endswith') ?? '');
};

const list = (call: Call): Answer => {
  const zone = productZone(call, 'DNS Read');
  const { query } = call;
  const search = query.get('search')?.toLowerCase() ?? '';
  const all = [...zone.records.values()];
  // A large zone is mostly asked for as a whole.
  const found = [...query.keys()].every(key => ['page', 'per_page', 'order', 'direction'].includes(key)) ? all : all.filter(r => (query.get('type') ?? r.type) === r.type && (query.get('proxied') ?? String(r.proxied)) === String(r.proxied)
    && matches(query, 'name', r.name) && matches(query, 'content', r.content) && matches(query, 'comment', r.comment ?? '')
    && [r.name, r.content, r.comment ?? ''].some(text => text.toLowerCase().includes(search)));
  const order = query.get('order') as 'type' | 'name' | 'content' | 'ttl' | 'proxied' | null;
  if (order) found.sort((a, b) => (a[order] < b[order] ? -1 : 1) * (query.get('direction') === 'desc' ? -1 : 1));
  return paged(found, query, { preset: 100, max: 5_000_000 }, recordAnswer);
};

const known = (zone: Pick<Zone, 'records'>, id: string): DnsRecord => zone.records.get(id) ?? refuse(404, 81044, 'Record does not exist.');
const time = (state: State): string => new Date(state.now()).toISOString();

/** Changes on a copy of the zone's records, so that the first refusal leaves everything as it was. */
const changer = (state: State, zone: Zone) => {
  const records = new Map(zone.records);
  const draft = { records };
  return {
    create: (body: Readonly<Record<string, unknown>>): DnsRecord => {
      const fields = readFields(body, zone);
      checkPlace(fields, records.values());
      if (records.size >= recordQuota(zone)) refuse(400, 81045, 'The record quota has been exceeded.');
      const record = { id: newHex(), ...fields, created_on: time(state), modified_on: time(state) };
      records.set(record.id, record);
      return record;
    },
    change: (id: string, body: Readonly<Record<string, unknown>>, how: 'patch' | 'put'): DnsRecord => {
      const before = known(draft, id);
      const fields = readFields(body, zone, how === 'patch' ? before : undefined);
      checkPlace(fields, records.values(), id);
      const record = { id, ...fields, created_on: before.created_on, modified_on: time(state) };
      records.set(id, record);
      return record;
    },
    remove: (id: string): DnsRecord => {
      const record = known(draft, id);
      records.delete(id);
      return record;
    },
    commit: (): void => { zone.records = records; },
  };
};

const entries = (call: Call, name: string): Record<string, unknown>[] => {
  const value = jsonBody(call)[name] ?? [];
  return Array.isArray(value) && value.every(v => typeof v === 'object' && v !== null) ? (value as Record<string, unknown>[]) : refuse(400, 9207, 'Request body is invalid.');
};
const idOf = (entry: Readonly<Record<string, unknown>>): string => (typeof entry['id'] === 'string' ? entry['id'] : refuse(400, 9207, 'Request body is invalid.'));

/** Deletes, patches, puts, posts, in this order, in one transaction. */
const batch = (call: Call): Answer => {
  const zone = productZone(call, 'DNS Write');
  const [deletes, patches, puts, posts] = ['deletes', 'patches', 'puts', 'posts'].map(name => entries(call, name)) as [Record<string, unknown>[], Record<string, unknown>[], Record<string, unknown>[], Record<string, unknown>[]];
  const most = PLANS[zone.plan].batch;
  if (deletes.length + patches.length + puts.length + posts.length > most) refuse(400, 9207, `A batch has at most ${most} operations.`);
  const zoneNow = changer(call.state, zone);
  const result = {
    deletes: deletes.map(e => recordAnswer(zoneNow.remove(idOf(e)))), patches: patches.map(e => recordAnswer(zoneNow.change(idOf(e), e, 'patch'))),
    puts: puts.map(e => recordAnswer(zoneNow.change(idOf(e), e, 'put'))), posts: posts.map(e => recordAnswer(zoneNow.create(e))),
  };
  zoneNow.commit();
  return { result };
};

/** One change, alone. Rights come before the content: an empty body tells whether a token may write, and writes nothing. */
const alone = (make: (zone: ReturnType<typeof changer>, call: Call) => object) => (call: Call): Answer => {
  const zone = changer(call.state, productZone(call, 'DNS Write'));
  const result = make(zone, call);
  zone.commit();
  return { result };
};

export const dnsRecordRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/zones/:zone/dns_records', handle: list },
  { method: 'POST', pattern: '/zones/:zone/dns_records', handle: alone((zone, call) => recordAnswer(zone.create(jsonBody(call)))) },
  { method: 'POST', pattern: '/zones/:zone/dns_records/batch', handle: batch },
  { method: 'GET', pattern: '/zones/:zone/dns_records/:record', handle: call => ({ result: recordAnswer(known(productZone(call, 'DNS Read'), param(call, 'record'))) }) },
  { method: 'PATCH', pattern: '/zones/:zone/dns_records/:record', handle: alone((zone, call) => recordAnswer(zone.change(param(call, 'record'), jsonBody(call), 'patch'))) },
  { method: 'PUT', pattern: '/zones/:zone/dns_records/:record', handle: alone((zone, call) => recordAnswer(zone.change(param(call, 'record'), jsonBody(call), 'put'))) },
  { method: 'DELETE', pattern: '/zones/:zone/dns_records/:record', handle: alone((zone, call) => ({ id: zone.remove(param(call, 'record')).id })) },
];
