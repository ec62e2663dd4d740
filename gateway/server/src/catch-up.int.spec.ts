/** From where a client stopped to the head: in pages, from memory where it is near, and joined to what everyone else is told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import { eventually } from '@xanthus/testing';
import { isMessage, Socket, type Data, type Frame } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
let person: Person;
beforeAll(async () => {
  t = await startTestGateway();
  person = await t.person('acme', { streams: { VPS: ['evt.acme.>'] } });
});
afterAll(async () => { await t?.stop(); });

const sockets: Socket[] = [];
afterEach(() => { for (const socket of sockets.splice(0)) socket.close(); });
const connect = async (): Promise<Socket> => {
  const socket = await Socket.live(t.gateway.url, await t.token(person));
  sockets.push(socket);
  return socket;
};
const follow = async (socket: Socket, data: object): Promise<Data> => (await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', ...data } })).data;
const MANY = 20_000;
const text = 'x'.repeat(200);
/** @returns the sequence of the last */
const publishMany = async (n: number): Promise<number> => {
  const js = jetstream(t.nc);
  let last = 0;
  for (let i = 0; i < n; i += 500) last = (await Promise.all(Array.from({ length: 500 }, (_, k) => js.publish(`evt.acme.vps.server.s${k % 7}`, `{"n":${i + k},"text":"${text}"}`)))).at(-1)?.seq ?? 0;
  return last;
};
const metric = async (name: string): Promise<number> => Number(new RegExp(`${name}[^\\n]* ([\\d.]+)\\n`).exec(await (await fetch(`${t.gateway.url}/metrics`)).text())?.[1] ?? Number.NaN);
const seqsOf = (socket: Socket): (number | undefined)[] => socket.frames.filter(isMessage('js:VPS')).map(f => f.data.seq);
const synced = ({ data }: Frame): boolean => data?.kind === 'in_sync';

describe('catching up', () => {
  it('reads a long way back page by page: little is queued while the client stands still, everything comes once, in_sync once', async () => {
    const last = await publishMany(MANY);
    const socket = await connect();
    socket.ws.pause();
    socket.send({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', start_seq: 1, credit: 2 * MANY } });
    await eventually(async () => (await metric('xanthus_ws_catching_up')) === 1 && (await metric('xanthus_ws_queue_bytes_max')) > 100_000);
    // Over 6 MB lie behind; a queue is 1 MiB and a page 256 KiB.
    expect(await metric('xanthus_ws_queue_bytes_max')).toBeLessThan(2 * 1024 * 1024);
    socket.ws.resume();
    await socket.until(synced);
    expect(seqsOf(socket)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    const next = await t.event('acme', 's1', 1);
    await socket.until(f => f.data?.seq === next && f.data.kind === undefined);
    expect(socket.frames.filter(synced)).toHaveLength(1);
  });

  it('is in sync once, however often it falls back to catching up', async () => {
    const first = await t.event('acme', 's1', 0);
    const socket = await connect();
    await follow(socket, { start_seq: first, credit: 1 });
    await socket.until(f => f.data?.seq === first);
    let last = first;
    for (let i = 0; i < 10; i++) {
      last = await t.event('acme', 's1', i);
      socket.send({ op: 'credit', target: 'js:VPS', data: { filter: 'evt.acme.>', n: 1 } });
      await socket.until(f => f.data?.seq === last && f.data.kind === undefined);
    }
    socket.send({ op: 'credit', target: 'js:VPS', data: { filter: 'evt.acme.>', n: 10 } });
    last = await t.event('acme', 's1', 99);
    await socket.until(f => f.data?.seq === last);
    await socket.until(synced);
    expect(socket.frames.filter(synced)).toHaveLength(1);
    expect(seqsOf(socket)).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
  });

  it('makes up a short absence from memory: NATS is asked for no message', async () => {
    const staying = await connect();
    await follow(staying, {});
    await staying.until(synced);
    const leaving = await connect();
    const { epoch } = await follow(leaving, {});
    await leaving.until(synced);
    const had = await t.event('acme', 's1', 0);
    const { time } = (await leaving.until(f => f.data?.seq === had)).data as { time?: string };
    leaving.close();
    const missed = [await t.event('acme', 's1', 1), await t.event('acme', 's2', 2), await t.event('acme', 's1', 3)];
    await staying.until(f => f.data?.seq === missed.at(-1));

    const asked: string[] = [];
    const watch = ['$JS.API.DIRECT.GET.>', '$JS.API.STREAM.MSG.GET.>', '$JS.API.CONSUMER.CREATE.>'].map(subject => t.nc.subscribe(subject, { callback: (_, m) => { asked.push(m.subject); } }));
    await t.nc.flush();
    const back = await connect();
    expect(await follow(back, { last_seq: had, last_time: time, epoch })).toMatchObject({ status: 'resumed', from_seq: had + 1 });
    await back.until(synced);
    expect(seqsOf(back)).toEqual(missed);
    await t.nc.flush();
    expect(asked).toEqual([]);

    // The same from further back than this gateway remembers, so that the watch is known to see.
    const far = await connect();
    await follow(far, { start_seq: 1, credit: 1 });
    await far.until(isMessage('js:VPS'));
    await eventually(() => asked.some(subject => subject.includes('DIRECT.GET.VPS')));
    for (const sub of watch) sub.unsubscribe();
  });
});
