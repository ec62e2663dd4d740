import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { Written } from '@xanthus/proto';
import { certificateType } from '../certificate/certificate.js';
import { handle, readState, writtenBy, type DnsContext } from '../dns.context.js';
import { domainType } from '../domain/domain.decide.js';
import { issue } from '../running/domain-steps.js';
import type { ProcessPorts } from '../running/ports.js';
import { managedZone } from './zones.js';

const notConfigured = (): Refusal => new Refusal('DNS.NOT_CONFIGURED', 'This domain is not configured.');

export const configure = async (dns: DnsContext, call: Call, redirect_www: boolean): Promise<Written> => {
  const { about } = await managedZone(dns, call.tenant, call.id);
  if (about.status !== 'active') throw new Refusal('DNS.ZONE_PENDING', `${about.name} is not active at Cloudflare yet. Set its name servers (${about.name_servers.join(', ')}) at your registrar first.`);
  return writtenBy(await handle(dns, domainType, call.context(), { type: 'Configure', name: about.name, redirect_www }));
};

/** A new certificate for the same names; the old one is revoked once the new one is kept. */
export const renew = async (dns: DnsContext, ports: ProcessPorts, call: Call): Promise<Written> => {
  const [domain, certificate, { about }] = await Promise.all([readState(dns, domainType, call.tenant, call.id), readState(dns, certificateType, call.tenant, call.id), managedZone(dns, call.tenant, call.id)]);
  if (domain.status !== 'configured') throw notConfigured();
  const provider = await ports.provider(call.tenant, call.id);
  const issued = await issue({ ports, provider, tenant: call.tenant, zone: call.id, name: about.name });
  if (certificate.status === 'valid') await provider.revokeCertificate(certificate.issued.provider_ref);
  return writtenBy(await handle(dns, certificateType, { ...call.context(), command_id: `${call.command_id}-kept` }, { type: 'Issue', issued }));
};

export const revoke = async (dns: DnsContext, call: Call, confirm_name: string): Promise<Written> => {
  const [certificate, { about }] = await Promise.all([readState(dns, certificateType, call.tenant, call.id), managedZone(dns, call.tenant, call.id)]);
  if (certificate.status !== 'valid') throw notConfigured();
  if (confirm_name !== about.name) throw new Refusal('DNS.CONFIRM_NAME', `Type ${about.name} to confirm.`);
  const { provider_ref } = certificate.issued;
  await (await dns.accounts.provider(call.tenant, about.account)).revokeCertificate(provider_ref);
  return writtenBy(await handle(dns, certificateType, call.context(), { type: 'Revoke', provider_ref, outside: false }));
};
