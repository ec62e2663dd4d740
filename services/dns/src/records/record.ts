/** A DNS record as this service thinks of it: what a provider calls content, priority and data is one value here, in one form (`dnsRecord` of the contracts). */
import { RECORD_TYPES, type DnsRecord, type KnownRecord, type RecordData, type RecordType } from '@xanthus/proto/dns';

export { RECORD_TYPES, type DnsRecord, type KnownRecord, type RecordData, type RecordType };

/** Seconds; 1 lets the provider choose. */
export const AUTOMATIC_TTL = 1;

/** What may stand only once: a second record of the same kind, name and value is refused by every provider. */
export const identityOf = ({ name, data }: Pick<DnsRecord, 'name' | 'data'>): string => `${data.type} ${name} ${valueOf(data)}`;

/** The value in the words of a zone file, targets with their final dot. */
export const valueOf = (data: RecordData): string => {
  switch (data.type) {
    case 'A': case 'AAAA': return data.address;
    case 'CNAME': case 'NS': return `${data.target}.`;
    case 'TXT': return JSON.stringify(data.text);
    case 'MX': return `${data.priority} ${data.target}.`;
    case 'SRV': return `${data.priority} ${data.weight} ${data.port} ${data.target}.`;
    case 'CAA': return `${data.flags} ${data.tag} ${JSON.stringify(data.value)}`;
  }
};

/** The fields of which a change is a change of the record; in this order they are shown and hashed. */
export const contentOf = (r: DnsRecord): string => JSON.stringify([r.name, r.data.type, valueOf(r.data), r.ttl, r.proxied, r.comment, [...r.tags].sort()]);

export const sameRecord = (a: DnsRecord, b: DnsRecord): boolean => contentOf(a) === contentOf(b);

const PROXIABLE: ReadonlySet<RecordType> = new Set(['A', 'AAAA', 'CNAME']);
export const isProxiable = (type: RecordType): boolean => PROXIABLE.has(type);
