/** What a record must be, with the numbers that the API refuses it with. Some of the numbers are from memory of the real one; what they refuse is documented. */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { refuse } from './answer.js';
import { PLANS } from './plans.js';
import type { DnsRecord, Zone } from './state.js';

export type Fields = Omit<DnsRecord, 'id' | 'created_on' | 'modified_on'>;

const TYPES = ['A', 'AAAA', 'CAA', 'CERT', 'CNAME', 'DNSKEY', 'DS', 'HTTPS', 'LOC', 'MX', 'NAPTR', 'NS', 'OPENPGPKEY', 'PTR', 'SMIMEA', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI'];
export const PROXIABLE = ['A', 'AAAA', 'CNAME'];
const PRIVATE = /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|22[4-9]\.|2[3-5]\d\.)/;

/** The fields of a record as it will be kept. @param before of a PATCH: what is not given stays */
export const readFields = (body: Readonly<Record<string, unknown>>, zone: Zone, before?: DnsRecord): Fields => {
  const given = before === undefined ? body : { ...before, ...(body['data'] !== undefined ? { content: undefined } : body['content'] !== undefined ? { data: undefined } : {}), ...body };
  const { type, name, ttl = 1, proxied = false, comment = null, tags = [] } = given as Partial<DnsRecord>;
  if (typeof type !== 'string' || type === '') return refuse(400, 9005, 'DNS record type is required.');
  if (!TYPES.includes(type)) return refuse(400, 9001, `DNS record type "${type}" is invalid.`);
  const limits = PLANS[zone.plan];
  const full = fullName(name, zone);
  const priority = number(given['priority']);
  const data = typeof given['data'] === 'object' && given['data'] !== null ? (given['data'] as DnsRecord['data']) : undefined;
  const content = contentOf(type, given['content'], priority, data);
  if (proxied && !PROXIABLE.includes(type)) refuse(400, 9004, 'This record type cannot be proxied.');
  if (proxied && type === 'A' && PRIVATE.test(content.content)) refuse(400, 9003, `Target ${content.content} is not allowed for a proxied record.`);
  if (type === 'CNAME' && content.content === full) refuse(400, 9039, 'A CNAME record cannot reference itself.');
  if (typeof ttl !== 'number' || !(ttl === 1 || (ttl >= limits.ttl && ttl <= 86_400))) refuse(400, 9021, `Invalid TTL. Must be between ${limits.ttl} and 86,400 seconds, or 1 for Automatic.`);
  if (typeof comment === 'string' && [...comment].length > limits.comment) refuse(400, 9313, `DNS record comment exceeds the maximum length of ${limits.comment} characters.`);
  if (!Array.isArray(tags) || tags.length > limits.tags) refuse(400, 9300, `DNS record has ${tags.length} tags, exceeding the quota of ${limits.tags}.`);
  return { type, name: full, content: content.content, ttl: proxied ? 1 : ttl, proxied: proxied === true, comment: comment === '' ? null : comment, tags: [...tags].sort(), ...(content.priority !== undefined && { priority: content.priority }), ...(content.data && { data: content.data }) };
};

const fullName = (name: unknown, zone: Zone): string => {
  if (typeof name !== 'string' || name === '') return refuse(400, 9000, 'DNS name is invalid.');
  const plain = name.replace(/\.$/, '').toLowerCase();
  // eslint-disable-next-line no-control-regex
  const ascii = /^[\x21-\x7e]*$/.test(plain) ? plain : plain.split('.').map(label => domainToASCII(label)).join('.');
  const full = ascii === '@' ? zone.name : ascii === zone.name || ascii.endsWith(`.${zone.name}`) ? ascii : `${ascii}.${zone.name}`;
  return full.length <= 253 && full.split('.').every((label, i) => (i === 0 && label === '*') || /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) ? full : refuse(400, 9000, 'DNS name is invalid.');
};

const number = (value: unknown): number | undefined => (value === undefined || value === null ? undefined : typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : refuse(400, 9104, 'priority must be between 0 and 65,535.'));
const isHost = (text: string): boolean => text === '.' || (!isIPv4(text) && /^(?=.{1,254}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i.test(text));
const host = (text: string): string => (text === '.' ? text : text.replace(/\.$/, '').toLowerCase());

const contentOf = (type: string, given: unknown, priority: number | undefined, data: DnsRecord['data']): Pick<Fields, 'content' | 'priority' | 'data'> => {
  const wrong = (code: number, what: string): never => refuse(400, code, `Content for ${type} record ${what}`);
  if (type === 'SRV') {
    const { priority: first, weight, port, target } = (data ?? {}) as Record<string, unknown>;
    const numbers = [first ?? priority, weight, port].map(number);
    if (numbers.includes(undefined) || typeof target !== 'string' || !isHost(target)) return wrong(9101, 'is invalid: data with priority, weight, port and target is required.');
    const [p = 0, w = 0, o = 0] = numbers as number[];
    return { content: `${w} ${o} ${host(target)}`, priority: p, data: { priority: p, weight: w, port: o, target: host(target) } };
  }
  if (type === 'CAA') {
    const { flags, tag, value } = (data ?? {}) as Record<string, unknown>;
    if (typeof flags !== 'number' || flags < 0 || flags > 255 || typeof tag !== 'string' || !/^[a-z0-9]+$/.test(tag) || typeof value !== 'string') return wrong(9101, 'is invalid: data with flags, tag and value is required.');
    return { content: `${flags} ${tag} ${JSON.stringify(value)}`, data: { flags, tag, value } };
  }
  if (typeof given !== 'string' || given === '') return wrong(9005, 'is required.');
  switch (type) {
    case 'A': return isIPv4(given) ? { content: given } : wrong(9005, 'must be a valid IPv4 address.');
    case 'AAAA': return isIPv6(given) && !given.includes('%') ? { content: new URL(`http://[${given}]`).hostname.slice(1, -1) } : wrong(9006, 'must be a valid IPv6 address.');
    case 'CNAME': return isHost(given) && given !== '.' ? { content: host(given) } : wrong(9007, 'is invalid.');
    case 'NS': return isHost(given) && given !== '.' ? { content: host(given) } : wrong(9008, 'is invalid.');
    case 'MX': return isHost(given) ? { content: host(given), priority: priority ?? refuse(400, 9100, 'priority is a required field.') } : wrong(9009, 'is invalid.');
    case 'TXT': return Buffer.byteLength(given) <= 4_096 ? { content: given } : refuse(400, 9015, 'Record content exceeds the allowed length of 4096 wire format bytes.');
    default: return { content: given };
  }
};

/** What the zone already has may forbid a record. @param self the record that is replaced */
export const checkPlace = (fields: Fields, others: Iterable<DnsRecord>, self?: string): void => {
  for (const other of others) {
    if (other.id === self || other.name !== fields.name) continue;
    if (other.type === fields.type && other.content === fields.content && other.priority === fields.priority) refuse(400, 81058, 'An identical record already exists.');
    const alias = fields.type === 'CNAME';
    if (alias && PROXIABLE.includes(other.type)) refuse(400, 81053, 'An A, AAAA, or CNAME record with that host already exists.');
    if (other.type === 'CNAME' && PROXIABLE.includes(fields.type)) refuse(400, 81054, 'A CNAME record with that host already exists.');
    if ((fields.type === 'NS') !== (other.type === 'NS')) refuse(400, 81056, 'NS records cannot exist on the same name as any other record type.');
  }
};
