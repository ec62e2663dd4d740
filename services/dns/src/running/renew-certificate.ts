/** The certificate of a domain is issued, issued anew, and the one before revoked once nobody needs it. Each look first, so each may be run again at any time. */
import { createHash, X509Certificate } from 'node:crypto';
import { tryError } from '@xanthus/kernel';
import { certificateType } from '../certificate/certificate.decide.js';
import { daysLeft, isInForce, type Issued } from '../certificate/certificate.js';
import { domainType } from '../domain/domain.decide.js';
import { CLOUDFLARE_ORIGIN_ROOT } from '../domain/origin-root.js';
import type { DnsProvider, IssuedCertificate } from '../provider/dns-provider.js';
import type { ProcessPorts } from './ports.js';

export interface CertificateGround { readonly ports: ProcessPorts; readonly provider: DnsProvider; readonly tenant: string; readonly zone: string; readonly name: string }

const fingerprintOf = (pem: string): string => {
  try {
    return `SHA256:${createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')}`;
  } catch {
    return `SHA256:${createHash('sha256').update(pem).digest('hex')}`;
  }
};

const namesOf = (name: string): string[] => [name, `*.${name}`];

/** Issues for the domain and all names one step below it, and keeps it. @param found one that is issued already */
export const issue = async ({ ports, provider, tenant, zone, name }: CertificateGround, found?: IssuedCertificate): Promise<Issued> => {
  const { csr, key_fingerprint } = await ports.certificateRequest(tenant, zone);
  const { ref, certificate, hostnames, expires_at } = found ?? (await provider.issueCertificate(csr, namesOf(name)));
  const issued: Issued = { zone, provider_ref: ref, hostnames, certificate, root: CLOUDFLARE_ORIGIN_ROOT, fingerprint: fingerprintOf(certificate), key_fingerprint, expires_at };
  await ports.handle(certificateType, tenant, zone, { type: 'Issue', issued });
  return issued;
};

/** Issued for our request after the one that is in force, and in no log: the answer to an earlier try was lost. */
const lostOne = async ({ ports, provider, tenant, zone, name }: CertificateGround, current: Issued): Promise<IssuedCertificate | undefined> => {
  const [{ csr }, there] = await Promise.all([ports.certificateRequest(tenant, zone), provider.certificates(zone)]);
  return there.find(c => c.ref !== current.provider_ref && c.csr.trim() === csr.trim() && namesOf(name).every(n => c.hostnames.includes(n)) && Date.parse(c.expires_at) > Date.parse(current.expires_at));
};

/** Revokes what was replaced, if everybody who uses the domain has the new one. */
export const retireReplaced = async ({ ports, provider, tenant, zone }: Omit<CertificateGround, 'name'>): Promise<void> => {
  const [certificate, domain] = await Promise.all([ports.read(certificateType, tenant, zone), ports.read(domainType, tenant, zone)]);
  if (certificate.status !== 'valid' || !isInForce(certificate, domain.used_by, ports.now())) return;
  for (const provider_ref of certificate.replaced) {
    await provider.revokeCertificate(provider_ref);
    await ports.handle(certificateType, tenant, zone, { type: 'Retire', provider_ref });
  }
};

/** Issued anew for the same names, with the same key. The one before stays as it is: `retireReplaced` sees to it. @throws Refusal DNS.… */
export const renewCertificate = async (ground: CertificateGround): Promise<void> => {
  const state = await ground.ports.read(certificateType, ground.tenant, ground.zone);
  await issue(ground, state.status === 'valid' ? await lostOne(ground, state.issued) : undefined);
};

/**
 * What the watch does about one certificate: tells that it ends soon, issues it anew in time unless that was switched off, and revokes what was replaced.
 * @param renewDays so many days before its end; 0: never. @throws what the store throws, and Cloudflare where the new one is in force but the old one not revoked: look again
 */
export const lookAtCertificate = async (ports: ProcessPorts, tenant: string, zone: string, { renewDays }: { readonly renewDays: number }): Promise<void> => {
  const [certificate, domain] = await Promise.all([ports.read(certificateType, tenant, zone), ports.read(domainType, tenant, zone)]);
  if (certificate.status !== 'valid') return;
  const due = renewDays > 0 && certificate.auto && domain.status === 'configured' && daysLeft(certificate.issued.expires_at, ports.now()) <= renewDays;
  await ports.handle(certificateType, tenant, zone, { type: 'NoteExpiry' });
  if (due && domain.status === 'configured') {
    try {
      await renewCertificate({ ports, provider: await ports.provider(tenant, zone), tenant, zone, name: domain.name });
    } catch (error) {
      const { code, message } = tryError(error);
      ports.log.warn({ err: error, tenant, zone }, 'a certificate could not be issued anew; it comes again');
      await ports.handle(certificateType, tenant, zone, { type: 'FailRenewal', code, message });
      return;
    }
  }
  if (due || certificate.replaced.length > 0) await retireReplaced({ ports, provider: await ports.provider(tenant, zone), tenant, zone });
};
