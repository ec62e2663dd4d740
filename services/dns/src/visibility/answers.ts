/** What name servers should answer after a plan, and whether they do. Pure. */
import type { MadeChange } from '../plan/changes.js';
import type { DnsRecord, RecordData, RecordType } from '../records/record.js';

/** Values of one name and type, as a set. Empty: there should be none. */
export interface Expected { readonly name: string; readonly type: RecordType; readonly values: readonly string[] }

/** As a resolver gives it, so that both can be compared. */
export const answerOf = (data: RecordData): string => {
  switch (data.type) {
    case 'A': case 'AAAA': return data.address;
    case 'CNAME': case 'NS': return data.target;
    case 'TXT': return data.text;
    case 'MX': return `${data.priority} ${data.target}`;
    case 'SRV': return `${data.priority} ${data.weight} ${data.port} ${data.target}`;
    case 'CAA': return `${data.flags} ${data.tag} ${data.value}`;
  }
};

/** Names that no name server gives the true answer of: who asks for a proxied name hears the provider's own addresses; a wildcard is no name; a CNAME at the apex is flattened. */
const isHidden = (record: DnsRecord, zone: string): boolean => record.proxied || record.name.startsWith('*.') || (record.data.type === 'CNAME' && record.name === zone);

/** @param now all records of the zone, as they were left */
export const expectedOf = (changes: readonly MadeChange[], now: readonly DnsRecord[], zone: string): { readonly expected: readonly Expected[]; readonly hidden: number } => {
  const touched = new Map<string, { name: string; type: RecordType }>();
  for (const { change } of changes) for (const record of [...('before' in change ? [change.before] : []), ...('after' in change ? [change.after] : [])]) touched.set(`${record.data.type} ${record.name}`, { name: record.name, type: record.data.type });
  const expected: Expected[] = [];
  let hidden = 0;
  for (const { name, type } of touched.values()) {
    const there = now.filter(r => r.name === name && r.data.type === type);
    if (there.some(r => isHidden(r, zone)) || name.startsWith('*.')) hidden += 1;
    else expected.push({ name, type, values: there.map(r => answerOf(r.data)).sort() });
  }
  return { expected, hidden };
};

export const isVisible = ({ values }: Expected, answer: readonly string[]): boolean => JSON.stringify([...answer].sort()) === JSON.stringify(values);
