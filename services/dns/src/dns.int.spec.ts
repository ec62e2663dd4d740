/** dns on a real nats-server beside a real auth, its Cloudflare account emulated: a zone from its first sight to plans, undo, drift, configuration and back. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { newId } from '@xanthus/kernel';
import { ask as askAs, askView, type RunningService } from '@xanthus/nest';
import type { DataOf, OutputOf } from '@xanthus/proto';
import { linkCloudflare } from '@xanthus/proto/auth';
import {
  acceptZoneDrift, adoptRecords, applyPlan, checkName, configureDomain, disownRecords, dnsCommands, exportZone, handOverCertificate, listZones, makePlan, manageZone, planDetails, planView, planVisibility, recordHistory, refreshZone, releaseZone, renewCertificate,
  revokeCertificate, undoDomain, unuseDomain, useDomain, zoneAt, type certificateView, type domainView, type zoneView,
} from '@xanthus/proto/dns';
import { eventually, startDnsServer, type TestDns } from '@xanthus/testing';
import { newReceiver, receiveCertificate } from '@xanthus/vault';
import { dnsDeclarations } from './declarations.js';
import { startDns } from './start-dns.js';

let ground: TestGround;
let cf: CloudflareEmulator;
let dns: RunningService;
let ns: TestDns;
let zone: string;
let foreign: string;

beforeAll(async () => {
  [cf, ns] = await Promise.all([startCloudflareEmulator(), startDnsServer()]);
  ground = await startTestGround({ service: 'dns', declarations: dnsDeclarations(), env: { XANTHUS_CLOUDFLARE_URL: cf.url } });
  dns = await startDns({ ...ground.env('dns'), XANTHUS_CLOUDFLARE_URL: cf.url, XANTHUS_DNS_DRIFT_SECONDS: '3600', XANTHUS_DNS_RESOLVERS: ns.address });
  ({ id: zone } = cf.addZone('example.com'));
  ({ id: foreign } = cf.putRecord(zone, { type: 'A', name: 'old.example.com', content: '192.0.2.1', ttl: 300 }));
});
afterAll(async () => {
  await dns?.stop();
  await ground?.stop();
  await cf?.stop();
  await ns?.stop();
});

const code = (run: Promise<unknown>): Promise<string> => run.then(() => 'fine', (error: { code?: string }) => error.code ?? String(error));
const ask: TestGround['asOwner'] = (contract, options) => ground.asOwner(contract, options);
const plan = (source: unknown, reason = '') => ask(makePlan, { input: { zone, source, reason } as never });
const applied = async (id: string, hash: string, accept: string[] = []): Promise<DataOf<typeof planView>> => {
  await ask(applyPlan, { id, input: { hash, accept } as never });
  return ground.row<DataOf<typeof planView>>('plans', id, p => p.state === 'applied' || p.state === 'failed');
};
const content = () => cf.records(zone).map(r => `${r.type} ${r.name} ${r.content}`).sort();
const zoneRow = (fits: (z: DataOf<typeof zoneView>) => boolean) => ground.row<DataOf<typeof zoneView>>('zones', zone, fits);

describe('zones', () => {
  it('say what to do while no account is linked', async () => {
    expect(await code(ask(listZones, { input: {} }))).toBe('DNS.NOT_LINKED');
    await ask(linkCloudflare, { input: { token: cf.addToken().value, account: cf.account.id } });
  });

  it('are listed and kept; nothing of it is changed', async () => {
    expect((await ask(listZones, { input: {} })).zones).toMatchObject([{ id: zone, name: 'example.com', managed: false, status: 'active' }]);
    await ask(manageZone, { id: zone, input: {} });
    await zoneRow(z => z.records === 1 && z.owned === 0);
    expect(content()).toEqual(['A old.example.com 192.0.2.1']);
    expect(await code(ask(manageZone, { id: zone, input: {} }))).toBe('DNS.MANAGED_ALREADY');
    expect(await code(ask(manageZone, { id: '0'.repeat(32), input: {} }))).toBe('DNS.ZONE_UNKNOWN');
  });
});

describe('plans', () => {
  let first: { id: string; hash: string };

  it('are seen before they are done, and done as they were seen', async () => {
    const made = await plan({ from: 'wishes', wishes: [{ op: 'create', record: { type: 'A', name: 'www', content: '192.0.2.10' } }, { op: 'create', record: { type: 'TXT', name: '@', content: 'hello' } }] }, 'The shop opens');
    first = made;
    expect(made).toMatchObject({ creates: 2, updates: 0, deletes: 0, risks: [], obstacles: [] });
    expect(content()).toEqual(['A old.example.com 192.0.2.1']);
    expect(await code(ask(applyPlan, { id: made.id, input: { hash: '0'.repeat(64) } }))).toBe('DNS.PLAN_OTHER_HASH');
    expect(await applied(made.id, made.hash)).toMatchObject({ state: 'applied', parts: 1, parts_done: 1 });
    expect(content()).toEqual(['A old.example.com 192.0.2.1', 'A www.example.com 192.0.2.10', 'TXT example.com "hello"']);
    await zoneRow(z => z.records === 3 && z.owned === 2);
    expect((await ask(planDetails, { id: made.id, input: {} })).results).toHaveLength(2);
  });

  it('are visible when the name servers say so, and not before', async () => {
    const visibility = () => ask(planVisibility, { id: first.id, input: {} });
    expect(await visibility()).toMatchObject({ visible: 0, total: 2, hidden: 0, unanswered: 0, not_yet: expect.arrayContaining(['A www.example.com', 'TXT example.com']), asked: [ns.address], text: '0 of 2 are visible at the name servers; 2 not yet.' });
    ns.say('A', 'www.example.com', [{ type: 'A', name: 'www.example.com', ttl: 300, data: '192.0.2.10' }]);
    ns.say('TXT', 'example.com', 'SERVFAIL');
    expect(await visibility()).toMatchObject({ visible: 1, unanswered: 1, not_yet: [] });
  });

  it('leave records of others alone until they are adopted', async () => {
    const wish = { from: 'wishes', wishes: [{ op: 'delete', id: foreign }] };
    expect(await code(plan(wish))).toBe('DNS.NOTHING_TO_CHANGE');
    await ask(adoptRecords, { id: zone, input: { records: [foreign] } });
    expect(await plan(wish)).toMatchObject({ deletes: 1, risks: [{ kind: 'many_deletions', asks_again: true }] });
  });

  it('touch nothing that was given back after they were made, and undo none of another zone', async () => {
    const made = await plan({ from: 'wishes', wishes: [{ op: 'delete', id: foreign }] });
    await ask(disownRecords, { id: zone, input: { records: [foreign] } });
    expect(await code(ask(applyPlan, { id: made.id, input: { hash: made.hash, accept: ['many_deletions'] } }))).toBe('DNS.PLAN_STALE');
    await ask(adoptRecords, { id: zone, input: { records: [foreign] } });
    const other = cf.addZone('example.net').id;
    await ask(manageZone, { id: other, input: {} });
    expect(await code(ask(makePlan, { input: { zone: other, source: { from: 'undo', plan: first.id }, reason: '' } }))).toBe('DNS.PLAN_UNKNOWN');
    await ask(releaseZone, { id: other, input: {} });
  });

  it('ask again where much is at stake, and are refused once the zone has changed', async () => {
    const made = await plan({ from: 'wishes', wishes: [{ op: 'delete', id: foreign }] });
    expect(await code(ask(applyPlan, { id: made.id, input: { hash: made.hash } }))).toBe('DNS.RISK_NOT_ACCEPTED');
    cf.removeRecord(zone, foreign);
    expect(await code(ask(applyPlan, { id: made.id, input: { hash: made.hash, accept: ['many_deletions'] } }))).toBe('DNS.PLAN_STALE');
    expect((await ask(refreshZone, { id: zone, input: {} })).differences).toBe(1);
    await ask(acceptZoneDrift, { id: zone, input: { findings: [`missing-${foreign}`] } });
    await zoneRow(z => z.records === 2 && z.drift === 0);
  });

  it('are wrong before Cloudflare is asked', async () => {
    const requests = cf.requests.filter(r => r.method !== 'GET').length;
    expect(await code(plan({ from: 'wishes', wishes: [{ op: 'create', record: { type: 'A', name: 'x', content: '1.2.3' } }] }))).toBe('DNS.INVALID');
    expect(await code(plan({ from: 'wishes', wishes: [{ op: 'create', record: { type: 'CNAME', name: 'www', content: 'a.example' } }] }))).toBe('DNS.INVALID');
    expect(await code(plan({ from: 'file', text: 'www A not-an-address' }))).toBe('DNS.INVALID');
    expect(await code(plan({ from: 'wishes', wishes: [300, 600].map(ttl => ({ op: 'create', record: { type: 'A', name: 'x', content: '192.0.2.1', ttl } })) }))).toBe('DNS.INVALID');
    expect(cf.requests.filter(r => r.method !== 'GET')).toHaveLength(requests);
  });

  it('come from a zone file, and the export reads back as the same zone', async () => {
    const { file } = await ask(exportZone, { id: zone, input: {} });
    expect(await code(plan({ from: 'file', text: file, prune: true }))).toBe('DNS.NOTHING_TO_CHANGE');
    const made = await plan({ from: 'file', text: `${file}\nmail 300 IN MX 10 mx.example.net.\n` });
    expect(made.risks.map(r => r.kind)).toEqual(['mail']);
    expect(await applied(made.id, made.hash, ['mail'])).toMatchObject({ state: 'applied' });
    expect(content()).toContain('MX mail.example.com mx.example.net');
  });

  it('are undone as a plan of their own', async () => {
    const made = await plan({ from: 'undo', plan: first.id });
    expect(made).toMatchObject({ deletes: 2 });
    await applied(made.id, made.hash, made.risks.map(r => r.kind));
    expect(content()).toEqual(['MX mail.example.com mx.example.net']);
    await ground.row<DataOf<typeof planView>>('plans', first.id, p => p.undone_by === made.id);
  });

  it('fail with a reason and a way on when Cloudflare is away for good', async () => {
    const made = await plan({ from: 'wishes', wishes: [{ op: 'create', record: { type: 'A', name: 'later', content: '192.0.2.20' } }] });
    cf.fail({ path: /batch$/, status: 503, times: 1_000 });
    await ask(applyPlan, { id: made.id, input: { hash: made.hash } });
    await ground.row<DataOf<typeof planView>>('plans', made.id, p => p.state === 'applying' && p.problem !== null);
    expect(await code(ask(releaseZone, { id: zone, input: {} }))).toBe('DNS.ZONE_BUSY');
    cf.heal();
    await ground.row<DataOf<typeof planView>>('plans', made.id, p => p.state === 'applied');
    expect(content()).toContain('A later.example.com 192.0.2.20');
  });
});

describe('history', () => {
  it('says who, when and why, before and after', async () => {
    const { entries } = await ask(recordHistory, { id: zone, input: { name: 'www.example.com' } });
    expect(entries.map(e => [e.change.op, e.reason, e.outside])).toEqual([['delete', '', false], ['create', 'The shop opens', false]]);
  });

  it('has the zone as it was', async () => {
    const { entries } = await ask(recordHistory, { id: zone, input: { name: 'www.example.com' } });
    const opened = await ask(zoneAt, { id: zone, input: { at: entries[1]!.at } });
    expect(opened.records.map(r => r.name)).toContain('www.example.com');
    expect(await code(ask(zoneAt, { id: zone, input: { at: '2020-01-01T00:00:00.000Z' } }))).toBe('DNS.BEFORE_MANAGED');
  });
});

describe('a domain', () => {
  const domain = (state: string) => ground.row<DataOf<typeof domainView>>('domains', zone, d => d.state === state);

  it('is made ready for applications, and its certificate renewed', async () => {
    await ask(configureDomain, { id: zone, input: {} });
    expect((await domain('configured')).steps.map(s => s.state)).toEqual(['done', 'done', 'done', 'done']);
    const [issued] = cf.certificates();
    const shown = await ground.row<DataOf<typeof certificateView>>('certificates', zone, c => c.state === 'valid');
    expect(shown.provider_ref).toBe(issued?.id);
    await ask(renewCertificate, { id: zone, input: {} });
    await ground.row<DataOf<typeof certificateView>>('certificates', zone, c => c.renewed === 1);
    expect(cf.certificates().map(c => c.revoked_at !== undefined)).toEqual([true, false]);
  });

  it('is as it was before once that is taken back', async () => {
    await ask(undoDomain, { id: zone, input: {} });
    await domain('undone');
    expect(cf.certificates().every(c => c.revoked_at !== undefined)).toBe(true);
  });
});

describe('drift', () => {
  const refresh = async (): Promise<number> => (await ask(refreshZone, { id: zone, input: {} })).differences;
  const put = async (name: string): Promise<string> => {
    const made = await plan({ from: 'wishes', wishes: [{ op: 'create', record: { type: 'A', name, content: '192.0.2.30' } }] });
    expect((await applied(made.id, made.hash)).state).toBe('applied');
    return cf.records(zone).find(r => r.name === `${name}.example.com`)?.id ?? '';
  };
  const settled = (owned: number) => zoneRow(z => z.drift === 0 && z.owned === owned);

  /** What somebody did outside, and the finding that it makes. */
  const OUTSIDE = {
    changed: (id: string) => cf.putRecord(zone, { id, type: 'A', name: 'drift.example.com', content: '203.0.113.9', ttl: 1 }),
    missing: (id: string) => cf.removeRecord(zone, id),
  } as const;

  it.each(['changed', 'missing'] as const)('that is %s is taken back as a plan, and nothing of it is left', async (kind) => {
    const owned = (await zoneRow(() => true)).owned;
    const id = await put('drift');
    OUTSIDE[kind](id);
    expect(await refresh()).toBe(1);
    const back = await plan({ from: 'drift', findings: [`${kind}-${id}`] }, 'Not ours');
    expect((await applied(back.id, back.hash, back.risks.map(r => r.kind))).state).toBe('applied');
    expect(content()).toContain('A drift.example.com 192.0.2.30');
    await settled(owned + 1);
    expect(await refresh()).toBe(0);
    const now = cf.records(zone).find(r => r.name === 'drift.example.com')?.id ?? '';
    const gone = await plan({ from: 'wishes', wishes: [{ op: 'delete', id: now }] });
    await applied(gone.id, gone.hash, gone.risks.map(r => r.kind));
  });

  it.each(['changed', 'missing'] as const)('that is %s is what the zone is, once a person accepts it', async (kind) => {
    const { owned } = await zoneRow(() => true);
    const id = await put('drift');
    OUTSIDE[kind](id);
    await refresh();
    await ask(acceptZoneDrift, { id: zone, input: { findings: [`${kind}-${id}`] } });
    expect(await refresh()).toBe(0);
    const left = await zoneRow(z => z.drift === 0);
    if (kind === 'missing') return;
    // It is still ours to change.
    expect(left.owned).toBe(owned + 1);
    const gone = await plan({ from: 'wishes', wishes: [{ op: 'delete', id }] });
    await applied(gone.id, gone.hash, gone.risks.map(r => r.kind));
  });

  it('that is unknown is left until it is accepted, is ours only when it is adopted, and is taken back when a person says so', async () => {
    const unknown = (n: number): string => cf.putRecord(zone, { type: 'A', name: `theirs-${n}.example.com`, content: '203.0.113.1', ttl: 300 }).id;
    const [kept, thrown] = [unknown(1), unknown(2)];
    expect(await refresh()).toBe(2);
    expect(await code(ask(adoptRecords, { id: zone, input: { records: [kept] } }))).toBe('DNS.RECORD_UNKNOWN');
    await ask(acceptZoneDrift, { id: zone, input: { findings: [`unknown-${kept}`] } });
    expect(await code(plan({ from: 'wishes', wishes: [{ op: 'delete', id: kept }] }))).toBe('DNS.NOTHING_TO_CHANGE');
    await ask(adoptRecords, { id: zone, input: { records: [kept] } });
    const back = await plan({ from: 'drift', findings: [`unknown-${thrown}`] });
    await applied(back.id, back.hash, back.risks.map(r => r.kind));
    const gone = await plan({ from: 'wishes', wishes: [{ op: 'delete', id: kept }] });
    await applied(gone.id, gone.hash, gone.risks.map(r => r.kind));
    expect(cf.records(zone).filter(r => r.name.startsWith('theirs-'))).toEqual([]);
    expect(await refresh()).toBe(0);
  });
});

describe('what applications ask', () => {
  const APP = { service: 'applications' as const, id: '01jd3x8e2v5y9w4z7q6r1s0tap', name: 'Team notes' };
  const OTHER = { ...APP, id: '01jd3x8e2v5y9w4z7q6r1s0tbp', name: 'Shop' };
  let service: Awaited<ReturnType<TestGround['service']>>;
  const asked = <C extends Parameters<typeof askAs>[2]>(contract: C, options: Record<string, unknown>) => askAs(service.nc, service.signer, contract, { tenant: 'acme', correlation_id: newId(), ...options } as never) as Promise<OutputOf<C>>;
  const made = async (user: typeof APP, source: unknown): Promise<DataOf<typeof planView>> => {
    const { id, hash, risks } = await asked(makePlan, { input: { zone, source, reason: 'a deploy', mark: user } });
    await asked(applyPlan, { id, input: { hash, accept: risks.map(r => r.kind) } });
    return eventually(async () => {
      const row = await askView(service.nc, service.signer, planView, { tenant: 'acme', id });
      return row?.state === 'applied' || row?.state === 'failed' ? row : undefined;
    });
  };
  const NOTES = { op: 'create', record: { type: 'A', name: 'notes', content: '192.0.2.50', proxied: true } };
  const check = (user: typeof APP = APP) => asked(checkName, { input: { name: 'Notes.example.com.', for: { service: user.service, id: user.id } } });

  beforeAll(async () => { service = await ground.service('applications'); });

  it('is refused to persons, whatever their rights', async () => {
    expect(await code(ask(useDomain, { id: zone, input: { by: APP } }))).toBe('DENIED');
    expect(await code(ask(handOverCertificate, { id: zone, input: { reason: 'x' }, seal: newReceiver().publicKey }))).toBe('DENIED');
    expect(await code(ask(checkName, { input: { name: 'a.example.com' } }))).toBe('DENIED');
    expect(await code(ask(makePlan, { input: { zone, source: { from: 'wishes', wishes: [NOTES] }, mark: APP } as never }))).toBe('DNS.NOT_FOR_YOU');
  });

  it('makes a record of its own that no other application reaches, and a person only with a second yes', async () => {
    expect(await check()).toMatchObject({ name: 'notes.example.com', zone: { id: zone, name: 'example.com' }, free: true, records: [], yours: [] });
    expect(await asked(checkName, { input: { name: 'notes.example.org' } })).toMatchObject({ zone: null, free: false });
    expect(await made(APP, { from: 'wishes', wishes: [NOTES] })).toMatchObject({ state: 'applied', mark: APP });
    const record = cf.records(zone).find(r => r.name === 'notes.example.com');
    expect(record).toMatchObject({ content: '192.0.2.50', comment: 'Xanthus: Team notes', proxied: true });
    const mine = await check();
    expect([mine.free, mine.yours]).toEqual([true, [record?.id]]);
    expect(await check(OTHER)).toMatchObject({ free: false, yours: [], message: expect.stringContaining('for Team notes') });
    expect(await code(made(APP, { from: 'wishes', wishes: [NOTES] }))).toBe('DNS.NOTHING_TO_CHANGE');
    const again = () => asked(makePlan, { input: { zone, source: { from: 'wishes', wishes: [{ op: 'create', record: { type: 'TXT', name: 'notes', content: 'x' } }] }, mark: APP }, idempotency_key: 'deploy-1-record' });
    const [one, same] = [await again(), await again()];
    expect([same.id, same.hash, same.creates]).toEqual([one.id, one.hash, 1]);
    expect(await code(made(OTHER, { from: 'wishes', wishes: [{ op: 'delete', id: record?.id }] }))).toBe('DNS.NOTHING_TO_CHANGE');
    const persons = await plan({ from: 'wishes', wishes: [{ op: 'delete', id: record?.id }] });
    expect(persons.risks).toContainEqual(expect.objectContaining({ kind: 'in_use', asks_again: true, message: expect.stringContaining('Team notes') }));
    expect(await made(APP, { from: 'wishes', wishes: [{ op: 'delete', id: record?.id }] })).toMatchObject({ state: 'applied' });
    expect((await check()).records).toEqual([]);
  });

  it('uses a domain, which is then neither released nor taken back; and is handed its certificate with the key', async () => {
    await asked(useDomain, { id: zone, input: { by: APP } });
    await asked(useDomain, { id: zone, input: { by: APP } });
    await zoneRow(z => z.used_by?.length === 1);
    expect(await code(ask(releaseZone, { id: zone, input: {} }))).toBe('DNS.IN_USE');
    await ask(configureDomain, { id: zone, input: {} });
    const shown = await ground.row<DataOf<typeof domainView>>('domains', zone, d => d.state === 'configured');
    expect(shown.used_by).toEqual([{ kind: 'application', id: APP.id, name: APP.name }]);
    expect(await code(ask(undoDomain, { id: zone, input: {} }))).toBe('DNS.IN_USE');
    expect(await code(ask(revokeCertificate, { id: zone, input: { confirm_name: 'example.com' } }))).toBe('DNS.IN_USE');
    const received = await receiveCertificate(service.nc, service.signer, { tenant: 'acme', zone, reason: 'tls', for: APP });
    expect(received).toMatchObject({ hostnames: ['example.com', '*.example.com'], key_fingerprint: expect.any(String) });
    expect(new X509Certificate(received.certificate).checkPrivateKey(createPrivateKey(received.key))).toBe(true);
    expect((await check()).certificate).toMatchObject({ covers: true, provider_ref: received.provider_ref });
  });

  it('has the old certificate on, after it is issued anew', async () => {
    const certificate = (fits: (c: DataOf<typeof certificateView>) => boolean) => ground.row<DataOf<typeof certificateView>>('certificates', zone, fits);
    const { provider_ref: old } = await certificate(c => c.used_by === 1);
    await ask(renewCertificate, { id: zone, input: {} });
    await certificate(c => c.replaced === old);
    expect(cf.certificates().find(c => c.id === old)?.revoked_at).toBeUndefined();
    expect((await receiveCertificate(service.nc, service.signer, { tenant: 'acme', zone, reason: 'tls', for: APP })).provider_ref).not.toBe(old);
  });

  it('that leaves lets the domain go; a certificate that was revoked outside is noticed, and blocks nothing', async () => {
    await asked(unuseDomain, { id: zone, input: { by: APP } });
    for (const { id } of cf.certificates()) cf.revokeCertificate(id);
    await ask(refreshZone, { id: zone, input: {} });
    const row = await ground.row<DataOf<typeof certificateView>>('certificates', zone, c => c.state === 'revoked');
    expect([row.alert?.kind, row.used_by]).toEqual(['revoked_outside', 0]);
    expect(await code(receiveCertificate(service.nc, service.signer, { tenant: 'acme', zone, reason: 'tls' }))).toBe('DNS.NO_CERTIFICATE');
    await ask(renewCertificate, { id: zone, input: {} });
    await ground.row<DataOf<typeof certificateView>>('certificates', zone, c => c.state === 'valid' && c.alert === null);
    await ask(undoDomain, { id: zone, input: {} });
    await ground.row<DataOf<typeof domainView>>('domains', zone, d => d.state === 'undone');
    await ask(releaseZone, { id: zone, input: {} });
  });
});

describe('input that makes no sense', () => {
  it.each(Object.entries(dnsCommands))('%s: is refused with a code', async (_name, contract) => {
    expect(await code(ask(contract, { ...(contract.on === 'id' ? { id: 'f'.repeat(32) } : {}), input: { nonsense: true, zone: '../', hash: 1, records: 'x', findings: 7, source: [], confirm_name: 9, redirect_www: 'maybe', how: 'x', roll_back: 'x' } as never }))).toMatch(/^[A-Z][A-Z_.]+$/);
  });
});
