/** What name servers should answer after a plan, and whether they do. Pure. */
import type { MadeChange } from '../plan/changes.js';
import type { DnsRecord, RecordData, RecordType } from '../records/record.js';

/** Values of one name and type, as a set. Empty: there should be none. */
export interface Expected { readonly name: string; readonly type: RecordType; readonly values: readonly string[] }

/** As a resolver gives it, so that both can be compared. */
export const answerOf = (data: RecordData): string => {
  switch (data.type) {
    case 'A': case 'AAAA': return data.address;
    case 'CNAME': case 'NS': return data.target;
    case 'TXT': return data.text;
    case 'MX': return `${data.priority} ${data.target}`;
    case 'SRV': return `${data.priority} ${data.weight} ${data.port} ${data.target}`;
    case 'CAA': return `${data.flags} ${data.tag} ${data.value}`;
  }
};

/** Names that no name server gives the true answer of: who asks for a proxied name hears the provider's own addresses; a wildcard is no name; a CNAME at the apex is flattened. */
const isHidden = (record: DnsRecord, zone: string): boolean => record.proxied || record.name.startsWith('*.') || (record.data.type === 'CNAME' && record.name === zone);

/** @param now all records of the zone, as they were left */
export const expectedOf = (changes: readonly MadeChange[], now: readonly DnsRecord[], zone: string): { readonly expected: readonly Expected[]; readonly hidden: number } => {
  const touched = new Map<string, { name: string; type: RecordType }>();
  for (const { change } of changes) for (const record of [...('before' in change ? [change.before] : []), ...('after' in change ? [change.after] : [])]) touched.set(`${record.data.type} ${record.name}`, { name: record.name, type: record.data.type });
  const expected: Expected[] = [];
  let hidden = 0;
  for (const { name, type } of touched.values()) {
    const named = now.filter(r => r.name === name);
    const there = named.filter(r => r.data.type === type);
    // Whoever asks for an address of an alias hears that of its target: the alias itself is what can be seen.
    const isBehindAlias = type !== 'CNAME' && named.some(r => r.data.type === 'CNAME');
    if (isBehindAlias || named.some(r => isHidden(r, zone)) || name.startsWith('*.')) hidden += 1;
    else expected.push({ name, type, values: there.map(r => answerOf(r.data)).sort() });
  }
  return { expected, hidden };
};

export type Seen = 'visible' | 'not yet' | 'unanswered';
/** From what each name server said; those that said nothing count for nothing. Visible is what all the others say. */
export const seenOf = ({ values }: Expected, answers: readonly (readonly string[] | undefined)[]): Seen => {
  const heard = answers.filter(a => a !== undefined);
  if (heard.length === 0) return 'unanswered';
  return heard.every(answer => JSON.stringify([...answer].sort()) === JSON.stringify(values)) ? 'visible' : 'not yet';
};

/** In a sentence for people. @param hidden what nobody outside hears as it is */
export const visibilityText = ({ visible, total, unanswered, hidden }: { readonly visible: number; readonly total: number; readonly unanswered: number; readonly hidden: number }): string => {
  const rest = hidden === 0 ? '' : ` ${hidden} more cannot be seen as ${hidden === 1 ? 'it is' : 'they are'}: proxied names are answered with Cloudflare's own addresses, aliases with those of their target, wildcards are no names.`;
  if (total === 0) return `Nothing of it can be seen from outside as it is.${rest}`;
  if (unanswered === total) return `The name servers did not answer, so whether it is visible is not known.${rest}`;
  const late = total - visible - unanswered;
  const first = visible === total ? 'All of it is visible at the name servers' : `${visible} of ${total} ${visible === 1 ? 'is' : 'are'} visible at the name servers`;
  return `${first}${late === 0 ? '' : `; ${late} not yet`}${unanswered === 0 ? '' : `; ${unanswered} were not answered`}.${rest}`;
};
