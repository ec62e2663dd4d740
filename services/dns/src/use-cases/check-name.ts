/** Whether a name is still free for an address, as our log has it: for forms and previews of services, without a call to Cloudflare. */
import { readState, Refusal } from '@xanthus/kernel';
import type { DataOf, OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { checkName, DnsUser, zoneView } from '@xanthus/proto/dns';
import { certificateType } from '../certificate/certificate.decide.js';
import type { DnsContext } from '../dns.context.js';
import { domainType } from '../domain/domain.decide.js';
import { isInZone, nameIssue, toAscii } from '../records/names.js';
import { valueOf, type KnownRecord } from '../records/record.js';
import { zoneType } from '../zone/zone.decide.js';
import type { KeptRecord, ManagedZone } from '../zone/zone.js';

type Input = ParsedInputOf<typeof checkName>;
type Checked = OutputOf<typeof checkName>;

/** Beside these no address may stand, or it would be another one's too. */
const CLASHES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'NS']);

/** As it is at Cloudflare, as far as it was seen. */
const seenRecords = ({ records, drift }: ManagedZone): KeptRecord[] => {
  const seen = new Map(records);
  for (const finding of drift.values()) {
    if (finding.kind === 'missing') seen.delete(finding.before.id);
    else seen.set(finding.now.id, { owned: false, ...records.get(finding.now.id), record: finding.now });
  }
  return [...seen.values()];
};

/** A wildcard holds for one label in its place. */
const covers = (hostname: string, name: string): boolean => hostname === name || (hostname.startsWith('*.') && name.slice(name.indexOf('.') + 1) === hostname.slice(2));
const isFor = (mark: DnsUser | undefined, user: Input['for']): boolean => mark !== undefined && mark.service === user?.service && mark.id === user.id;
const whose = ({ mark, owned }: KeptRecord): string => (mark ? `for ${mark.name}` : owned ? 'made here' : 'made outside');
const saying = (record: KnownRecord): string => `${record.data.type} ${record.name} (${valueOf(record.data).slice(0, 80)})`;

const messageOf = (name: string, clash: KeptRecord | undefined, delegated: KeptRecord | undefined): string => {
  if (clash) return `${saying(clash.record)} stands there already, ${whose(clash)}. Choose another name, or remove that record first.`;
  return delegated ? `${delegated.record.name} is delegated to other name servers, so ${name} would not be seen. Choose another name.` : `${name} is free.`;
};

const zoneOf = async (dns: DnsContext, tenant: string, name: string): Promise<{ readonly id: string; readonly zone: ManagedZone } | undefined> => {
  const rows = (await dns.views.list<DataOf<typeof zoneView>>(tenant, 'zones')).filter(z => isInZone(name, z.value.data.name)).sort((a, b) => b.value.data.name.length - a.value.data.name.length);
  const [row] = rows;
  const zone = row && (await readState(dns, zoneType, tenant, row.id));
  return row && zone?.status === 'managed' ? { id: row.id, zone } : undefined;
};

/** @throws Refusal DNS.NAME_INVALID */
export const checkNameOf = async (dns: DnsContext, tenant: string, { name: given, for: user }: Input): Promise<Checked> => {
  const name = toAscii(given.trim());
  if (nameIssue(name, { wildcard: false }) !== undefined) throw new Refusal('DNS.NAME_INVALID', `${given.slice(0, 100)} is no host name.`);
  const found = await zoneOf(dns, tenant, name);
  if (!found) return { name, zone: null, free: false, message: `No domain that Xanthus manages has ${name}. Manage its zone first, under Domains.`, records: [], yours: [], certificate: null };
  const { id, zone } = found;
  const [domain, certificate] = await Promise.all([readState(dns, domainType, tenant, id), readState(dns, certificateType, tenant, id)]);
  const seen = seenRecords(zone);
  const there = seen.filter(k => k.record.name === name);
  const yours = there.filter(k => isFor(k.mark, user));
  const clash = there.find(k => CLASHES.has(k.record.data.type) && !yours.includes(k));
  const delegated = seen.find(({ record }) => record.data.type === 'NS' && record.name !== zone.about.name && record.name !== name && isInZone(name, record.name));
  return {
    name, zone: { id, name: zone.about.name, status: zone.about.status, configured: domain.status === 'configured' }, free: !clash && !delegated, message: messageOf(name, clash, delegated),
    records: there.map(({ record, owned, mark }) => ({ id: record.id, type: record.data.type, value: valueOf(record.data), proxied: record.proxied, owned, used_by: mark ?? null })), yours: yours.map(k => k.record.id),
    certificate: certificate.status === 'valid' ? { covers: certificate.issued.hostnames.some(h => covers(h, name)), expires_at: certificate.issued.expires_at, provider_ref: certificate.issued.provider_ref } : null,
  };
};
