/** What of a plan a person should look at twice. */
import { isProxiable } from '../records/record.js';
import type { Change } from './changes.js';

export type RiskKind = 'many_deletions' | 'name_servers' | 'mail' | 'root' | 'proxy_off' | 'policy' | 'in_use';
/** `asks_again`: it is applied only with an explicit yes to this very risk. */
export interface Risk { readonly kind: RiskKind; readonly asks_again: boolean; readonly message: string; readonly names: readonly string[] }

/** Share of the zone's records that a plan may delete without being asked about. */
const MOST_DELETIONS = 0.3;

/** @param total records of the zone before. @param userOf for whom a record was made, if not for whom the plan is */
export const risksOf = (changes: readonly Change[], zone: string, total: number, userOf: (record: string) => string | undefined = () => undefined): Risk[] => {
  const risks: Risk[] = [];
  const touching = (fits: (record: { readonly name: string; readonly data: { readonly type: string } }) => boolean): string[] =>
    [...new Set(changes.flatMap(c => [...('before' in c ? [c.before] : []), ...('after' in c ? [c.after] : [])]).filter(fits).map(r => r.name))].sort();
  const tell = (kind: RiskKind, asks_again: boolean, names: readonly string[], message: string): void => void (names.length > 0 && risks.push({ kind, asks_again, names, message }));
  const deleted = changes.filter(c => c.op === 'delete').map(c => c.before.name);
  if (deleted.length > total * MOST_DELETIONS) tell('many_deletions', true, [...new Set(deleted)].sort(), `${deleted.length} of ${total} records are deleted.`);
  tell('name_servers', true, touching(r => r.data.type === 'NS'), 'NS records decide who answers for a name; a wrong one takes all of it away.');
  tell('mail', true, touching(r => r.data.type === 'MX'), 'MX records decide where mail goes; mail that cannot be delivered is lost after some days.');
  tell('root', true, touching(r => r.name === zone && isProxiable(r.data.type as 'A')), `The address of ${zone} itself changes.`);
  const unproxied = changes.filter(c => c.op === 'update' && c.before.proxied && !c.after.proxied).map(c => ('after' in c ? c.after.name : ''));
  tell('proxy_off', false, [...new Set(unproxied)].sort(), 'Without the proxy the address behind it can be seen by everybody.');
  tell('policy', false, touching(r => r.data.type === 'CAA'), 'CAA records decide who may issue certificates; renewals may fail.');
  const used = changes.flatMap(c => (c.op === 'create' ? [] : [{ name: c.before.name, user: userOf(c.before.id) }])).filter(u => u.user !== undefined);
  tell('in_use', true, [...new Set(used.map(u => u.name))].sort(), `${[...new Set(used.map(u => u.user))].sort().slice(0, 5).join(', ')} would be reached there no more, or elsewhere.`);
  return risks;
};
