/** The service as it runs, beside a real auth and a real gateway: rights, files over HTTP, the bundle that proves itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, TENANT, type TestGround } from '@xanthus/auth/test-ground';
import { startGateway, type RunningGateway } from '@xanthus/gateway';
import { auditKeys, BundleCheck, declarationsOf, type PublicJwk } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import { auditFind, auditVerify, type chainView } from '@xanthus/proto/audit';
import { addMember } from '@xanthus/proto/auth';
import { eventually } from '@xanthus/testing';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { CHAINED } from './audit.module.js';
import { auditDeclarations } from './declarations.js';
import { startAudit } from './start-audit.js';

const PASSWORD = 'vlinder-kaas-fiets';
const EVENTS = 1_300;
const RARE = newId();
const PERSON = newId();

let ground: TestGround;
let service: RunningService;
let gateway: RunningGateway;
let ada: string;
let vera: string;
type Chain = DataOf<typeof chainView>;

const login = async (email: string): Promise<string> => {
  const answer = await fetch(`${gateway.url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json', origin: gateway.url }, body: JSON.stringify({ email, password: PASSWORD, tenant: TENANT }) });
  return ((await answer.json()) as { data: { access_token: string } }).data.access_token;
};
const get = (query: string, token = ada): Promise<Response> => fetch(`${gateway.url}/api/audit${query}`, { headers: { authorization: `Bearer ${token}` } });
interface Line { readonly stream: string; readonly seq: number; readonly stored_at: string; readonly event: { readonly type: string; readonly correlation_id: string; readonly actor: { readonly id: string }; readonly aggregate: { readonly id: string } }; readonly comment?: string; readonly left_out?: readonly string[] }
const linesOf = async (query: string, token = ada): Promise<Line[]> => (await (await get(query, token)).text()).split('\n').filter(l => l !== '').map(l => JSON.parse(l) as Line);
/** `data`: waits until it is stored. */
const write = async (tenant: string, n: number, data?: object): Promise<void> => {
  const id = `s${n % 7}`;
  const nc = await ground.as('vps');
  const send = data === undefined ? nc.publish.bind(nc) : nc.request.bind(nc);
  await send(`evt.${tenant}.vps.server.${id}`, JSON.stringify({
    id: newId(), type: 'ServerObserved', schema: 1, tenant, aggregate: { service: 'vps', name: 'server', id }, occurred_at: new Date().toISOString(), actor: { kind: 'person', id: n % 100 === 0 ? PERSON : newId() }, command_id: newId(), correlation_id: n === 700 && tenant === TENANT ? RARE : newId(), data: data ?? { n, ...(tenant === TENANT ? {} : { canary: true }) },
  }));
};

beforeAll(async () => {
  const declared = [auditDeclarations(), ...CHAINED.filter(s => s !== 'auth').map(s => declarationsOf(s))];
  ground = await startTestGround({ service: 'audit', declarations: { streams: declared.flatMap(d => d.streams), buckets: declared.flatMap(d => d.buckets) } });
  for (let n = 0; n < EVENTS; n++) await write('acme', n);
  for (let n = 0; n < 50; n++) await write('rival', n);
  await (await ground.as('vps')).flush();
  await ground.asOwner(addMember, { input: { email: 'vera@example.com', name: 'Vera', role: 'viewer', password: PASSWORD } });
  [service, gateway] = await Promise.all([startAudit({ ...ground.env('audit'), XANTHUS_AUDIT_SEAL_SECONDS: '0.2' }), startGateway({ ...ground.env('gateway'), XANTHUS_PORT: '0', XANTHUS_WS_DRAIN_SECONDS: '0' })]);
  await eventually(async () => (await gateway.ready()).ready && (await service.ready()).ready);
  [ada, vera] = await Promise.all([login('ada@example.com'), login('vera@example.com')]);
  await ground.row<Chain>('chains', 'vps', c => c.events === EVENTS);
});
afterAll(async () => {
  await gateway?.stop();
  await service?.stop();
  await ground?.stop();
});

describe('the service', () => {
  it('seals by count and by time, and its view says how far', async () => {
    const chain = await ground.row<Chain>('chains', 'vps', c => c.events === EVENTS);
    expect(chain).toMatchObject({ stream: 'VPS', first_seq: 1, seq: EVENTS, key_id: expect.stringMatching(/^service:audit#/) });
    // a full one, and what was old
    expect(chain.blocks).toBeGreaterThanOrEqual(2);
    expect((await ground.row<Chain>('chains', 'auth', c => c.events > 0)).stream).toBe('AUTH');
  });

  it('goes on where it was killed, in any of two copies', async () => {
    await service.stop();
    const copies = await Promise.all([1, 2].map(() => startAudit({ ...ground.env('audit'), XANTHUS_AUDIT_SEAL_SECONDS: '0.2' })));
    service = { ...copies[0] as RunningService, stop: async () => { await Promise.all(copies.map(c => c.stop())); } };
    await write('rival', 1);
    for (let n = 0; n < 5; n++) await write('acme', n);
    await ground.row<Chain>('chains', 'vps', c => c.events === EVENTS + 5);
    expect(await ground.asOwner(auditVerify, { id: 'vps', input: {} })).toMatchObject({ events: EVENTS + 5, done: true });
  });

  it('answers about one\'s own tenant only, about streams that there are', async () => {
    await expect(ground.asOwner(auditFind, { input: {}, tenant: 'rival' } as never)).rejects.toMatchObject({ code: 'DENIED' });
    await expect(ground.asOwner(auditVerify, { id: 'nothing', input: {} })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the log as a file', () => {
  it('has exactly what is filtered, oldest first', async () => {
    const rare = await linesOf(`?correlation=${RARE}`);
    expect(rare.map(l => [l.stream, l.seq, l.event.correlation_id])).toEqual([['VPS', 701, RARE]]);
    expect((await linesOf(`?actor=${PERSON}&service=vps&aggregate=server&id=s0`)).map(l => [l.event.actor.id, l.event.aggregate.id])).toEqual([[PERSON, 's0'], [PERSON, 's0'], [PERSON, 's0']]);
    const all = await linesOf('');
    expect(all.filter(l => l.stream === 'VPS')).toHaveLength(EVENTS + 5);
    expect(all.map(l => l.stored_at)).toEqual(all.map(l => l.stored_at).toSorted());
    expect(new Set(all.map(l => l.stream))).toEqual(new Set(['AUTH', 'VPS']));
    expect(JSON.stringify(all)).not.toContain('canary');
    const at = all.find(l => l.seq === 701 && l.stream === 'VPS')?.stored_at ?? '';
    const since = await linesOf(`?streams=VPS&from=${at.slice(0, 23)}Z`);
    expect(since).toEqual(all.filter(l => l.stream === 'VPS' && l.stored_at.slice(0, 23) >= at.slice(0, 23)));
    expect(await linesOf(`?streams=VPS&to=${at.slice(0, 23)}Z`)).toEqual(all.filter(l => l.stream === 'VPS' && l.stored_at.slice(0, 23) < at.slice(0, 23)));
    expect(await linesOf('?type=Unheard')).toEqual([]);
  });

  it('leaves out what one may not follow, and says so', async () => {
    const answer = await get('', vera);
    expect(answer.headers.get('xanthus-left-out')).toBe('AUTH');
    const [first, ...rest] = (await answer.text()).split('\n').filter(l => l !== '').map(l => JSON.parse(l) as Line);
    expect(first).toEqual({ comment: 'Not included, for you may not follow them: AUTH.', left_out: ['AUTH'], in_part: [] });
    expect(rest.length).toBe(EVENTS + 5);
    expect(rest.every(l => l.stream === 'VPS')).toBe(true);
    expect((await get('', 'nobody')).status).toBe(401);
  });

  it('is a table whose cells are no formulas', async () => {
    await write('acme', 3, { text: 'a "word", and\nmore' });
    const text = await (await get('?service=vps&format=csv')).text();
    const rows = text.split('\r\n');
    expect(rows[0]).toBe('stream,seq,stored_at,occurred_at,type,service,aggregate,id,actor_kind,actor,via,correlation,command,event,data');
    expect(rows.at(-2)).toContain('"{""text"":""a \\""word\\"", and\\nmore""}"');
  });

  it('says what it does not understand', async () => {
    for (const [query, words] of [['?format=xml', 'The format is one of'], ['?who=me', 'There is no who'], ['?streams=NOPE', 'There is no stream NOPE'], ['?id=x', 'need the service'], ['?from=yesterday', 'from'], ['?format=chain&actor=x', 'whole or it proves nothing'], ['?service=sun', 'There is no service']] as const) {
      const answer = await get(query);
      expect([query, answer.status, ((await answer.json()) as { message: string }).message]).toEqual([query, 422, expect.stringContaining(words)]);
    }
  });

  it('stops when whoever takes it has gone', async () => {
    await new Promise<void>((resolve) => {
      const asked = request(`${gateway.url}/api/audit`, { headers: { authorization: `Bearer ${ada}` } }, (answer) => { answer.once('data', () => answer.destroy()); });
      asked.once('close', () => resolve());
      asked.end();
    });
    expect((await linesOf(`?correlation=${RARE}`))).toHaveLength(1);
  });
});

describe('proof', () => {
  it('says over HTTP that everything is what was sealed', async () => {
    const { data } = (await (await get('/verify')).json()) as { data: { ok: boolean; streams: { stream: string; events: number; ok: boolean }[] } };
    expect(data.ok).toBe(true);
    expect(data.streams.map(s => s.stream).sort()).toEqual(['AUTH', 'VPS']);
    expect(data.streams.find(s => s.stream === 'VPS')?.events).toBeGreaterThanOrEqual(EVENTS + 5);
  });

  it('goes along with the bundle, and a byte that is changed in it is found', async () => {
    const lines = (await (await get('?format=chain')).text()).trimEnd().split('\n');
    const { keys } = JSON.parse(await readFile(ground.env('audit')['XANTHUS_SERVICE_JWKS_FILE'] ?? '', 'utf8')) as { keys: PublicJwk[] };
    const check = (texts: readonly string[]) => {
      const checking = new BundleCheck(auditKeys(keys));
      for (const text of texts) checking.take(text);
      return checking.report();
    };
    const report = check(lines);
    expect(report.problem).toBeUndefined();
    expect(report.streams.find(s => s.stream === 'VPS')).toMatchObject({ earlier: 0, proven: { from_seq: 1 } });
    expect(report.streams.find(s => s.stream === 'AUTH')?.events).toBeGreaterThan(0);
    const at = lines.findIndex(l => l.includes(RARE));
    expect(check(lines.with(at, (lines[at] ?? '').replace('\\"n\\":700', '\\"n\\":701'))).problem).toMatchObject({ kind: 'changed', seq: 701, stream: 'VPS', line: at + 1 + (1_000 - 701) + 1 });
    expect(JSON.stringify(lines)).not.toContain('canary');
    const seen = check((await (await get('?format=chain', vera)).text()).trimEnd().split('\n'));
    expect([seen.problem, seen.left_out, seen.streams.map(s => s.stream).includes('AUTH')]).toEqual([undefined, ['AUTH'], false]);
  });
});
