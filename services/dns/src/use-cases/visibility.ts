import { Refusal } from '@xanthus/kernel';
import { addressKind } from '@xanthus/net';
import type { OutputOf } from '@xanthus/proto';
import type { planVisibility } from '@xanthus/proto/dns';
import { readState, type DnsContext } from '../dns.context.js';
import { planType } from '../plan/plan.decide.js';
import { expectedOf, isVisible } from '../visibility/answers.js';
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
  const answers = await Promise.all(wanted.map(async one => ({ one, answer: await servers.ask(one.name, one.type) })));
  const unanswered = answers.filter(a => a.answer === undefined).length;
  const not_yet = answers.filter(a => a.answer !== undefined && !isVisible(a.one, a.answer)).map(a => `${a.one.type} ${a.one.name}`);
  const visible = wanted.length - unanswered - not_yet.length;
  return { visible, total: wanted.length, hidden, not_yet: not_yet.slice(0, 20), unanswered, asked: [...servers.asked], text: textOf(visible, wanted.length, unanswered, hidden) };
};

const textOf = (visible: number, total: number, unanswered: number, hidden: number): string => {
  const rest = hidden === 0 ? '' : ` ${hidden} more cannot be seen from outside: proxied names and wildcards.`;
  if (total === 0) return `Nothing of it can be seen from outside.${rest}`;
  if (unanswered === total) return `The name servers did not answer, so whether it is visible is not known.${rest}`;
  return `${visible === total ? 'All of it is' : `${visible} of ${total} ${visible === 1 ? 'is' : 'are'}`} visible at the name servers${unanswered === 0 ? '' : `; ${unanswered} were not answered`}.${rest}`;
};
