import { handle, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { streamName, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { DnsUser, handOverCertificate } from '@xanthus/proto/dns';
import { certificateType, noCertificate } from '../certificate/certificate.decide.js';
import type { DnsContext } from '../dns.context.js';
import { domainType, requireUnused } from '../domain/domain.decide.js';
import type { ProcessPorts } from '../running/ports.js';
import { renewCertificate, retireReplaced } from '../running/renew-certificate.js';
import { notForYou } from '../zone/zone.errors.js';
import { managedZone } from './zones.js';

const notConfigured = (): Refusal => new Refusal('DNS.NOT_CONFIGURED', 'This domain is not configured.');

export const configure = async (dns: DnsContext, call: Call, redirect_www: boolean): Promise<Written> => {
  const { about } = await managedZone(dns, call.tenant, call.id);
  if (about.status !== 'active') throw new Refusal('DNS.ZONE_PENDING', `${about.name} is not active at Cloudflare yet. Set its name servers (${about.name_servers.join(', ')}) at your registrar first.`);
  return writtenBy(await handle(dns, domainType, call.context(), { type: 'Configure', name: about.name, redirect_www }));
};

export const use = async (dns: DnsContext, call: Call, by: DnsUser): Promise<Written> => {
  await managedZone(dns, call.tenant, call.id);
  return writtenBy(await handle(dns, domainType, call.context(), { type: 'Use', by }));
};

/** A new certificate for the same names. The old one stays in force until everybody who uses the domain has the new one. */
export const renew = async (dns: DnsContext, ports: ProcessPorts, call: Call): Promise<Written> => {
  const { tenant, id: zone } = call;
  const [domain, { about }] = await Promise.all([readState(dns, domainType, tenant, zone), managedZone(dns, tenant, zone)]);
  if (domain.status !== 'configured') throw notConfigured();
  const log = () => dns.store.load({ tenant, service: 'dns', aggregate: certificateType.name, id: zone }, { leader: true });
  const written = ({ events }: Awaited<ReturnType<typeof log>>): Written => ({ id: zone, stream: streamName('dns'), seq: events.at(-1)?.seq ?? 0 });
  const before = await log();
  if (before.events.some(e => e.command_id.startsWith(call.command_id))) return written(before);
  let told = 0;
  // The events stand in the name of who asked.
  const inTheirName: ProcessPorts = { ...ports, async handle(type, of, id, command) {
    const { state, events } = await handle(dns, type, { ...call.context(), tenant: of, id, command_id: `${call.command_id}-${++told}` }, command);
    return { state, decided: events.length > 0 };
  } };
  const ground = { ports: inTheirName, provider: await ports.provider(tenant, zone), tenant, zone, name: about.name };
  await renewCertificate(ground);
  // The new one is there: if the old one can't be revoked now, the watch does it.
  await retireReplaced(ground).catch((error: unknown) => dns.log.warn({ err: error, tenant, zone }, 'a replaced certificate could not be revoked yet'));
  return written(await log());
};

export const revoke = async (dns: DnsContext, call: Call, confirm_name: string): Promise<Written> => {
  const [certificate, domain, { about }] = await Promise.all([readState(dns, certificateType, call.tenant, call.id), readState(dns, domainType, call.tenant, call.id), managedZone(dns, call.tenant, call.id)]);
  if (certificate.status !== 'valid') throw notConfigured();
  requireUnused(domain);
  if (confirm_name !== about.name) throw new Refusal('DNS.CONFIRM_NAME', `Type ${about.name} to confirm.`);
  const { provider_ref } = certificate.issued;
  const provider = await dns.accounts.provider(call.tenant, about.account);
  for (const ref of [provider_ref, ...certificate.replaced]) await provider.revokeCertificate(ref);
  return writtenBy(await handle(dns, certificateType, call.context(), { type: 'Revoke', provider_ref, outside: false }));
};

export const setRenewal = async (dns: DnsContext, call: Call, auto: boolean): Promise<Written> => {
  if ((await readState(dns, domainType, call.tenant, call.id)).status !== 'configured') throw notConfigured();
  return writtenBy(await handle(dns, certificateType, call.context(), { type: 'SetRenewal', auto }));
};

/** The use is in the log before anything is out. @throws Refusal DNS.NOT_FOR_YOU, DNS.NO_CERTIFICATE, DNS.NOT_LINKED */
export const handOver = async (dns: DnsContext, call: Call, { reason, for: user }: ParsedInputOf<typeof handOverCertificate>): Promise<OutputOf<typeof handOverCertificate>> => {
  const { id: service, seal, act } = call.identity;
  if (seal === undefined) throw notForYou('The identity names no key that the certificate key could be sealed to.');
  const { about: { account } } = await managedZone(dns, call.tenant, call.id);
  const { state } = await handle(dns, certificateType, call.context(), { type: 'HandOver', service, reason, for: user });
  if (state.status !== 'valid') throw noCertificate();
  const { provider_ref, hostnames, certificate, root, fingerprint, key_fingerprint, expires_at } = state.issued;
  const key = await dns.accounts.sealedKey(call.tenant, account, { seal, reason: `certificate of ${call.id}: ${reason}`, correlation_id: call.correlation_id, ...(act === undefined ? {} : { act }) });
  // Another account was linked since, whose key this certificate does not belong to.
  if (key.key_fingerprint !== key_fingerprint) throw noCertificate();
  return { provider_ref, hostnames: [...hostnames], certificate, root, fingerprint, key_fingerprint, expires_at, account, sealed: key.sealed };
};
