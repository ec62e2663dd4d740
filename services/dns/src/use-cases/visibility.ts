import { readState, Refusal } from '@xanthus/kernel';
import { addressKind } from '@xanthus/net';
import type { OutputOf } from '@xanthus/proto';
import type { planVisibility } from '@xanthus/proto/dns';
import type { DnsContext } from '../dns.context.js';
import { planType } from '../plan/plan.decide.js';
import { expectedOf, seenOf, visibilityText, type Seen } from '../visibility/answers.js';
import { nameServers } from '../visibility/name-servers.js';
import { managedZone } from './zones.js';

/** So many answers are looked for; the rest of a large plan is not asked about. */
const MOST = 50;

/** Whether the world sees an applied plan already. @throws Refusal DNS.PLAN_UNKNOWN, DNS.NOT_APPLIED */
export const visibilityOf = async (dns: DnsContext, tenant: string, id: string): Promise<OutputOf<typeof planVisibility>> => {
  const plan = await readState(dns, planType, tenant, id);
  if (plan.status === 'absent') throw new Refusal('DNS.PLAN_UNKNOWN', 'There is no such plan.');
  if (!('done' in plan) || plan.done.length === 0) throw new Refusal('DNS.NOT_APPLIED', 'Nothing of this plan was applied, so there is nothing to see.');
  const zone = await managedZone(dns, tenant, plan.zone);
  const { expected, hidden } = expectedOf(plan.done.flat(), [...zone.records.values()].map(k => k.record), zone.about.name);
  const servers = await nameServers(dns.resolvers.length > 0 ? dns.resolvers : zone.about.name_servers, address => addressKind(address) === 'public');
  const wanted = expected.slice(0, MOST);
  const nothing = { visible: 0, total: wanted.length, hidden, not_yet: [], unanswered: wanted.length, asked: [] };
  if (!servers) return { ...nothing, text: 'The name servers of this zone cannot be reached from here, so whether it is visible is not known.' };
  const seen = await Promise.all(wanted.map(async one => ({ one, is: seenOf(one, await servers.ask(one.name, one.type)) })));
  const count = (what: Seen): number => seen.filter(s => s.is === what).length;
  const not_yet = seen.filter(s => s.is === 'not yet').map(({ one }) => `${one.type} ${one.name}`);
  const found = { visible: count('visible'), total: wanted.length, unanswered: count('unanswered'), hidden };
  return { ...found, not_yet: not_yet.slice(0, 20), asked: [...servers.asked], text: visibilityText(found) };
};
