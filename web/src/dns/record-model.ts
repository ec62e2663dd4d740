/** A record as a form holds it, and as a person reads it. Pure. */
import type { DnsRecord, RecordData, RecordInput, RecordType } from '../contracts.js';
import { t } from '../texts/text.js';
import { PROXIABLE, RECORD_TYPES } from './record-types.js';

export type DataField = 'content' | 'priority' | 'weight' | 'port' | 'flags' | 'tag' | 'value';
export interface FieldWords { readonly field: DataField; readonly label: string; readonly placeholder: string; readonly kind: 'text' | 'number' | 'long' | 'choice'; readonly choices?: readonly (readonly [string, string])[] }

const text = (field: DataField, label: string, placeholder: string): FieldWords => ({ field, label, placeholder, kind: 'text' });
const figure = (field: DataField, label: string, placeholder: string): FieldWords => ({ field, label, placeholder, kind: 'number' });
/** What each type asks for, in the order in which it is read. */
export const TYPE_FIELDS: Readonly<Record<RecordType, readonly FieldWords[]>> = {
  A: [text('content', 'IPv4 address', '192.0.2.1')],
  AAAA: [text('content', 'IPv6 address', '2001:db8::1')],
  CNAME: [text('content', t('Target'), 'host.example.net')],
  TXT: [{ field: 'content', label: t('Text'), placeholder: 'v=spf1 -all', kind: 'long' }],
  MX: [figure('priority', t('Priority'), '10'), text('content', t('Mail server'), 'mx.example.net')],
  SRV: [figure('priority', t('Priority'), '10'), figure('weight', t('Weight'), '5'), figure('port', t('Port'), '5060'), text('content', t('Target'), 'sip.example.net')],
  CAA: [
    { field: 'flags', label: t('Flags'), placeholder: '0', kind: 'choice', choices: [['0', '0'], ['128', t('128, critical')]] },
    { field: 'tag', label: t('Tag'), placeholder: 'issue', kind: 'choice', choices: [['issue', 'issue'], ['issuewild', 'issuewild'], ['iodef', 'iodef'], ['issuemail', 'issuemail']] },
    text('value', t('Value'), 'letsencrypt.org'),
  ],
  NS: [text('content', t('Name server'), 'ns1.example.net')],
};

/** Seconds; 1 means that Cloudflare chooses. */
export const TTLS: readonly (readonly [number, string])[] = [[1, t('Automatic')], [60, '1 min'], [300, '5 min'], [600, '10 min'], [1_800, '30 min'], [3_600, '1 h'], [14_400, '4 h'], [43_200, '12 h'], [86_400, '1 d']];
export const ttlText = (ttl: number): string => TTLS.find(([seconds]) => seconds === ttl)?.[1] ?? `${ttl} s`;

/** Everything as it is typed. */
export interface RecordDraft {
  readonly type: RecordType; readonly name: string; readonly ttl: string; readonly proxied: boolean; readonly comment: string; readonly tags: string;
  readonly content: string; readonly priority: string; readonly weight: string; readonly port: string; readonly flags: string; readonly tag: string; readonly value: string;
}
export const EMPTY_DRAFT: RecordDraft = { type: 'A', name: '', ttl: '1', proxied: false, comment: '', tags: '', content: '', priority: '10', weight: '5', port: '', flags: '0', tag: 'issue', value: '' };

/** `www.example.com` → `www`, the zone itself → `@`. */
export const shortName = (name: string, zone: string): string => (name === zone ? '@' : name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name);

const none = (target: string): string => target || '.';
/** What stands on the right of a record, in one line. */
export const dataText = (data: RecordData): string => {
  switch (data.type) {
    case 'A': case 'AAAA': return data.address;
    case 'CNAME': case 'NS': return data.target;
    case 'TXT': return data.text;
    case 'MX': return `${data.priority} ${none(data.target)}`;
    case 'SRV': return `${data.priority} ${data.weight} ${data.port} ${none(data.target)}`;
    case 'CAA': return `${data.flags} ${data.tag} ${data.value}`;
  }
};

type Parts = Partial<Pick<RecordInput, DataField>>;
const partsOf = (data: RecordData): Parts => {
  switch (data.type) {
    case 'A': case 'AAAA': return { content: data.address };
    case 'CNAME': case 'NS': return { content: data.target };
    case 'TXT': return { content: data.text };
    case 'MX': return { priority: data.priority, content: none(data.target) };
    case 'SRV': return { priority: data.priority, weight: data.weight, port: data.port, content: none(data.target) };
    case 'CAA': return { flags: data.flags, tag: data.tag, value: data.value };
  }
};

/** A record that is there, as a wish says it. A final dot keeps a full name from being taken for a relative one. */
export const inputOf = ({ name, data, ttl, proxied, comment, tags }: DnsRecord): RecordInput =>
  ({ type: data.type, name: `${name}.`, ...partsOf(data), ttl, proxied, comment, tags: [...tags] });

export const draftOf = (input: RecordInput, zone: string): RecordDraft => {
  const type = RECORD_TYPES.find(t => t === input.type) ?? 'A';
  const said = (value: number | string | undefined, otherwise: string): string => (value === undefined ? otherwise : String(value));
  return {
    type, name: shortName(input.name.replace(/\.$/, ''), zone), ttl: String(input.ttl ?? 1), proxied: input.proxied ?? false, comment: input.comment ?? '', tags: (input.tags ?? []).join(', '),
    content: input.content ?? '', priority: said(input.priority, EMPTY_DRAFT.priority), weight: said(input.weight, EMPTY_DRAFT.weight), port: said(input.port, ''), flags: said(input.flags, '0'), tag: input.tag ?? 'issue', value: input.value ?? '',
  };
};

/** Only the digits of a whole number; anything else is left out, and the check says what is wanted. */
const whole = (value: string): number | undefined => (/^\s*\d{1,9}\s*$/.test(value) ? Number(value) : undefined);

/** What the form asks for: nothing of another type comes along. */
export const toInput = (draft: RecordDraft): RecordInput => {
  const ttl = whole(draft.ttl);
  const proxied = PROXIABLE.has(draft.type) && draft.proxied;
  const input: RecordInput = { type: draft.type, name: draft.name.trim(), proxied, comment: draft.comment.trim(), tags: draft.tags.split(',').map(t => t.trim()).filter(Boolean), ttl: proxied ? 1 : ttl ?? 0 };
  for (const { field } of TYPE_FIELDS[draft.type]) {
    if (field === 'content' || field === 'tag' || field === 'value') input[field] = draft.type === 'TXT' ? draft[field] : draft[field].trim();
    else { const value = whole(draft[field]); if (value !== undefined) input[field] = value; }
  }
  return input;
};

/** What stands on the right of a wish, in one line. */
export const inputText = (input: RecordInput): string => {
  const type = RECORD_TYPES.find(t => t === input.type);
  return (type ? TYPE_FIELDS[type] : []).map(({ field }) => input[field]).filter(v => v !== undefined && v !== '').join(' ');
};

export const fullName = (name: string, zone: string): string => {
  const typed = name.trim().toLowerCase();
  if (typed === '' || typed === '@') return zone;
  if (typed.endsWith('.')) return typed.slice(0, -1);
  return typed === zone || typed.endsWith(`.${zone}`) ? typed : `${typed}.${zone}`;
};

const essence = (input: RecordInput, zone: string): string => JSON.stringify([input.type, fullName(input.name, zone), inputText(input), input.proxied ?? false, input.proxied ? 1 : input.ttl ?? 1, input.comment ?? '', [...(input.tags ?? [])].sort()]);
/** A wish for what is so already. */
export const sameInput = (a: RecordInput, b: RecordInput, zone: string): boolean => essence(a, zone) === essence(b, zone);
