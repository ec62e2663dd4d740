import { shortName } from '../records/names.js';
import { contentOf, type DnsRecord, type RecordData } from '../records/record.js';

/** Of one string of a TXT record, bytes. */
const LONGEST_STRING = 255;

/** A zone file that `readZoneFile` reads back as the same records; proxied, comment and tags as Cloudflare writes them. Sorted, so that two exports can be compared. */
export const writeZoneFile = (records: readonly DnsRecord[], zone: string, o: { readonly at: string }): string => {
  const lines = [...records].sort((a, b) => compare(sortKey(a, zone), sortKey(b, zone))).map(r => lineOf(r, zone));
  return [`; ${zone} as of ${o.at}`, `$ORIGIN ${zone}.`, ...lines, ''].join('\n');
};

/** The zone itself first, then by name from its end, so that what belongs together stands together. */
const sortKey = (r: DnsRecord, zone: string): string => `${r.name === zone ? '' : r.name.split('.').reverse().join('.')} ${contentOf(r)}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const lineOf = (r: DnsRecord, zone: string): string => {
  const tags = [...r.tags, ...(r.proxied ? ['cf-proxied:true'] : [])];
  // Always with the mark when the comment could be taken for one.
  const mark = tags.length > 0 || r.comment.includes('cf_tags=') ? `cf_tags=${tags.join(',')}` : '';
  // Whoever may edit the zone at the provider writes comments: they end no line here.
  const note = [r.comment, mark].filter(part => part !== '').join(' ').replaceAll(CONTROL, ' ');
  return `${nameText(shortName(r.name, zone))}\t${r.ttl}\tIN\t${r.data.type}\t${rdata(r.data)}${note === '' ? '' : ` ; ${note}`}`;
};

// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/g;
/** What no name has is escaped, so that it begins nothing else. */
const nameText = (name: string): string => name.replaceAll(/[^\w.*@/-]/gu, c => [...Buffer.from(c, 'utf8')].map(byte => `\\${String(byte).padStart(3, '0')}`).join(''));

const rdata = (data: RecordData): string => {
  switch (data.type) {
    case 'A': case 'AAAA': return data.address.replaceAll(CONTROL, '');
    case 'CNAME': case 'NS': return `${nameText(data.target)}.`;
    case 'MX': return `${data.priority} ${nameText(data.target)}.`;
    case 'SRV': return `${data.priority} ${data.weight} ${data.port} ${nameText(data.target)}.`;
    case 'CAA': return `${data.flags} ${nameText(data.tag)} ${quoted(Buffer.from(data.value, 'utf8'))}`;
    case 'TXT': return strings(data.text).map(quoted).join(' ');
  }
};

const strings = (text: string): Buffer[] => {
  const bytes = Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += LONGEST_STRING) parts.push(bytes.subarray(at, at + LONGEST_STRING));
  return parts;
};

const quoted = (bytes: Buffer): string => `"${[...bytes].map(escaped).join('')}"`;
const escaped = (byte: number): string => {
  if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  return byte < 0x20 || byte > 0x7e ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte);
};
