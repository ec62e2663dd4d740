import { describe, expect, it } from '@jest/globals';
import { SERVICES, type EventContract } from '@xanthus/proto';
import { NOTICE_KINDS, noticeEvents } from '@xanthus/proto/notifications';
import { RULES, ruleOf, SILENT, type RuledService } from './index.js';
import type { Heard, Known, Outcome, Rule } from './rule.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const heard = (contract: EventContract, data: unknown = contract.example, tenant = 'acme'): Heard<never> => ({
  id: '01jd3x8e2v5y9w4z7q6r1s0tev', type: contract.type, schema: 1, tenant, aggregate: { service: contract.service, name: contract.aggregate, id: ID }, occurred_at: '2026-11-21T08:00:00.000Z', actor: { kind: 'person', id: ID }, command_id: 'c', correlation_id: 'c', data: data as never, stream: 'X', seq: 7, stored_at: '2026-11-21T08:00:00.000Z',
});
const contractOf = (service: RuledService, type: string): EventContract => Object.values(SERVICES[service].events as Readonly<Record<string, EventContract>>).find(c => c.type === type) as EventContract;
const told = (service: RuledService, type: string, data: object = {}, known: Known = { name: 'web-1' }): Outcome => {
  const contract = contractOf(service, type);
  const rule = ruleOf(service, type);
  return rule && 'notice' in rule ? rule.notice(heard(contract, { ...(contract.example as object), ...data }), known) : {};
};
const every = (Object.keys(RULES) as RuledService[]).flatMap(service => Object.entries(SERVICES[service].events as Readonly<Record<string, EventContract>>).map(([key, contract]) => [service, key, contract] as const));

describe('rules', () => {
  it('are there for every service, or it is said to be silent', () => {
    expect([...Object.keys(RULES), ...SILENT].sort()).toEqual(Object.keys(SERVICES).sort());
  });

  it.each(every)('%s %s is decided: a notice of the catalog, or none, because …', (service, key, contract) => {
    const rule = (RULES[service] as unknown as Readonly<Record<string, Rule<never>>>)[key];
    expect(rule).toBeDefined();
    expect(contract.type).toBe(key);
    if (!rule || !('notice' in rule)) return expect(rule?.none?.length ?? 0).toBeGreaterThan(5);
    const { raise, resolve = [] } = rule.notice(heard(contract), { name: 'web-1', devices: [] });
    for (const kind of [...(raise ? [raise.kind] : []), ...resolve.flatMap(r => r.kinds)]) expect(NOTICE_KINDS[kind].service).toBe(service);
    if (!raise) return;
    expect(NOTICE_KINDS[raise.kind].to).toBe(raise.person === undefined ? 'tenant' : 'person');
    expect(raise.text.length).toBeGreaterThan(5);
    const { kind, severity, text, thing, lasting } = raise;
    expect(noticeEvents.NoticeRaised.data.safeParse({ notice: ID, kind, severity, text, thing, lasting, event: { stream: 'X', seq: 7 }, by: null }).success).toBe(true);
  });

  it('raise every kind of the catalog', () => {
    const tried: readonly (readonly [RuledService, string, object?])[] = [
      ...['disk', 'unreachable', 'load', 'service', 'clock'].map(kind => ['vps', 'AlertRaised', { kind }] as const), ['applications', 'WorkEnded', { outcome: 'failed', problem: { code: 'X.Y', message: 'No.' } }], ['applications', 'WorkEnded', { kind: 'rollback' }],
      ['applications', 'ApplicationObserved', { health: 'degraded', sentence: '0 of 1 pods ready' }], ['dns', 'CertificateRevoked', { outside: true }], ['terminals', 'RecordingEnded', { problem: 'RECORDING.FULL' }], ['auth', 'ApiKeyRevoked', { reason: 'expired' }],
      ['auth', 'LoginRefused', { reason: 'wrong_code' }], ['auth', 'LoginRefused', { until: '2026-11-21T09:00:00.000Z' }], ['auth', 'SessionEnded', { reason: 'refresh_reused' }],
    ];
    const kinds = new Set([...every.map(([s, t]) => told(s, t, {}, { name: 'web-1', devices: [] }).raise?.kind), ...tried.map(([s, t, d]) => told(s, t, d).raise?.kind)]);
    expect(Object.keys(NOTICE_KINDS).filter(kind => !kinds.has(kind as never))).toEqual([]);
  });

  it('resolve what lasts, and only that', () => {
    const lasting = new Set(every.flatMap(([s, t]) => { const { raise } = told(s, t); return raise?.lasting === true ? [raise.kind] : []; }));
    const ended = new Set(every.flatMap(([s, t]) => [told(s, t), told(s, t, { findings: [] }), told(s, t, { status: 'active' })].flatMap(o => (o.resolve ?? []).flatMap(r => r.kinds))));
    expect([...lasting].filter(kind => !ended.has(kind))).toEqual([]);
  });

  it('say names of things and none of persons, keys or devices that are known', () => {
    expect(told('vps', 'AlertRaised')).toMatchObject({ raise: { kind: 'alert-disk', severity: 'warning', thing: { aggregate: 'server', id: ID, name: 'web-1' }, lasting: true } });
    expect(told('auth', 'ApiKeyCreated').raise?.text).not.toContain('Grafana');
    expect(told('auth', 'SessionOpened', {}, { devices: ['Chromium on Linux'] })).toEqual({});
    expect(told('auth', 'SessionOpened', {}, {})).toEqual({});
    expect(told('auth', 'SessionOpened', {}, { devices: ['Safari'] }).raise).toMatchObject({ kind: 'new-device', person: expect.any(String) });
    expect(told('dns', 'CertificateExpiring', { days: 5 }).raise?.severity).toBe('error');
    expect(told('applications', 'WorkEnded', { kind: 'restart' }).raise).toBeUndefined();
  });
});
