/** Everything that the provider would refuse about one record, found before it is asked. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { fullName, isInZone, nameIssue, toAscii, type NameIssue } from './names.js';
import { AUTOMATIC_TTL, isProxiable, RECORD_TYPES, type DnsRecord, type RecordData, type RecordType } from './record.js';

/** One thing that is wrong with a field. `code` is one of the `DNS.…` codes. */
export interface Issue { readonly field: string; readonly code: string; readonly message: string }

/** A record as somebody typed it: relative names, any case, nothing checked. */
export interface RecordInput {
  readonly type: string;
  readonly name: string;
  readonly ttl?: number | undefined;
  readonly proxied?: boolean | undefined;
  readonly comment?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Of A, AAAA, CNAME, NS, MX (the target), TXT. */
  readonly content?: string | undefined;
  readonly priority?: number | undefined;
  readonly weight?: number | undefined;
  readonly port?: number | undefined;
  readonly flags?: number | undefined;
  readonly tag?: string | undefined;
  readonly value?: string | undefined;
}

/** What the zone's plan allows. */
export interface ZoneLimits {
  /** Seconds; the least that is not automatic. */
  readonly least_ttl: number;
  readonly longest_comment: number;
  readonly most_tags: number;
}
export const FREE_LIMITS: ZoneLimits = { least_ttl: 60, longest_comment: 100, most_tags: 0 };

const MOST_TTL = 86_400;
/** Of a TXT record with all its strings, bytes. */
const LONGEST_TEXT = 2_048;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;
// eslint-disable-next-line no-control-regex
const TAG = /^[\w-]{1,32}(?::[^\0-\x1f\x7f,\s](?:[^\0-\x1f\x7f,]{0,98}[^\0-\x1f\x7f,\s])?)?$/;
const CAA_TAGS = ['issue', 'issuewild', 'iodef', 'issuemail'] as const;

const NAME_WORDS: Readonly<Record<NameIssue, string>> = {
  empty: 'is empty', too_long: 'is longer than 253 characters', label_too_long: 'has a part longer than 63 characters', label_empty: 'has two dots in a row, or begins with one',
  characters: 'has characters that DNS does not allow: letters, digits, hyphens and underscores only, no hyphen at the end of a part', wildcard: 'may have a * only as its whole first part',
};

export type Checked = { readonly ok: true; readonly record: DnsRecord } | { readonly ok: false; readonly issues: readonly Issue[] };

/** @param zone name of the zone, as `toAscii` answers it */
export const checkRecord = (input: RecordInput, zone: string, limits: ZoneLimits = FREE_LIMITS): Checked => {
  const issues: Issue[] = [];
  const wrong = (field: string, code: string, message: string): undefined => void issues.push({ field, code: `DNS.${code}`, message });
  const type = RECORD_TYPES.find(known => known === input.type.toUpperCase());
  if (!type) {
    wrong('type', 'TYPE_UNKNOWN', `${input.type.slice(0, 20)} is no record type that Xanthus keeps; one of ${RECORD_TYPES.join(', ')}.`);
    return { ok: false, issues };
  }
  const name = checkedName(input.name, zone, type, wrong);
  const data = dataOf(type, input, wrong);
  const proxied = input.proxied ?? false;
  const ttl = proxied ? AUTOMATIC_TTL : input.ttl ?? AUTOMATIC_TTL;
  if (proxied && !isProxiable(type)) wrong('proxied', 'NOT_PROXIABLE', `A ${type} record cannot be proxied.`);
  if (ttl !== AUTOMATIC_TTL && !(Number.isInteger(ttl) && ttl >= limits.least_ttl && ttl <= MOST_TTL)) wrong('ttl', 'TTL_INVALID', `The TTL is 1 (automatic) or ${limits.least_ttl} to ${MOST_TTL} seconds.`);
  if (proxied && data && 'address' in data && !isReachable(data.address)) wrong('proxied', 'PROXIED_PRIVATE', `${data.address} is no public address, so it cannot be proxied.`);
  if (data?.type === 'CNAME' && data.target === name) wrong('content', 'CNAME_TO_ITSELF', 'A CNAME cannot point to its own name.');
  if (type === 'NS' && name === zone) wrong('name', 'APEX_NS', 'The name servers of the zone itself are the provider\'s; they are not records to change.');
  const comment = (input.comment ?? '').trim();
  if ([...comment].length > limits.longest_comment) wrong('comment', 'COMMENT_TOO_LONG', `A comment has at most ${limits.longest_comment} characters in this zone's plan.`);
  if (CONTROL.test(comment)) wrong('comment', 'COMMENT_CONTROL', 'A comment is one line of text.');
  const tags = [...new Set(input.tags ?? [])].sort();
  if (tags.length > limits.most_tags) wrong('tags', 'TAGS_NOT_ALLOWED', limits.most_tags === 0 ? 'Tags need a paid plan of this zone.' : `At most ${limits.most_tags} tags.`);
  if (tags.some(tag => !TAG.test(tag) || tag.includes('cf_tags='))) wrong('tags', 'TAG_INVALID', 'A tag is a name of letters, digits, _ and -, and perhaps a value without commas after a colon.');
  return issues.length > 0 || !data || name === undefined ? { ok: false, issues } : { ok: true, record: { name, data, ttl, proxied, comment, tags } };
};

type Wrong = (field: string, code: string, message: string) => undefined;

const checkedName = (given: string, zone: string, type: RecordType, wrong: Wrong): string | undefined => {
  const name = fullName(given, zone);
  const issue = nameIssue(name, { wildcard: type !== 'NS' && type !== 'SRV' });
  if (issue) return wrong('name', 'NAME_INVALID', `The name ${NAME_WORDS[issue]}.`);
  if (!isInZone(name, zone)) return wrong('name', 'NAME_OUTSIDE', `${name} does not belong to ${zone}.`);
  if (type === 'SRV' && !/^_[a-z0-9-]+\._[a-z]+\./.test(`${name}.`)) return wrong('name', 'NAME_INVALID', 'The name of an SRV record begins with _service._protocol, as _sip._tcp.');
  return name;
};

const dataOf = (type: RecordType, input: RecordInput, wrong: Wrong): RecordData | undefined => {
  const content = (input.content ?? '').trim();
  switch (type) {
    case 'A': return isIPv4(content) ? { type, address: content } : wrong('content', 'ADDRESS_INVALID', 'An A record needs an IPv4 address, as 192.0.2.1.');
    case 'AAAA': return isIPv6(content) && !content.includes('%') ? { type, address: new URL(`http://[${content}]`).hostname.slice(1, -1) } : wrong('content', 'ADDRESS_INVALID', 'An AAAA record needs an IPv6 address, as 2001:db8::1.');
    case 'CNAME': case 'NS': {
      const target = targetOf(content, 'content', wrong);
      return target === undefined ? undefined : { type, target };
    }
    case 'TXT': return textOf(input.content ?? '', wrong);
    case 'MX': return mx(content, input, wrong);
    case 'SRV': return srv(content, input, wrong);
    case 'CAA': return caa(input, wrong);
  }
};

const targetOf = (given: string, field: string, wrong: Wrong): string | undefined => {
  const target = toAscii(given);
  const issue = nameIssue(target, { wildcard: false });
  if (issue) return wrong(field, 'TARGET_INVALID', `The target ${NAME_WORDS[issue]}.`);
  if (isIP(target) !== 0) return wrong(field, 'TARGET_ADDRESS', `${target} is an address; the target is a host name.`);
  return target;
};

const textOf = (text: string, wrong: Wrong): RecordData | undefined => {
  if (text === '') return wrong('content', 'TEXT_EMPTY', 'A TXT record needs a text.');
  if (CONTROL.test(text)) return wrong('content', 'TEXT_CONTROL', 'The text has control characters or line breaks.');
  if (Buffer.byteLength(text) > LONGEST_TEXT) return wrong('content', 'TEXT_TOO_LONG', `A TXT record has at most ${LONGEST_TEXT} bytes.`);
  return { type: 'TXT', text };
};

const mx = (content: string, { priority }: RecordInput, wrong: Wrong): RecordData | undefined => {
  const from = uint16(priority, 'priority', wrong);
  const target = content === '.' ? '' : targetOf(content, 'content', wrong);
  return from === undefined || target === undefined ? undefined : { type: 'MX', priority: from, target };
};

const srv = (content: string, input: RecordInput, wrong: Wrong): RecordData | undefined => {
  const [priority, weight, port] = (['priority', 'weight', 'port'] as const).map(field => uint16(input[field], field, wrong));
  const target = content === '.' ? '' : targetOf(content, 'content', wrong);
  return priority === undefined || weight === undefined || port === undefined || target === undefined ? undefined : { type: 'SRV', priority, weight, port, target };
};

const caa = ({ flags, tag, value }: RecordInput, wrong: Wrong): RecordData | undefined => {
  const known = CAA_TAGS.find(one => one === tag?.toLowerCase());
  if (flags !== 0 && flags !== 128) wrong('flags', 'CAA_FLAGS', 'The flags are 0, or 128 for critical.');
  if (!known) wrong('tag', 'CAA_TAG', `The tag is one of ${CAA_TAGS.join(', ')}.`);
  if (value === undefined || !/^[\x20-\x7e]{1,255}$/.test(value)) wrong('value', 'CAA_VALUE', 'The value is the domain of a certificate authority, as letsencrypt.org, or ; for none.');
  else if (known === 'iodef' && !/^(?:mailto:|https?:\/\/)/.test(value)) wrong('value', 'CAA_VALUE', 'An iodef is a mailto: or https:// address.');
  else if (known && (flags === 0 || flags === 128)) return { type: 'CAA', flags, tag: known, value };
  return undefined;
};

const uint16 = (value: number | undefined, field: string, wrong: Wrong): number | undefined =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : wrong(field, 'NUMBER_INVALID', `The ${field} is a whole number from 0 to 65535.`);

/** What the proxy refuses to connect to; addresses for documentation are in use as placeholders where there is no server. */
const UNREACHABLE = new BlockList();
for (const [net, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16], ['224.0.0.0', 3]] as const) UNREACHABLE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [['::', 127], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const) UNREACHABLE.addSubnet(net, prefix, 'ipv6');
const isReachable = (address: string): boolean => !UNREACHABLE.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
