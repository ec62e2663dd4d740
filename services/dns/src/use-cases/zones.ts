/** Zones: what the linked accounts have, what is kept here, and what differs. */
import { handle, readState, Refusal, writtenBy, type CommandContext } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, Written } from '@xanthus/proto';
import type { listZones, refreshZone } from '@xanthus/proto/dns';
import { notLinked } from '../provider/accounts.js';
import type { DnsContext } from '../dns.context.js';
import { certificateType } from '../certificate/certificate.decide.js';
import { domainType, requireUnused } from '../domain/domain.decide.js';
import type { DnsProvider, ProviderZone } from '../provider/dns-provider.js';
import type { PlanRow } from '../views/plans.js';
import { zoneType } from '../zone/zone.decide.js';
import { notManaged } from '../zone/zone.errors.js';
import type { ManagedZone, ZoneAbout } from '../zone/zone.js';

const aboutOf = (account: string, { name, status, plan, name_servers }: ProviderZone): ZoneAbout => ({ account, name, status, plan, name_servers });

export const managedZone = async (dns: DnsContext, tenant: string, id: string): Promise<ManagedZone> => {
  const state = await readState(dns, zoneType, tenant, id);
  if (state.status !== 'managed') throw notManaged();
  return state;
};

export const listAllZones = async (dns: DnsContext, tenant: string): Promise<OutputOf<typeof listZones>> => {
  const accounts = await dns.accounts.list(tenant);
  if (accounts.length === 0) throw notLinked();
  const kept = new Set((await dns.views.list(tenant, 'zones')).map(z => z.id));
  const lists = await Promise.all(accounts.map(async ({ id: account }) => (await (await dns.accounts.provider(tenant, account)).zones()).map(z => ({ account, ...z }))));
  const zones = lists.flat().map(({ id, account, name, status, paused, plan, name_servers, created_at }) => ({ id, account, name, status, paused, plan, name_servers: [...name_servers], managed: kept.has(id), created_at }));
  return { as_of: new Date(dns.now()).toISOString(), zones: zones.sort((a, b) => a.name.localeCompare(b.name)) };
};

/** In whichever of the linked accounts it is. */
const findZone = async (dns: DnsContext, tenant: string, id: string): Promise<{ readonly account: string; readonly zone: ProviderZone; readonly provider: DnsProvider }> => {
  const accounts = await dns.accounts.list(tenant);
  if (accounts.length === 0) throw notLinked();
  for (const { id: account } of accounts) {
    const provider = await dns.accounts.provider(tenant, account);
    const zone = await provider.zone(id);
    if (zone) return { account, zone, provider };
  }
  throw new Refusal('DNS.ZONE_UNKNOWN', 'No linked Cloudflare account has this zone, or the token may not see it.');
};

export const manage = async (dns: DnsContext, call: Call): Promise<Written> => {
  const { account, zone, provider } = await findZone(dns, call.tenant, call.id);
  const records = await provider.records(call.id);
  return writtenBy(await handle(dns, zoneType, call.context(), { type: 'Manage', about: aboutOf(account, zone), records }));
};

export const release = async (dns: DnsContext, call: Call): Promise<Written> => {
  const domain = await readState(dns, domainType, call.tenant, call.id);
  requireUnused(domain);
  if (domain.status !== 'absent' && domain.status !== 'undone') throw new Refusal('DNS.CONFIGURED', 'This domain is configured for applications. Take the configuration back first.');
  const busy = (await dns.views.list<PlanRow>(call.tenant, 'plans')).find(({ value: { data } }) => data.zone === call.id && (data.state === 'applying' || data.state === 'rolling-back'));
  if (busy) throw new Refusal('DNS.ZONE_BUSY', 'A plan is being applied to this zone. Wait for its end, or cancel it.', { plan: busy.id }, true);
  return writtenBy(await handle(dns, zoneType, call.context(), { type: 'Release' }));
};

/** A certificate that is there no more was revoked outside: nothing of ours waits for it. A token that may not see certificates says nothing about them. */
const observeCertificate = async (dns: DnsContext, context: CommandContext, provider: DnsProvider): Promise<void> => {
  const state = await readState(dns, certificateType, context.tenant, context.id);
  if (state.status !== 'valid') return;
  const there = await provider.certificates(context.id).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
  const { provider_ref } = state.issued;
  if (there?.some(c => c.ref === provider_ref) === false) await handle(dns, certificateType, { ...context, command_id: `${context.command_id}-certificate` }, { type: 'Revoke', provider_ref, outside: true });
};

/** Compares what is there with what was left. @throws Refusal when Cloudflare could not be asked */
export const observe = async (dns: DnsContext, context: CommandContext): Promise<OutputOf<typeof refreshZone>> => {
  const { tenant, id } = context;
  const before = await managedZone(dns, tenant, id);
  const provider = await dns.accounts.provider(tenant, before.about.account);
  const found = await provider.zone(id);
  const records = found ? await provider.records(id) : [];
  const result = await handle(dns, zoneType, context, { type: 'Observe', about: found && aboutOf(before.about.account, found), records, asked: before });
  if (found) await observeCertificate(dns, context, provider);
  return { ...writtenBy(result), differences: result.state.status === 'managed' ? result.state.drift.size : 0 };
};
