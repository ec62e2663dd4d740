/** Arbitrary records and zones for properties. */
import fc from 'fast-check';
import { checkRecord, type RecordInput } from './check-record.js';
import { checkSet } from './check-set.js';
import { identityOf, type DnsRecord, type KnownRecord } from './record.js';

export const ZONE = 'example.com';
export const PAID = { least_ttl: 30, longest_comment: 500, most_tags: 20 };

const label = fc.constantFrom('@', 'www', 'a', 'b', '*', 'mail', 'x.y', '_dmarc', 'ünï', 'à', 'UPPER', '0-1');
const target = fc.constantFrom('example.net', 'a.example.com', 'host.example.org.', 'bücher.example');
const uint16 = fc.integer({ min: 0, max: 65_535 });
const printable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });

const value: fc.Arbitrary<Omit<RecordInput, 'name'>> = fc.oneof(
  fc.ipV4().map(content => ({ type: 'A', content })),
  fc.ipV6().map(content => ({ type: 'AAAA', content })),
  target.map(content => ({ type: 'CNAME', content })),
  target.map(content => ({ type: 'NS', content })),
  printable.map(content => ({ type: 'TXT', content })),
  fc.record({ priority: uint16, content: fc.oneof(target, fc.constant('.')) }).map(v => ({ type: 'MX', ...v })),
  fc.record({ priority: uint16, weight: uint16, port: uint16, content: target }).map(v => ({ type: 'SRV', ...v })),
  fc.record({ flags: fc.constantFrom(0, 128), tag: fc.constantFrom('issue', 'issuewild'), value: fc.constantFrom('letsencrypt.org', ';', 'ca.example; account="1\\2"') }).map(v => ({ type: 'CAA', ...v })),
);

const input: fc.Arbitrary<RecordInput> = fc.record({
  v: value, name: label, ttl: fc.oneof(fc.constant(1), fc.integer({ min: 30, max: 86_400 })), proxied: fc.boolean(),
  comment: fc.oneof(fc.constant(''), fc.constantFrom('a cf_tags=b', 'cf_tags=', ';"( ) \\', 'voilà', 'Ça à'), fc.string({ maxLength: 60 })),
  tags: fc.uniqueArray(fc.constantFrom('team:web', 'x', 'env:pro d', 'a-b:c:d'), { maxLength: 3 }),
}).map(({ v, name, ...rest }) => ({ ...v, ...rest, name: v.type === 'SRV' ? `_sip._tcp.${name === '@' || name === '*' ? 'v' : name}` : name }));

/** Records that pass the check. */
export const record: fc.Arbitrary<DnsRecord> = input.map(given => checkRecord(given, ZONE, PAID)).filter(c => c.ok).map(c => (c as { record: DnsRecord }).record);

/** Records that may be together in a zone. */
export const zone: fc.Arbitrary<DnsRecord[]> = fc.array(record, { maxLength: 14 }).map(all => all.reduce<DnsRecord[]>((kept, r) => (checkSet([...kept, r]).length === 0 ? [...kept, r] : kept), []));

export const known = (records: readonly DnsRecord[], prefix = 'id'): KnownRecord[] => records.map((r, i) => ({ ...r, id: `${prefix}-${i}` }));
/** What a zone says, without the ids of the provider. */
export const sorted = (records: readonly (DnsRecord | KnownRecord)[]): string[] => records.map(r => `${identityOf(r)} ${r.ttl} ${r.proxied} ${r.comment} ${r.tags.join()}`).sort();
/** With what else it takes, plain. */
export const newRecord = (name: string, data: DnsRecord['data'], rest: Partial<DnsRecord> = {}): DnsRecord => ({ name, data, ttl: 300, proxied: false, comment: '', tags: [], ...rest });
