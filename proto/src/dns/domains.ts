/** A domain configured for applications: TLS mode, origin certificate, HTTPS, redirect; and all of it taken back to what was before. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { cloudflareId, EXAMPLE_ID, EXAMPLE_ZONE } from './records.js';
import { dnsUser, EXAMPLE_USER } from './uses.js';
import { DNS_PROVIDER_ERRORS } from './zones.js';

/** In this order; undone in the reverse. */
export const DOMAIN_STEPS = ['ssl_mode', 'certificate', 'always_https', 'redirect'] as const;
export const domainStep = z.enum(DOMAIN_STEPS);

const domainCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'dns', aggregate: 'domain', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const certificateCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'dns', aggregate: 'certificate', ...c } as Parameters<typeof defineCommand<I, O>>[0]);

export const configureDomain = domainCommand({
  verb: 'configure', on: 'id', summary: 'Make a managed zone ready for applications: SSL strict, an origin certificate, always HTTPS, www to the apex. What was before is kept, so that it can be undone. `id` is the zone.',
  input: z.object({ redirect_www: z.boolean().default(true) }), output: written, example: { redirect_www: true }, errors: ['DNS.NOT_MANAGED', 'DNS.CONFIGURED', 'DNS.ZONE_PENDING', 'DNS.NO_CERTIFICATE_REQUEST', ...DNS_PROVIDER_ERRORS],
});
export const undoDomain = domainCommand({
  verb: 'undo', on: 'id', summary: 'Take the configuration back, each step to what was before. Refused while applications use the domain.',
  input: z.object({}), output: written, example: {}, errors: ['DNS.NOT_CONFIGURED', 'DNS.IN_USE'],
});
export const retryDomain = domainCommand({
  verb: 'retry', on: 'id', summary: 'Go on with a configuration, or its undoing, that has failed.', input: z.object({}), output: written, example: {}, errors: ['DNS.NOT_CONFIGURED', 'DNS.NOT_FAILED'],
});
export const renewCertificate = certificateCommand({
  verb: 'renew', on: 'id', deadline: 25_000, summary: 'Issue the certificate anew for the same names, with the same key; the old one is revoked once the new one is kept. `id` is the zone.',
  input: z.object({}), output: written, example: {}, errors: ['DNS.NOT_CONFIGURED', ...DNS_PROVIDER_ERRORS],
});
export const revokeCertificate = certificateCommand({
  verb: 'revoke', on: 'id', deadline: 25_000, summary: 'Revoke the certificate of a domain at Cloudflare. Applications that use it fail until another one is issued.',
  input: z.object({ confirm_name: z.string().max(253) }), output: written, example: { confirm_name: 'example.com' }, errors: ['DNS.NOT_CONFIGURED', 'DNS.CONFIRM_NAME', 'DNS.IN_USE', ...DNS_PROVIDER_ERRORS],
});
export const setRenewal = certificateCommand({
  verb: 'set-renewal', on: 'id', summary: 'Whether the certificate of a domain is issued anew by itself before it ends. Preset: it is. `id` is the zone.',
  input: z.object({ auto: z.boolean() }), output: written, example: { auto: false }, errors: ['DNS.NOT_CONFIGURED'],
});
const sealed = z.object({ epk: z.string(), box: z.string() });
/** The key is sealed by auth, which keeps it, to the key in the identity of the service that asks: dns never sees it. `receiveCertificate` of infra/vault opens it. */
export const handOverCertificate = certificateCommand({
  verb: 'hand-over', on: 'id', services: true, deadline: 15_000, summary: 'For services only. The certificate of a domain and, sealed to the key in the signed identity, its key. Every time is an event. `for`: has the newest one from now on; a replaced one is revoked when all have. `id` is the zone.',
  input: z.object({ reason: z.string().trim().min(1).max(64), for: dnsUser.optional() }),
  output: z.object({ provider_ref: z.string(), hostnames: z.array(z.string()), certificate: z.string(), root: z.string(), fingerprint: z.string(), key_fingerprint: z.string(), expires_at: z.iso.datetime(), /** The Cloudflare account that the key belongs to: part of what it is sealed with. */ account: cloudflareId, sealed }),
  example: { reason: 'TLS of Team notes', for: EXAMPLE_USER }, errors: ['DNS.NO_CERTIFICATE', 'DNS.NOT_FOR_YOU', 'DNS.NOT_LINKED'],
});

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'dns', aggregate: 'domain', type, schema: 1, summary, data, example });
const failure = { code: z.string(), message: z.string() };
const FAILURE = { code: 'DNS.UNAVAILABLE', message: 'Cloudflare cannot be used just now (503). Try again in a moment.' };
/** What a step found and what it left: settings as they are called at Cloudflare, ids of what it made. Null: there was none. */
const values = z.record(z.string(), z.union([z.string(), z.null()]));

export const domainEvents = {
  DomainConfigureStarted: event('DomainConfigureStarted', 'A zone is being made ready for applications.', z.object({ name: z.string(), redirect_www: z.boolean() }), { name: 'example.com', redirect_www: true }),
  DomainStepStarted: event('DomainStepStarted', 'A step is tried. `back`: it is taken back.', z.object({ step: domainStep, attempt: z.int().min(1), back: z.boolean() }), { step: 'ssl_mode', attempt: 1, back: false }),
  DomainStepObserved: event('DomainStepObserved', 'What a step is about to change, as it was: kept before anything is changed, so that it can be put back.', z.object({ step: domainStep, before: values }), { step: 'ssl_mode', before: { ssl: 'flexible' } }),
  DomainStepDone: event('DomainStepDone', 'A step is done. `after`: what it left.', z.object({ step: domainStep, back: z.boolean(), after: values, text: z.string(), duration_ms: z.int().min(0) }), { step: 'ssl_mode', back: false, after: { ssl: 'strict' }, text: 'SSL is strict; it was flexible.', duration_ms: 210 }),
  DomainStepFailed: event('DomainStepFailed', 'A try of a step has failed. `retry_at`: it is tried again by itself.', z.object({ step: domainStep, attempt: z.int().min(1), back: z.boolean(), ...failure, retry_at: z.iso.datetime().nullable() }), { step: 'certificate', attempt: 1, back: false, ...FAILURE, retry_at: null }),
  DomainConfigured: event('DomainConfigured', 'The domain is ready for applications.', z.object({ duration_ms: z.int().min(0) }), { duration_ms: 2_400 }),
  DomainUndoStarted: event('DomainUndoStarted', 'The configuration is taken back.', z.object({}), {}),
  DomainUndone: event('DomainUndone', 'Everything is as it was before the configuration.', z.object({ duration_ms: z.int().min(0) }), { duration_ms: 1_900 }),
  DomainFailed: event('DomainFailed', 'It goes on only if a person says so.', z.object({ step: domainStep, back: z.boolean(), ...failure }), { step: 'certificate', back: false, ...FAILURE }),
  DomainRetried: event('DomainRetried', 'A person says to go on.', z.object({}), {}),
  DomainUsed: event('DomainUsed', 'Something uses the domain: it is kept as it is until that is said no more.', z.object({ by: dnsUser }), { by: EXAMPLE_USER }),
  DomainUnused: event('DomainUnused', 'It uses the domain no longer.', z.object({ by: dnsUser.pick({ service: true, id: true }) }), { by: { service: EXAMPLE_USER.service, id: EXAMPLE_USER.id } }),
} as const;

const certificateEvent = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'dns', aggregate: 'certificate', type, schema: 1, summary, data, example });
/** The certificate itself is public; its key lies in the vault and is handed to applications by command. */
const issued = { zone: cloudflareId, provider_ref: z.string(), hostnames: z.array(z.string()), certificate: z.string(), root: z.string(), fingerprint: z.string(), key_fingerprint: z.string(), expires_at: z.iso.datetime() };
/** The one that takes the place of the first. */
const NEXT_ID = '572e67954025e0ba6aaa6d586b9e0b60';
const ISSUED = { zone: EXAMPLE_ZONE, provider_ref: EXAMPLE_ID, hostnames: ['example.com', '*.example.com'], certificate: '-----BEGIN CERTIFICATE-----\n…', root: '-----BEGIN CERTIFICATE-----\n…', fingerprint: 'SHA256:…', key_fingerprint: '9f86d081884c7d65', expires_at: '2041-11-17T08:00:00.000Z' };
export const certificateEvents = {
  CertificateIssued: certificateEvent('CertificateIssued', 'An origin certificate was issued.', z.object(issued), ISSUED),
  CertificateRenewed: certificateEvent('CertificateRenewed', 'It was issued anew.', z.object({ ...issued, replaces: z.string() }), { ...ISSUED, provider_ref: NEXT_ID, replaces: EXAMPLE_ID }),
  CertificateRevoked: certificateEvent('CertificateRevoked', 'It was revoked at Cloudflare. `outside`: not by us.', z.object({ provider_ref: z.string(), outside: z.boolean() }), { provider_ref: EXAMPLE_ID, outside: false }),
  CertificateExpiring: certificateEvent('CertificateExpiring', 'It ends soon.', z.object({ provider_ref: z.string(), expires_at: z.iso.datetime(), days: z.int() }), { provider_ref: EXAMPLE_ID, expires_at: '2041-11-17T08:00:00.000Z', days: 30 }),
  CertificateHandedOver: certificateEvent('CertificateHandedOver', 'A service was handed the certificate and, sealed, its key.', z.object({ provider_ref: z.string(), service: z.string(), reason: z.string(), for: dnsUser.optional() }), { provider_ref: EXAMPLE_ID, service: 'applications', reason: 'TLS of Team notes', for: EXAMPLE_USER }),
  CertificateRetired: certificateEvent('CertificateRetired', 'One that was replaced is revoked: the new one is in force everywhere.', z.object({ provider_ref: z.string() }), { provider_ref: EXAMPLE_ID }),
  CertificateRenewalSet: certificateEvent('CertificateRenewalSet', 'Whether it is issued anew by itself was changed.', z.object({ auto: z.boolean() }), { auto: false }),
  CertificateRenewalFailed: certificateEvent('CertificateRenewalFailed', 'It could not be issued anew by itself; that is tried again.', z.object({ provider_ref: z.string(), ...failure }), { provider_ref: EXAMPLE_ID, ...FAILURE }),
} as const;

const stepRow = z.object({ name: domainStep, state: z.enum(['pending', 'running', 'waiting', 'done', 'failed', 'undone']), text: z.string().nullable(), duration_ms: z.int().nullable() });
export const domainView = defineView({
  service: 'dns', view: 'domains', schema: 1, summary: 'Configured domains, by zone: every step, what was before, who uses it.',
  data: z.object({
    zone: cloudflareId, name: z.string(), state: z.enum(['configuring', 'configured', 'undoing', 'failed', 'undone']), steps: z.array(stepRow), back: z.boolean(), problem: z.object(failure).nullable(), retry_at: z.iso.datetime().nullable(),
    used_by: z.array(z.object({ kind: z.literal('application'), id: ulid, name: z.string() })), started_at: z.iso.datetime(), by: actor, ended_at: z.iso.datetime().nullable(),
  }),
  example: {
    zone: EXAMPLE_ZONE, name: 'example.com', state: 'configured', steps: DOMAIN_STEPS.map(name => ({ name, state: 'done' as const, text: null, duration_ms: 200 })), back: false, problem: null, retry_at: null, used_by: [],
    started_at: '2026-11-21T08:00:00.000Z', by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, ended_at: '2026-11-21T08:00:03.000Z',
  },
});
/** What a person should see to. */
const alert = z.object({ kind: z.enum(['expiring', 'expired', 'revoked_outside', 'renewal_failed']), message: z.string(), since: z.iso.datetime() });
export const certificateView = defineView({
  service: 'dns', view: 'certificates', schema: 1, summary: 'Origin certificates, by zone.',
  data: z.object({ ...issued, state: z.enum(['valid', 'expiring', 'expired', 'revoked']), issued_at: z.iso.datetime(), renewed: z.int().min(0), used_by: z.int().min(0), alert: alert.nullable().optional(), /** It is issued anew by itself before it ends. */ auto_renew: z.boolean().optional(), /** One that was replaced and is valid until all who use the domain have the new one. */ replaced: z.string().nullable().optional() }),
  example: { ...ISSUED, state: 'valid', issued_at: '2026-11-21T08:00:00.000Z', renewed: 0, used_by: 0, alert: null, auto_renew: true, replaced: null },
});
