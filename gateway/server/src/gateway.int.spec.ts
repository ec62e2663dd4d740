import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isMessage, Socket, type Frame } from './socket.fixture.js';
import { OWNER, startTestGateway, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
beforeAll(async () => { t = await startTestGateway(); });
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
const connect = async (person: Parameters<TestGateway['token']>[0]): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(person));
  sockets.push(socket);
  return socket;
};
afterAll(() => { for (const socket of sockets) socket.close(); });

describe('logging in', () => {
  it('says hello first, then the capabilities', async () => {
    const person = await t.person('acme');
    const socket = await connect(person);
    const [hello, ...rest] = socket.frames;
    expect(hello).toMatchObject({ op: 'hello', data: { v: 1, user: { id: person.id }, tenant: { id: 'acme' }, limits: { subscriptions: 256 } } });
    expect(rest.find(f => f.op === 'cap_update')?.data).toMatchObject({ buckets: { vps: ['acme.>'] } });
  });
});

describe('js_sub', () => {
  it('delivers history, then what comes, with prev chained', async () => {
    const person = await t.person('acme');
    const socket = await connect(person);
    const seqs = [await t.event('acme', 's1', 1), await t.event('acme', 's2', 2)];
    const reply = await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', start_seq: 1 } });
    expect(reply.data).toMatchObject({ status: 'subscribed', from_seq: 1 });
    await socket.until(f => f.data?.kind === 'in_sync');
    seqs.push(await t.event('acme', 's1', 3));
    const got = await socket.collect(3, isMessage('js:VPS'));
    expect(got.map(f => f.data.seq)).toEqual(seqs);
    expect(got.map(f => f.data.prev)).toEqual([0, seqs[0], seqs[1]]);
    expect(got[2]?.data).toMatchObject({ subject: 'evt.acme.vps.server.s1', payload: { n: 3 } });
  });
});
void OWNER;
void (undefined as Frame | undefined);
