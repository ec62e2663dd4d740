/** A DNS record as this service thinks of it: what a provider calls content, priority and data is one value here, in one form. */

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'CAA', 'NS'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** Names and targets: lower case, punycode, without the final dot. Addresses: canonical. `text`: what a TXT record says, its strings joined. A target of MX or SRV is empty for "none" (a single dot). */
export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'NS'; readonly target: string }
  | { readonly type: 'TXT'; readonly text: string }
  | { readonly type: 'MX'; readonly priority: number; readonly target: string }
  | { readonly type: 'SRV'; readonly priority: number; readonly weight: number; readonly port: number; readonly target: string }
  | { readonly type: 'CAA'; readonly flags: number; readonly tag: string; readonly value: string };

/** Seconds; 1 lets the provider choose. */
export const AUTOMATIC_TTL = 1;

export interface DnsRecord {
  /** Fully qualified: lower case, punycode, no final dot. */
  readonly name: string;
  readonly data: RecordData;
  readonly ttl: number;
  readonly proxied: boolean;
  /** Empty when there is none. */
  readonly comment: string;
  /** `name:value`, sorted. */
  readonly tags: readonly string[];
}

/** A record that the provider has. */
export interface KnownRecord extends DnsRecord { readonly id: string }

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
