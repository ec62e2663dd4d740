/** Three replicas, and the leader of the stream is killed while messages pour in: whoever follows misses nothing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventually, startNatsCluster, type TestCluster } from '@xanthus/testing';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';

let cluster: TestCluster;
let t: TestGateway;
let person: Person;
beforeAll(async () => {
  cluster = await startNatsCluster(3);
  t = await startTestGateway({ XANTHUS_WS_QUEUE_FRAMES: '40' }, cluster);
  person = await t.person('acme');
});
afterAll(async () => { await t?.stop(); });

const FILTER = 'evt.acme.>';
/** Follows from the start, and is cut and resumes again and again. */
const follower = async (restless: boolean): Promise<{ received: number[]; position(): number; stop(): void }> => {
  const received: number[] = [];
  let position = 0;
  let epoch: unknown;
  let socket: Socket | undefined;
  const stopped = new AbortController();
  const attach = async (): Promise<void> => {
    const opened = await Socket.live(t.gateway.url, await t.token(person));
    socket = opened;
    let taken = 0;
    const take = (): void => {
      for (const { op, data } of opened.frames.slice(taken)) {
        taken++;
        if (op !== 'msg' || socket !== opened) continue;
        if (data.kind === undefined) {
          expect(data.prev).toBeLessThanOrEqual(position);
          expect(data.seq).toBeGreaterThan(position);
          received.push(data.seq ?? 0);
        }
        expect(data.kind).not.toBe('reset');
        position = Math.max(position, data.seq ?? 0);
      }
    };
    opened.ws.on('message', take);
    const reply = await eventually(async () => {
      const answer = (await opened.ask({ op: 'js_sub', target: 'VPS', data: { filter: FILTER, ...(epoch === undefined ? { start_seq: 1 } : { last_seq: position, epoch }) } })).data;
      return answer.code === 'UNAVAILABLE' ? false : answer;
    }, { timeout: 60_000, every: 100 });
    expect(reply.status).toBe(epoch === undefined ? 'subscribed' : 'resumed');
    ({ epoch } = reply);
  };
  await attach();
  const again = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const seen = received.length;
      await eventually(() => stopped.signal.aborted || received.length >= seen + 20, { timeout: 60_000 });
      if (stopped.signal.aborted) return;
      socket?.close();
      await attach();
    }
  };
  // A connection under way when all is over comes to nothing; one that failed before shows by the position.
  const running = restless ? again() : Promise.resolve();
  return { received, position: () => position, stop: () => { stopped.abort(); void running.catch(() => undefined).finally(() => socket?.close()); } };
};

describe('a cluster', () => {
  it('loses its leader and nobody a message', async () => {
    const jsm = await jetstreamManager(t.nc);
    const leader = (await jsm.streams.info('VPS')).cluster?.leader;
    const victim = cluster.servers[Number(leader?.slice(1)) - 1];
    const followers = [await follower(false), await follower(true), await follower(true)];
    let stored = 0;
    const pour = async (n: number): Promise<void> => {
      for (let i = 0; i < n; i++) await eventually(async () => { stored = await t.event('acme', `s${i % 5}`, i); return true; }, { every: 50 });
    };
    await pour(300);
    await victim?.kill9();
    await pour(300);
    await victim?.restart();
    await pour(300);
    await eventually(() => followers.every(f => f.position() >= stored), { timeout: 60_000 }).finally(() => { for (const f of followers) f.stop(); });
    const last = (await jsm.streams.info('VPS')).state.last_seq;
    for (const f of followers) expect(f.received).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    await Promise.all(followers.map(f => eventually(() => f.position() >= last)));
  });
});
