/** The export of a tenant over HTTP, with auth played by a plain NATS subscription. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import { headers, type Msg } from '@nats-io/transport-node';
import { HEADERS, SERVICES, streamName } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { OWNER, startTestGateway, type Person, type TestGateway } from './testing.fixture.js';
import { tenantExports } from './upstream/tenant-exports.js';

/** On the streams of all services, whichever there are. */
const RIGHTS = { ...OWNER('acme'), streams: Object.fromEntries(Object.keys(SERVICES).map(service => [streamName(service), ['evt.acme.>']])) };
const MEMBERS = [{ person: 'p', name: 'Ada', email: 'ada@example.com' }];

let t: TestGateway;
let owner: Person;
let asked: Msg[];
let refusal: string | undefined;

interface Line { readonly kind: string; readonly stream?: string; readonly seq?: number; readonly event?: unknown; readonly key?: string; readonly sections?: Record<string, { lines: number; sha256: string }>; readonly sha256?: string }
const exported = async (who: Person, tenant = 'acme'): Promise<{ status: number; type: string | null; text: string; lines: Line[] }> => {
  const response = await fetch(`${t.gateway.url}/api/tenants/${tenant}/export`, { method: 'POST', headers: { authorization: `Bearer ${await t.token(who)}`, 'content-type': 'application/json' }, body: '{}' });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-disposition'), text, lines: text.trimEnd().split('\n').map(line => JSON.parse(line) as Line) };
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  t = await startTestGateway();
  owner = await t.person('acme', RIGHTS);
  asked = [];
  t.nc.subscribe('cmd.*.auth.tenant.*.export', {
    callback: (_failure, m) => {
      asked.push(m);
      const hdrs = headers();
      if (refusal !== undefined) hdrs.set(HEADERS.ERROR, refusal);
      m.respond(JSON.stringify(refusal === undefined ? { tenant: { id: 'acme', name: 'Acme' }, members: MEMBERS, receipt_key: { kid: 'service:auth' } } : { error: { code: refusal, message: 'no', retryable: false } }), { headers: hdrs });
    },
  });
  for (let n = 0; n < 1_200; n++) await t.event(n % 3 === 2 ? 'rival' : 'acme', 'server-1', n);
  const js = jetstream(t.nc);
  await js.publish('evt.xanthus.auth.tenant.acme', JSON.stringify({ type: 'TenantCreated' }));
  await js.publish('evt.xanthus.auth.tenant.rival', JSON.stringify({ type: 'TenantCreated' }));
  await t.put('vps', 'acme.servers.a', { name: 'web' });
  await t.put('vps', 'rival.servers.b', { name: 'canary' });
});
afterAll(() => t.stop());

describe('the export of a tenant', () => {
  it('has every event and every value of it, nobody else\'s, and a manifest that fits', async () => {
    const { status, type, text, lines } = await exported(owner);
    expect([status, type]).toEqual([200, 'attachment; filename="acme.jsonl"']);
    expect(lines[0]).toMatchObject({ kind: 'begin', format: 1, tenant: { id: 'acme', name: 'Acme' }, exported_by: owner.id });
    expect(lines.filter(l => l.kind === 'member')).toEqual([{ kind: 'member', member: MEMBERS[0] }]);
    const events = lines.filter(l => l.stream === 'VPS');
    expect(events).toHaveLength(800);
    expect(events.map(e => e.seq)).toEqual(events.map(e => e.seq).toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    expect(lines.filter(l => l.stream === 'AUTH').map(l => l.event)).toEqual([{ type: 'TenantCreated' }]);
    expect(lines.filter(l => l.kind === 'view').map(l => l.key)).toEqual([`acme.capabilities.${owner.id}`, 'acme.servers.a']);
    expect(text).not.toContain('canary');
    expect(text).not.toContain('rival');

    const manifest = lines.at(-1);
    const before = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
    expect(manifest).toMatchObject({ kind: 'manifest', positions: { VPS: 1_200, AUTH: 2 }, sha256: sha256(before), receipt_key: { kid: 'service:auth' } });
    const section = before.split('\n').filter(l => l.includes('"stream":"VPS"')).map(l => `${l}\n`).join('');
    expect(manifest?.sections?.['VPS']).toEqual({ lines: 800, sha256: sha256(section) });
  });

  it('is for the tenant that one is in, and only with all rights on what is read', async () => {
    const before = asked.length;
    expect((await exported(owner, 'rival')).status).toBe(403);
    const half = await t.person('acme', { ...RIGHTS, streams: { VPS: ['evt.acme.>'] } });
    expect((await exported(half)).status).toBe(403);
    const none = await t.person('acme', { ...RIGHTS, commands: [] });
    expect((await exported(none)).status).toBe(403);
    expect(asked).toHaveLength(before);
  });

  it('is what auth refuses', async () => {
    refusal = 'TENANT.OWNER_ONLY';
    const { status, lines } = await exported(owner);
    expect([status, lines[0]]).toEqual([403, expect.objectContaining({ code: 'TENANT.OWNER_ONLY' })]);
    refusal = undefined;
  });

  it('ends without a manifest when the rights go', async () => {
    const { lines } = await tenantExports(t.nc, '_INBOX');
    let left = 5;
    const got: string[] = [];
    const read = async (): Promise<void> => {
      for await (const line of lines({ tenant: 'acme', about: {}, members: [], key: {}, check: () => { if (left-- === 0) throw new Error('withdrawn'); } })) got.push(line);
    };
    await expect(read()).rejects.toThrow('withdrawn');
    expect(got.length).toBeGreaterThan(3);
    expect(got.some(line => line.includes('manifest'))).toBe(false);
  });
});

describe('a recording as a file', () => {
  const SESSION = '01jd3x8e2v5y9w4z7q6r1s0tse';
  const PAGES = 40;
  const header = { version: 3, term: { cols: 80, rows: 24 }, timestamp: 1 };
  const big = 'x'.repeat(100_000);
  const inputs: unknown[] = [];
  let problem: string | undefined;
  /** The second page waits for it. */
  let held: Promise<void> = Promise.resolve();
  const download = async (who = owner): Promise<Response> => fetch(`${t.gateway.url}/api/terminal/sessions/${SESSION}/recording`, { headers: { authorization: `Bearer ${await t.token(who)}` } });
  const answer = (m: Msg, body: object): void => {
    inputs.push(m.json());
    const hdrs = headers();
    if (problem !== undefined) hdrs.set(HEADERS.ERROR, problem);
    m.respond(JSON.stringify(problem === undefined ? body : { error: { code: problem, message: 'no', retryable: false } }), { headers: hdrs });
  };
  beforeAll(async () => {
    t.nc.subscribe(`cmd.acme.terminals.recording.${SESSION}.open`, { callback: (_failure, m) => answer(m, { id: SESSION, stream: 'TERMINALS', seq: 1 }) });
    t.nc.subscribe(`qry.acme.terminals.recording-part.${SESSION}`, {
      callback: (_failure, m) => {
        const n = Number((m.json<{ cursor?: string }>().cursor ?? '0.0').split('.')[0]);
        const page = (): void => answer(m, { header: n === 0 ? header : null, screen: null, events: [[n * 1_000, 'o', big], [n * 1_000 + 500, 'o', '€']], cursor: n + 1 === PAGES ? null : `${n + 1}.0`, live: false });
        if (n === 1) void held.then(page);
        else page();
      },
    });
    await t.nc.flush();
  });

  it('is asked for page by page after it was written down, with times from event to event', async () => {
    inputs.length = 0;
    const response = await download();
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual([200, 'application/x-asciicast', `attachment; filename="${SESSION}.cast"`]);
    const lines = (await response.text()).trimEnd().split('\n').map(line => JSON.parse(line) as unknown[]);
    expect(inputs.slice(0, 3)).toEqual([{ what: 'exported' }, {}, { cursor: '1.0' }]);
    expect(lines[0]).toEqual(header);
    expect(lines).toHaveLength(1 + 2 * PAGES);
    expect(lines.slice(1, 4).map(l => [l[0], l[1], String(l[2]).length])).toEqual([[0, 'o', 100_000], [0.5, 'o', 1], [0.5, 'o', 100_000]]);
  });

  it('ends with the session of whoever fetches it', async () => {
    const who = await t.person('acme', { commands: ['cmd.acme.terminals.>', 'qry.acme.terminals.>'] });
    let go: () => void = () => undefined;
    held = new Promise((resolve) => { go = resolve; });
    inputs.length = 0;
    const response = await download(who);
    expect(response.status).toBe(200);
    const token = await t.token(who);
    await t.endSession(who);
    // Asked of something else: each download that was let in would show in what the service was asked.
    await eventually(async () => (await fetch(`${t.gateway.url}/api/auth/session`, { headers: { authorization: `Bearer ${token}` } })).status === 401);
    go();
    await expect(response.text()).rejects.toThrow();
    expect(inputs).toEqual([{ what: 'exported' }, {}, { cursor: '1.0' }]);
  });

  it('is refused in the envelope before a byte of it is sent', async () => {
    problem = 'RECORDING.NOT_FOUND';
    const refused = await download();
    expect([refused.status, await refused.json()]).toEqual([404, expect.objectContaining({ status: 'error', code: 'RECORDING.NOT_FOUND' })]);
    problem = undefined;
    const watcher = await t.person('acme', { commands: ['qry.acme.terminals.>'] });
    expect((await download(watcher)).status).toBe(403);
    expect((await fetch(`${t.gateway.url}/api/terminal/sessions/${SESSION}/recording`)).status).toBe(401);
  });
});
