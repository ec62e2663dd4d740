import { checkRecord, type Issue, type RecordInput, type ZoneLimits } from '../records/check-record.js';
import { toAscii } from '../records/names.js';
import { AUTOMATIC_TTL, identityOf, RECORD_TYPES, sameRecord, type DnsRecord } from '../records/record.js';
import { readLines, ZoneFileError, type Line, type Token } from './tokens.js';

export interface FileIssue extends Issue { readonly line: number }
export interface ZoneFile {
  readonly records: readonly DnsRecord[];
  /** What could not be read, with its line. Nothing is guessed. */
  readonly issues: readonly FileIssue[];
  /** What is left out on purpose, in words: the SOA, the zone's own name servers. */
  readonly notes: readonly { readonly line: number; readonly message: string }[];
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const CLASSES = new Set(['IN', 'CH', 'HS', 'CS']);

/** Records of a zone file (RFC 1035), also as Cloudflare exports it (`; comment cf_tags=…`). @param zone as `toAscii` answers it */
export const readZoneFile = (text: string, zone: string, limits?: ZoneLimits): ZoneFile => {
  const records: DnsRecord[] = [];
  const issues: FileIssue[] = [];
  const notes: { line: number; message: string }[] = [];
  const said = new Map<string, DnsRecord>();
  let lines: readonly Line[];
  try {
    lines = readLines(Buffer.from(text.replace(/^\ufeff/, ''), 'utf8').toString('latin1'));
  } catch (error) {
    if (!(error instanceof ZoneFileError)) throw error;
    return { records, issues: [{ line: error.line, field: 'file', code: 'DNS.FILE_UNREADABLE', message: error.message }], notes };
  }
  const ground: Ground = { origin: `${zone}.`, ttl: undefined, last: undefined, owner: undefined };
  for (const line of lines) {
    const wrong = (code: string, message: string): void => void issues.push({ line: line.number, field: 'file', code: `DNS.${code}`, message });
    if (isDirective(line)) {
      directive(line, ground, wrong);
      continue;
    }
    const entry = entryOf(line, ground, wrong);
    if (!entry) continue;
    const { owner, type, values, ttl } = entry;
    if (type === 'SOA') {
      notes.push({ line: line.number, message: 'The SOA record is the provider\'s own and left out.' });
      continue;
    }
    if (type === 'NS' && owner === zone) {
      notes.push({ line: line.number, message: 'The zone\'s own name servers are the provider\'s and left out.' });
      continue;
    }
    const value = valuesOf(type, values, ground.origin, wrong);
    if (!value) continue;
    const { comment, tags, proxied } = noteOf(line.comment);
    const checked = checkRecord({ type, name: `${owner}.`, ttl, proxied, comment, tags, ...value }, zone, limits);
    if (checked.ok) {
      const identity = identityOf(checked.record);
      const before = said.get(identity);
      if (!before) {
        said.set(identity, checked.record);
        records.push(checked.record);
      } else if (sameRecord(before, checked.record)) notes.push({ line: line.number, message: `${type} ${checked.record.name} is said twice; once is enough.` });
      else wrong('RECORD_TWICE', `${type} ${checked.record.name} with the same value stands there before, but with another TTL, comment or proxy setting.`);
    } else issues.push(...checked.issues.map(issue => ({ line: line.number, ...issue })));
  }
  return { records, issues, notes };
};

interface Ground { origin: string; ttl: number | undefined; last: number | undefined; owner: string | undefined }
type Wrong = (code: string, message: string) => void;

const isDirective = ({ tokens }: Line): boolean => tokens[0]?.quoted === false && tokens[0].raw.startsWith('$');

const directive = ({ tokens: [name, value] }: Line, ground: Ground, wrong: Wrong): void => {
  const word = name?.raw.toUpperCase();
  if (word === '$ORIGIN' && value) {
    const origin = absolute(value, ground.origin);
    ground.origin = `${origin}.`;
  } else if (word === '$TTL' && value) {
    const ttl = readTtl(value.bytes);
    if (ttl === undefined) wrong('TTL_INVALID', `${value.raw} is no time.`);
    else ground.ttl = ttl;
  } else wrong('DIRECTIVE_UNKNOWN', word === '$INCLUDE' ? 'Other files are not read: paste their content here.' : `${name?.raw ?? ''} is not known here; $ORIGIN and $TTL are.`);
};

interface Entry { readonly owner: string; readonly type: string; readonly ttl: number; readonly values: readonly Token[] }

const entryOf = (line: Line, ground: Ground, wrong: Wrong): Entry | undefined => {
  const rest = [...line.tokens];
  const owner = line.continues ? ground.owner : absolute(rest.shift() as Token, ground.origin);
  if (owner === undefined) return void wrong('OWNER_MISSING', 'The line begins with white space, but no name was given before it.');
  ground.owner = owner;
  let given: number | undefined;
  // TTL and class come in either order, and both may be left out.
  for (let next = rest[0]; next; next = rest[0]) {
    if (CLASSES.has(next.bytes.toUpperCase())) {
      if (next.bytes.toUpperCase() !== 'IN') return void wrong('CLASS_UNKNOWN', `The class ${next.bytes} is not used on the internet.`);
    } else if (given === undefined && readTtl(next.bytes) !== undefined) given = readTtl(next.bytes);
    else break;
    rest.shift();
  }
  const type = rest.shift()?.bytes.toUpperCase();
  if (type === undefined) return void wrong('TYPE_MISSING', 'There is no record type on this line.');
  if (type !== 'SOA' && !RECORD_TYPES.some(known => known === type)) return void wrong('TYPE_UNKNOWN', `${type.slice(0, 20)} is no record type that Xanthus keeps.`);
  const ttl = given ?? ground.ttl ?? ground.last ?? AUTOMATIC_TTL;
  ground.last = ttl;
  return { owner, type, ttl, values: rest };
};

/** As BIND writes times: `3600`, `1h30m`. */
const readTtl = (text: string): number | undefined => {
  // Every part but the last has a unit: so there is one way to read it, and a long one takes no longer.
  if (!/^(?:\d+[smhdw])*\d*$/i.test(text) || text === '') return undefined;
  let seconds = 0;
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+)([smhdw]?)/gi)) seconds += Number(number) * (UNITS[unit.toLowerCase()] ?? 1);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
};

/** Without the final dot. A dot or an @ that is escaped is a character of the name, which no name here may have: it stays escaped, so that the check refuses it. */
const absolute = (token: Token, origin: string): string => {
  const name = /\\(?:\.|@|046|064)/.test(token.raw) ? `${token.raw}.` : decode(token.bytes) ?? token.bytes;
  return toAscii(name === '@' ? origin : name.endsWith('.') ? name : origin === '.' ? name : `${name}.${origin}`);
};

const decode = (bytes: string): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
};

const COUNT: Readonly<Record<string, number>> = { A: 1, AAAA: 1, CNAME: 1, NS: 1, MX: 2, SRV: 4, CAA: 3 };

const valuesOf = (type: string, values: readonly Token[], origin: string, wrong: Wrong): Omit<RecordInput, 'type' | 'name'> | undefined => {
  const count = COUNT[type];
  if (count === undefined ? values.length === 0 : values.length !== count) return void wrong('VALUE_COUNT', count === undefined ? 'A TXT record needs a text.' : `A ${type} record has ${count} ${count === 1 ? 'value' : 'values'}, not ${values.length}.`);
  const [first, second, third, fourth] = values as [Token, Token, Token, Token];
  const target = (token: Token): string => (token.raw === '.' ? '.' : `${absolute(token, origin)}.`);
  const number = (token: Token): number => (/^\d{1,5}$/.test(token.bytes) ? Number(token.bytes) : Number.NaN);
  switch (type) {
    case 'A': case 'AAAA': return { content: first.bytes };
    case 'CNAME': case 'NS': return { content: target(first) };
    case 'MX': return { priority: number(first), content: target(second) };
    case 'SRV': return { priority: number(first), weight: number(second), port: number(third), content: target(fourth) };
    case 'CAA': return { flags: number(first), tag: second.bytes, value: third.bytes };
    default: {
      const text = decode(values.map(v => v.bytes).join(''));
      return text === undefined ? void wrong('TEXT_ENCODING', 'The text is not UTF-8.') : { content: text };
    }
  }
};

/** `; A comment cf_tags=a,b:c,cf-proxied:true` as Cloudflare writes it. */
const noteOf = (bytes: string): { comment: string; tags: string[]; proxied: boolean } => {
  const text = decode(bytes) ?? bytes;
  const at = text.lastIndexOf('cf_tags=');
  const marked = at === 0 || text[at - 1] === ' ';
  if (at === -1 || !marked) return { comment: text, tags: [], proxied: false };
  const tags = text.slice(at + 'cf_tags='.length).split(',').map(tag => tag.trim()).filter(tag => tag !== '');
  return { comment: text.slice(0, at).trim(), tags: tags.filter(tag => !tag.startsWith('cf-proxied:')), proxied: tags.includes('cf-proxied:true') };
};
