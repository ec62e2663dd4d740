/** Signs of life, and how it leaves and comes back. */
import { delay, holds, same } from '../../check.js';
import { clientRow, type ClientRow } from '../client-row.js';
import { answer, message, messages, range, refusal, STREAM_JOB } from '../client-trial.js';

/** Timers of a busy machine are late. */
const LATE = 3_000;
const PING = 1_000;
const DEAD = 10_000;
const SLOT = 900;

export const lifeRows: readonly ClientRow[] = [
  clientRow('life/answers pings', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    for (const n of [1, 2]) {
      peer.ping();
      await peer.when(() => peer.pongs >= n, 'a pong');
    }
  }),
  clientRow('life/a gateway that says nothing is given up after ping_interval_ms and 10 s', STREAM_JOB, async (t) => {
    const { peer } = await t.following({ ping_interval_ms: PING });
    peer.mute = true;
    const from = performance.now();
    await t.connection(2 * PING + DEAD + LATE);
    holds(performance.now() - from >= PING, 'it waits for a while');
  }, 25),
  clientRow('drain/is served until its slot, leaves then, and goes on elsewhere', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send({ op: 'drain', data: { reconnect_after_ms: SLOT } });
    const from = performance.now();
    peer.send(message(1));
    await t.toldAll(1);
    const again = await t.live();
    const took = again.opened - from;
    holds(took >= SLOT - 100 && took <= SLOT + LATE, `it was told to come back after ${SLOT} ms and came after ${took.toFixed(0)}`);
    const asked = await again.next('js_sub');
    same(asked.data?.['last_seq'], 1, 'last_seq');
    await peer.when(() => peer.closed !== undefined, 'the old connection to be closed');
    again.send(answer(asked, { status: 'resumed', epoch: 'e1', from_seq: 2, head_seq: 2 }));
    again.send(message(2));
    await t.toldAll(2);
    same(t.told, [1, 2], 'what was told');
  }),
  clientRow('drain/closed with 4009 before its slot, it comes back all the same', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send({ op: 'drain', data: { reconnect_after_ms: 60_000 } });
    peer.send({ op: 'error', data: refusal('DRAINING', true) });
    peer.close(4009);
    await t.live();
  }),
  clientRow('slow/told that it was too slow, it goes on from what it dealt with', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.each(messages(1, 3));
    await t.toldAll(3);
    peer.send({ op: 'error', data: { ...refusal('SLOW_CONSUMER', true), details: { positions: [{ target: 'js:ORDERS', filter: STREAM_JOB.filter, epoch: 'e1', at: 3 }] } } });
    peer.close(4008);
    const again = await t.live();
    const asked = await again.next('js_sub');
    same(asked.data?.['last_seq'], 3, 'last_seq');
    again.send(answer(asked, { status: 'resumed', epoch: 'e1', from_seq: 4, head_seq: 4 }));
    again.send(message(4));
    await t.toldAll(4);
    same(t.told, range(1, 4), 'what was told');
  }),
  clientRow('close/4000–4499 and ordinary codes mean come back, known or not', STREAM_JOB, async (t) => {
    for (const code of [4010, 4321, 1012, 1013, 1000]) (await t.live()).close(code);
    await t.live();
  }, 30),
  ...([[4500, 'BAD_FRAME'], [4503, 'REVOKED'], [4777, 'TOMORROW']] as const).map(([code, why]) => clientRow(`close/${code} means do not come back`, STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    peer.send({ op: 'error', data: refusal(why) });
    peer.close(code);
    await t.printed(line => line.ended !== undefined, 'that it has ended');
    await delay(1_500);
    same(t.attempts.length, 1, 'attempts to connect');
  })),
  clientRow('retry/waits between attempts, longer and longer, never the same', STREAM_JOB, async (t) => {
    const { peer } = await t.following();
    const refused = 5;
    t.refuse(...Array.from({ length: refused }, () => 'cut' as const));
    peer.cut();
    const times = [performance.now()];
    const waits: number[] = [];
    for (let i = 0; i <= refused; i++) {
      const longest = 250 * 2 ** (i + 1) + LATE;
      await t.when(() => t.attempts.length >= i + 2, `attempt ${i + 1}: full jitter doubles from 250 ms, it should come within ${longest} ms`, longest);
      times.push(t.attempts[i + 1] ?? 0);
      waits.push((times[i + 1] ?? 0) - (times[i] ?? 0));
    }
    await t.connection();
    // By chance once in six thousand.
    holds(waits.reduce((sum, wait) => sum + wait, 0) > 1_000, `attempts without a pause: ${waits.map(w => w.toFixed(0)).join(', ')} ms`);
    holds(Math.max(...waits) - Math.min(...waits) > 30, `pauses without jitter: ${waits.map(w => w.toFixed(0)).join(', ')} ms`);
  }, 30),
  clientRow('retry/refused at the upgrade (503, 429), it comes back', STREAM_JOB, async (t) => {
    t.refuse({ status: 503, retryAfter: 1 }, { status: 429, retryAfter: 1 });
    await t.live();
    same(t.attempts.length, 3, 'attempts');
  }),
];
