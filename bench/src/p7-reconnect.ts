/** P7: everybody comes back at once, and nobody has lost anything. */
import { readFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Benchmark } from './benchmark.js';
import { Fleet, percent, reconcile, type Delivered } from './sockets/fan-out.js';
import { startGenerator } from './sockets/generator.js';
import { cpuOf, messageText, type Finished, type Opened } from './sockets/wire.js';
import { helloFor, positionOf, TENANT, withWorld, type World } from './sockets/world.js';

const EVENTS = `evt.${TENANT}.vps.server.one`;
const OTHERS = `sig.${TENANT}.others`;
const MISSED = 20;
const MEANWHILE = 10;

const append = async ({ js }: World, first: number, count: number, gapMs: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    await js.publish(EVENTS, messageText(first + i));
    if (gapMs > 0) await new Promise(resolve => setTimeout(resolve, gapMs));
  }
};

const consumersOf = async ({ nc }: World): Promise<number> => {
  const { consumers } = await jetstreamManager(nc);
  let count = 0;
  for await (const _ of consumers.list('VPS')) count++;
  return count;
};

/** Connections of this machine that found a full backlog since it started. */
const overflows = (): number => {
  const [names = [], values = []] = readFileSync('/proc/net/netstat', 'utf8').split('\n').map(line => line.split(' '));
  return Number(values[names.indexOf('ListenOverflows')]);
};

export const p7: Benchmark = {
  id: 'p7',
  title: '10,000 clients reconnect at once',
  run: ({ quick, profile, progress }) => withWorld(async (world) => {
    const { generator } = world;
    // Clients that stay have a process of their own: what they wait for is not the opening of other sockets.
    const staying = await startGenerator();
    const count = quick ? 1_000 : 10_000;
    const few = 50;
    const tokens = (await world.people(Math.ceil(count / 50))).map(p => p.token);
    // The limit of handshakes is the one that is in force by default: whoever is refused comes back when it is told to.
    const gateway = await world.gateway({ XANTHUS_WS_HANDSHAKES_PER_SECOND: '1000', XANTHUS_WS_UNAUTHENTICATED: '2000' });
    const { epoch, head } = await positionOf(gateway, tokens[0] as string);
    const frame = (last: number): string => JSON.stringify({ op: 'js_sub', target: 'VPS', data: { filter: EVENTS, last_seq: last, epoch } });
    const order = { do: 'open', group: 'all', port: gateway.port, path: '/ws', count, tokens, ready: '"op":"reply"', readyCount: 1 } as const;
    progress(`${count} sockets`);
    await generator.tell({ ...order, hello: frame(head), parallel: 64 });
    await staying.tell({ do: 'open', group: 'others', port: gateway.port, count: few, tokens, parallel: 8, ...helloFor(gateway, [OTHERS]) });
    const others = new Fleet(gateway, 'others', few, staying);
    await generator.tell({ do: 'begin', group: 'all', target: 1 });
    await append(world, 1, 1, 0);
    reconcile(await generator.tell({ do: 'finish', group: 'all', timeoutMs: 10_000 }), 'before');
    const calm = await others.deliver([OTHERS], quick ? 100 : 500, 10);

    progress('all sockets are cut, and come back');
    await generator.tell({ do: 'reset', group: 'all' });
    await append(world, 2, MISSED, 0);
    const until = 1 + MISSED + MEANWHILE;
    await generator.tell({ do: 'begin', group: 'all', target: until });
    const cpu = cpuOf(gateway.pid);
    const overflown = overflows();
    let most = 0;
    const look = async (): Promise<void> => { most = Math.max(most, await consumersOf(world)); };
    const looks = setInterval(() => void look().catch(() => undefined), 250);
    const storm = async (): Promise<{ opened: Opened; done: Finished; busy: Delivered }> => {
      const back = generator.tell({ ...order, hello: frame(head + 1), parallel: count, again: true });
      const meanwhile = append(world, 2 + MISSED, MEANWHILE, 100);
      const stormy = others.deliver([OTHERS], quick ? 100 : 800, 10);
      const [opened] = await Promise.all([back, meanwhile]);
      const done = await generator.tell({ do: 'finish', group: 'all', timeoutMs: 30_000 });
      return { opened, done, busy: await stormy };
    };
    const { result: { opened, done, busy }, text } = profile ? await gateway.profile(storm) : { result: await storm(), text: undefined };
    clearInterval(looks);
    await staying.stop();
    reconcile(done, 'after');
    const seconds = (done.lastAt - done.beganAt) / 1e6;
    const used = cpuOf(gateway.pid) - cpu;
    return {
      rows: [
        { what: `${count.toLocaleString('en')} live and resumed, last message of the last client`, unit: 's', ours: seconds, budget: '< 30 s, 0 lost', met: seconds < 30 },
        { what: `${few} others at 100 messages/s each meanwhile, beside before`, unit: 'ms', ours: busy.p50, ours_p99: busy.p99, raw: calm.p50, raw_p99: calm.p99, ratio: busy.p99 / calm.p99, budget: 'p99 < 2 × before', met: busy.p99 < 2 * calm.p99 },
        { what: 'reconnected per second', unit: '/s', ours: count / opened.seconds },
      ],
      ...(text === undefined ? {} : { profile: text }),
      notes: [
        `${MISSED} events while they were away, ${MEANWHILE} more while they came back; ${done.received.toLocaleString('en')} deliveries reconciled: each client each event, once, in order, none missing.`,
        `All handshakes at the same moment under the default limit (1,000/s, 2,000 at once): ${opened.retries.toLocaleString('en')} were refused with 503 and \`Retry-After\` and came back. Most consumers on the stream at a time: ${most} (budget ≤ 50 and the pool).`,
        `Connections that found the listening socket's backlog full and were tried again by TCP (after 1, 3, 7, 15, 31 s): ${overflows() - overflown}.`,
        `Gateway ${used.toFixed(1)} s of CPU for all; generator ${percent(done.cpu)} of a core. In this column "raw" is the same group before.`,
      ],
    };
  }),
};
