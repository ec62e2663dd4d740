/** The watch over certificates, with a clock of its own: fifteen years pass in no time. */
import { describe, expect, it } from '@jest/globals';
import { certificateType, type CertificateCommand } from '../certificate/certificate.decide.js';
import type { ValidCertificate } from '../certificate/certificate.js';
import { domainType, type DomainCommand } from '../domain/domain.decide.js';
import { memoryProvider, type Fault, type MemoryZone } from './memory-provider.fixture.js';
import { memoryWorld } from './processes.fixture.js';
import { lookAtCertificate } from './renew-certificate.js';
import { workOnDomain } from './work-on-domain.js';

const [TENANT, ZONE, NAME] = ['acme', '023e105f4ecef8ad9ca31a8372d0c353', 'example.com'];
const DAY = 86_400_000;
const LIFE = 15 * 365;
const SHOP = { service: 'applications', id: '01jd3x8e2v5y9w4z7q6r1s0tap', name: 'Shop' } as const;

/** A configured domain whose certificate has just been issued. */
const ground = async (fault: (method: string) => Fault | undefined = () => undefined) => {
  const zone: MemoryZone = { records: [], settings: new Map(), certificates: [], redirect: undefined };
  let now = (): number => 0;
  let on = false;
  const world = memoryWorld(memoryProvider(zone, { name: NAME, fault: method => (on ? fault(method) : undefined), now: () => now() }));
  now = world.ports.now;
  const { ports, pass } = world;
  const domain = (command: DomainCommand) => ports.handle(domainType, TENANT, ZONE, command);
  await domain({ type: 'Configure', name: NAME, redirect_www: false });
  await workOnDomain(ports, TENANT, ZONE, new AbortController().signal);
  on = true;
  return {
    zone, ports, domain, pass: (days: number) => pass(days * DAY),
    certificate: (command: CertificateCommand) => ports.handle(certificateType, TENANT, ZONE, command),
    look: (renewDays = 30) => lookAtCertificate(ports, TENANT, ZONE, { renewDays }),
    state: async () => (await ports.read(certificateType, TENANT, ZONE)) as ValidCertificate,
  };
};

describe('the watch over certificates', () => {
  it('issues one anew thirty days before its end, once, and revokes the old one that nobody uses', async () => {
    const g = await ground();
    const { provider_ref: first } = (await g.state()).issued;
    g.pass(LIFE - 31);
    await g.look();
    expect((await g.state()).issued.provider_ref).toBe(first);
    g.pass(1);
    await g.look();
    await g.look();
    const renewed = await g.state();
    expect(renewed.issued.provider_ref).not.toBe(first);
    expect([renewed.replaced, g.zone.certificates.map(c => c.ref)]).toEqual([[], [renewed.issued.provider_ref]]);
  });

  it('keeps the old one as long as somebody may still use it', async () => {
    const g = await ground();
    const { provider_ref: first } = (await g.state()).issued;
    await g.domain({ type: 'Use', by: SHOP });
    await g.certificate({ type: 'HandOver', service: 'applications', reason: 'tls', for: SHOP });
    g.pass(LIFE - 20);
    await g.look();
    g.pass(5);
    await g.look();
    expect([(await g.state()).replaced, g.zone.certificates.length]).toEqual([[first], 2]);
    await g.certificate({ type: 'HandOver', service: 'applications', reason: 'tls', for: SHOP });
    await g.look();
    expect(g.zone.certificates).toHaveLength(2);
    g.pass(0.1);
    await g.look();
    expect([(await g.state()).replaced, g.zone.certificates.length]).toEqual([[], 1]);
  });

  it('leaves it alone where that was switched off, for the domain or everywhere', async () => {
    for (const [auto, renewDays] of [[false, 30], [true, 0]] as const) {
      const g = await ground();
      const { provider_ref } = (await g.state()).issued;
      if (!auto) await g.certificate({ type: 'SetRenewal', auto });
      g.pass(LIFE - 3);
      await g.look(renewDays);
      expect((await g.state()).issued.provider_ref).toBe(provider_ref);
      expect((await g.state()).told).toBe(7);
    }
  });

  it.each(['before', 'after', 'refused'] as const)('tries again when issuing fails %s it was made, says why, and leaves one', async (how) => {
    let times = 2;
    const g = await ground(method => (method === 'issueCertificate' && times-- > 0 ? how : undefined));
    const { provider_ref: first } = (await g.state()).issued;
    g.pass(LIFE - 30);
    await g.look();
    expect(await g.state()).toMatchObject({ issued: { provider_ref: first }, failed: how === 'refused' ? 'DNS.REFUSED' : 'DNS.UNAVAILABLE' });
    await g.look();
    await g.look();
    const { issued, failed, replaced } = await g.state();
    expect([issued.provider_ref === first, failed, replaced, g.zone.certificates.map(c => c.ref)]).toEqual([false, null, [], [issued.provider_ref]]);
  });

  it('that could not revoke the old one does not say that the new one failed, and revokes it later', async () => {
    let armed = true;
    const g = await ground(method => (method === 'revokeCertificate' && armed ? 'before' : undefined));
    g.pass(LIFE - 30);
    await expect(g.look()).rejects.toMatchObject({ code: 'DNS.UNAVAILABLE' });
    expect([(await g.state()).failed, g.zone.certificates.length]).toEqual([null, 2]);
    armed = false;
    await g.look();
    expect([(await g.state()).replaced, g.zone.certificates.length]).toEqual([[], 1]);
  });

  it('has nothing to do with a domain that was taken back, or whose certificate is gone', async () => {
    const g = await ground();
    await g.certificate({ type: 'Revoke', provider_ref: (await g.state()).issued.provider_ref, outside: true });
    g.pass(LIFE);
    await g.look();
    expect((await g.ports.read(certificateType, TENANT, ZONE)).status).toBe('revoked');
  });
});
