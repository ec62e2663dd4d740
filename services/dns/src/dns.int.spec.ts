/** dns on a real nats-server beside a real auth, its Cloudflare account emulated: a zone from its first sight to plans, undo, drift, configuration and back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import type { RunningService } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import { linkCloudflare } from '@xanthus/proto/auth';
import {
  acceptZoneDrift, adoptRecords, applyPlan, configureDomain, dnsCommands, exportZone, listZones, makePlan, manageZone, planDetails, recordHistory, refreshZone, renewCertificate, undoDomain, zoneAt, type certificateView, type domainView, type planView, type zoneView,
} from '@xanthus/proto/dns';
import { dnsDeclarations } from './declarations.js';
import { startDns } from './start-dns.js';

let ground: TestGround;
let cf: CloudflareEmulator;
let dns: RunningService;
let zone: string;
let foreign: string;

beforeAll(async () => {
  cf = await startCloudflareEmulator();
  ground = await startTestGround({ service: 'dns', declarations: dnsDeclarations(), env: { XANTHUS_CLOUDFLARE_URL: cf.url } });
  dns = await startDns({ ...ground.env('dns'), XANTHUS_CLOUDFLARE_URL: cf.url, XANTHUS_DNS_DRIFT_SECONDS: '3600' });
  ({ id: zone } = cf.addZone('example.com'));
  ({ id: foreign } = cf.putRecord(zone, { type: 'A', name: 'old.example.com', content: '192.0.2.1', ttl: 300 }));
}, 60_000);
afterAll(async () => {
  await dns?.stop();
  await ground?.stop();
  await cf?.stop();
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

  it('leave records of others alone until they are adopted', async () => {
    const wish = { from: 'wishes', wishes: [{ op: 'delete', id: foreign }] };
    expect(await code(plan(wish))).toBe('DNS.NOTHING_TO_CHANGE');
    await ask(adoptRecords, { id: zone, input: { records: [foreign] } });
    expect(await plan(wish)).toMatchObject({ deletes: 1, risks: [{ kind: 'many_deletions', asks_again: true }] });
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
    cf.fail({ path: /batch$/, status: 503, times: 1 });
    expect(await applied(made.id, made.hash)).toMatchObject({ state: 'applied' });
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

describe('input that makes no sense', () => {
  it.each(Object.entries(dnsCommands))('%s: is refused with a code', async (_name, contract) => {
    expect(await code(ask(contract, { ...(contract.on === 'id' ? { id: 'f'.repeat(32) } : {}), input: { nonsense: true, zone: '../', hash: 1, records: 'x', findings: 7, source: [], confirm_name: 9, redirect_www: 'maybe', how: 'x', roll_back: 'x' } as never }))).toMatch(/^[A-Z][A-Z_.]+$/);
  });
});
