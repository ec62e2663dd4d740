import { describe, expect, it } from '@jest/globals';
import { given, TEST_CONTEXT } from '@xanthus/kernel';
import { certificateDecider, type CertificateCommand } from './certificate.decide.js';
import { isInForce, type CertificateEvent, type Issued, type ValidCertificate } from './certificate.js';

const NOW = Date.parse(TEST_CONTEXT.now);
const inDays = (days: number): string => new Date(NOW + days * 86_400_000).toISOString();
const issued = (provider_ref: string, expires_at = inDays(5_000)): Issued => ({ zone: '023e105f4ecef8ad9ca31a8372d0c353', provider_ref, hostnames: ['example.com'], certificate: 'PEM', root: 'ROOT', fingerprint: 'SHA256:1', key_fingerprint: '1', expires_at });
const run = (events: CertificateEvent[], ...commands: CertificateCommand[]): CertificateEvent[] => commands.reduce((so, command) => [...so, ...given(certificateDecider, so).when(command).then()], events);
const state = (events: CertificateEvent[]) => given(certificateDecider, events).state();
const valid = (events: CertificateEvent[]) => state(events) as ValidCertificate;
const [SHOP, BLOG] = [{ service: 'applications', id: '01jd3x8e2v5y9w4z7q6r1s0tap', name: 'Shop' }, { service: 'applications', id: '01jd3x8e2v5y9w4z7q6r1s0tbp', name: 'Blog' }] as const;

/** What is told of one that has so many days left, day by day. */
const told = (from: number): number[] => {
  let events = run([], { type: 'Issue', issued: issued('a', inDays(from)) });
  for (let day = 0; day <= from + 2; day++) {
    const context = { ...TEST_CONTEXT, now: new Date(NOW + day * 86_400_000 + 3_600_000).toISOString() };
    for (let look = 0; look < 2; look++) events = [...events, ...certificateDecider.decide(state(events), { type: 'NoteExpiry' }, context)];
  }
  return events.flatMap(e => (e.type === 'CertificateExpiring' ? [e.data.days] : []));
};

describe('a certificate', () => {
  it('is told of 60, 30, 14, 7 and 1 days before its end and at it, once each', () => {
    expect(told(70)).toEqual([60, 30, 14, 7, 1, 0]);
  });

  it('is told of once for all that is late, when nobody looked for long', () => {
    const late = run([], { type: 'Issue', issued: issued('a', inDays(10)) }, { type: 'NoteExpiry' }, { type: 'NoteExpiry' });
    expect(late.map(e => e.type)).toEqual(['CertificateIssued', 'CertificateExpiring']);
    expect(valid(late).told).toBe(14);
    expect(run([], { type: 'Issue', issued: issued('a', inDays(61)) }, { type: 'NoteExpiry' })).toHaveLength(1);
  });

  it('that is issued anew keeps the one before until everybody has the new one', () => {
    const renewed = run([], { type: 'Issue', issued: issued('a') }, { type: 'HandOver', service: 'applications', reason: 'tls', for: SHOP }, { type: 'Issue', issued: issued('b') });
    expect(valid(renewed)).toMatchObject({ replaced: ['a'], issued: { provider_ref: 'b' } });
    const inForce = (so: CertificateEvent[], ...users: (typeof SHOP | typeof BLOG)[]) => isInForce(valid(so), users, NOW + 3_600_000);
    expect([inForce(renewed), inForce(renewed, SHOP)]).toEqual([true, false]);
    const handed = run(renewed, { type: 'HandOver', service: 'applications', reason: 'tls', for: SHOP });
    expect([inForce(handed, SHOP), inForce(handed, SHOP, BLOG), isInForce(valid(handed), [SHOP], NOW + 60_000)]).toEqual([true, false, false]);
    expect(valid(run(handed, { type: 'Retire', provider_ref: 'a' }, { type: 'Retire', provider_ref: 'a' })).replaced).toEqual([]);
  });

  it('that is gone is handed over no more, and issued again as a first one', () => {
    const gone = run([], { type: 'Issue', issued: issued('a') }, { type: 'Revoke', provider_ref: 'a', outside: true }, { type: 'Revoke', provider_ref: 'a', outside: true });
    expect(gone).toHaveLength(2);
    expect(given(certificateDecider, gone).when({ type: 'HandOver', service: 'applications', reason: 'tls' }).refusal()).toBe('DNS.NO_CERTIFICATE');
    expect(run(gone, { type: 'Issue', issued: issued('b') }).at(-1)?.type).toBe('CertificateIssued');
  });

  it('says once why it could not be issued anew, and keeps whether it shall be', () => {
    const failed = run([], { type: 'SetRenewal', auto: false }, { type: 'SetRenewal', auto: false }, { type: 'Issue', issued: issued('a') }, { type: 'FailRenewal', code: 'X', message: 'x' }, { type: 'FailRenewal', code: 'X', message: 'x' }, { type: 'FailRenewal', code: 'Y', message: 'y' });
    expect(failed.map(e => e.type)).toEqual(['CertificateRenewalSet', 'CertificateIssued', 'CertificateRenewalFailed', 'CertificateRenewalFailed']);
    expect(state(run(failed, { type: 'Issue', issued: issued('b') }))).toMatchObject({ auto: false, failed: null });
  });
});
