/** What records of one zone may not be together, found before the provider is asked. */
import type { Issue } from './check-record.js';
import { identityOf, valueOf, type DnsRecord } from './record.js';

export interface SetIssue extends Issue { readonly name: string }

/** Issues of a zone as it would be. The apex may have a CNAME: the provider flattens it. */
export const checkSet = (records: readonly DnsRecord[]): SetIssue[] => {
  const byName = new Map<string, DnsRecord[]>();
  const seen = new Set<string>();
  const issues: SetIssue[] = [];
  for (const record of records) {
    const identity = identityOf(record);
    if (seen.has(identity)) issues.push({ name: record.name, field: 'content', code: 'DNS.RECORD_TWICE', message: `${record.name} has ${record.data.type} ${valueOf(record.data)} twice.` });
    seen.add(identity);
    const known = byName.get(record.name);
    if (known) known.push(record);
    else byName.set(record.name, [record]);
  }
  for (const [name, there] of byName) issues.push(...checkName(name, there));
  return issues;
};

const checkName = (name: string, there: readonly DnsRecord[]): SetIssue[] => {
  const of = (...types: string[]) => there.filter(r => types.includes(r.data.type));
  const issue = (code: string, message: string): SetIssue => ({ name, field: 'name', code: `DNS.${code}`, message });
  const aliases = of('CNAME');
  const issues: SetIssue[] = [];
  if (aliases.length > 1) issues.push(issue('CNAME_TWICE', `${name} has ${aliases.length} CNAMEs; a name has one.`));
  if (aliases.length > 0 && of('A', 'AAAA').length > 0) issues.push(issue('CNAME_BESIDE', `${name} has a CNAME and addresses; a name that is an alias has no addresses of its own.`));
  if (of('NS').length > 0 && of('NS').length < there.length) issues.push(issue('NS_BESIDE', `${name} is delegated by NS records, so other records of that name would not be seen.`));
  for (const type of ['A', 'AAAA', 'CNAME']) {
    const same = of(type);
    if (new Set(same.map(r => r.proxied)).size > 1) issues.push(issue('PROXIED_MIXED', `The ${type} records of ${name} are proxied in part; all of one name and type are, or none.`));
  }
  return issues;
};
