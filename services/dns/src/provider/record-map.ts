/** Cloudflare's records in our form, and back. */
import type { RecordResponse } from 'cloudflare/resources/dns/records';
import { RECORD_TYPES, type DnsRecord, type KnownRecord, type RecordData } from '../records/record.js';

type Given = Pick<RecordResponse, 'id' | 'name' | 'type' | 'ttl'> & { readonly content?: string; readonly proxied?: boolean; readonly comment?: string | null; readonly tags?: readonly string[] | null; readonly priority?: number; readonly data?: object };

/** Undefined: of a type that is not kept here, or not to be understood; it is left alone. */
export const recordFrom = (given: RecordResponse): KnownRecord | undefined => {
  const { id, name, type, ttl, content = '', proxied = false, comment, tags, priority, data } = given as Given;
  const value = dataFrom(type, content, priority, (data ?? {}) as Readonly<Record<string, unknown>>);
  return value && fits(value) ? { id, name: name.toLowerCase(), data: value, ttl, proxied, comment: comment ?? '', tags: [...(tags ?? [])].sort() } : undefined;
};

/** What is not to be understood is no reason to refuse the whole zone. */
const fits = (data: RecordData): boolean => Object.values(data).every(part => typeof part !== 'number' || (Number.isInteger(part) && part >= 0 && part <= (data.type === 'CAA' ? 255 : 65_535)));
const target = (text: unknown): string => String(text).replace(/\.$/, '').toLowerCase();

const dataFrom = (type: string, content: string, priority: number | undefined, parts: Readonly<Record<string, unknown>>): RecordData | undefined => {
  switch (RECORD_TYPES.find(t => t === type)) {
    case 'A': return { type: 'A', address: content };
    case 'AAAA': return { type: 'AAAA', address: content.toLowerCase() };
    case 'CNAME': return { type: 'CNAME', target: target(content) };
    case 'NS': return { type: 'NS', target: target(content) };
    case 'TXT': return { type: 'TXT', text: unquoted(content) };
    case 'MX': return { type: 'MX', priority: priority ?? 0, target: target(content) };
    case 'SRV': {
      const [weight, port, host] = content.split(/\s+/);
      return { type: 'SRV', priority: Number(parts['priority'] ?? priority ?? 0), weight: Number(parts['weight'] ?? weight), port: Number(parts['port'] ?? port), target: target(parts['target'] ?? host ?? '') };
    }
    case 'CAA': {
      const [, flags = '0', tag = '', value = ''] = /^(\d+)\s+(\w+)\s+"?(.*?)"?$/.exec(content) ?? [];
      return { type: 'CAA', flags: Number(parts['flags'] ?? flags), tag: String(parts['tag'] ?? tag), value: String(parts['value'] ?? value) };
    }
    default: return undefined;
  }
};

/** Cloudflare gives TXT as it was given to it: with quotation marks, perhaps in several strings, or without. */
const unquoted = (content: string): string => {
  if (!/^\s*"/.test(content)) return content;
  // A number is a byte, of which a character may have several, also over two strings: put together first.
  const bytes: Buffer[] = [];
  for (const [, text = ''] of content.matchAll(/"((?:[^"\\]|\\.)*)"/g)) {
    for (const [, plain = '', number, escaped = ''] of text.matchAll(/([^\\]+)|\\(?:(\d{3})|(.))/g)) bytes.push(number === undefined ? Buffer.from(plain + escaped, 'utf8') : Buffer.from([Number(number)]));
  }
  return Buffer.concat(bytes).toString('utf8');
};

/** Strings of at most 255 bytes, none cut inside a character. */
const quoted = (text: string): string => {
  const strings: string[] = [''];
  let length = 0;
  for (const character of text) {
    const bytes = Buffer.byteLength(character);
    if (length + bytes > 255) {
      strings.push('');
      length = 0;
    }
    strings[strings.length - 1] += character;
    length += bytes;
  }
  return strings.map(s => `"${s.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
};

/** The body of a request. Every field is there, so that nothing is left as it was by accident. */
export const recordBody = ({ name, data, ttl, proxied, comment, tags }: DnsRecord): Record<string, unknown> => ({ type: data.type, name, ttl, proxied, comment, tags: [...tags], ...contentOf(data) });

const contentOf = (data: RecordData): Record<string, unknown> => {
  switch (data.type) {
    case 'A': case 'AAAA': return { content: data.address };
    case 'CNAME': case 'NS': return { content: data.target };
    case 'TXT': return { content: quoted(data.text) };
    case 'MX': return { content: data.target === '' ? '.' : data.target, priority: data.priority };
    case 'SRV': return { data: { priority: data.priority, weight: data.weight, port: data.port, target: data.target === '' ? '.' : data.target } };
    case 'CAA': return { data: { flags: data.flags, tag: data.tag, value: data.value } };
  }
};
