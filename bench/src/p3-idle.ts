/** P3: what a connection costs that does nothing. */
import type { Benchmark, Row } from './benchmark.js';
import { residentOf } from './sockets/wire.js';
import { helloFor, TENANT, withWorld, type Server } from './sockets/world.js';

interface Cost { readonly resident: number; readonly heap: number; readonly perSecond: number }

const subscriptions = [
  { op: 'sub', target: `sig.${TENANT}.notices` }, { op: 'kv_sub', target: 'vps', data: { pattern: `${TENANT}.servers.*` } }, { op: 'js_sub', target: 'VPS', data: { filter: `evt.${TENANT}.vps.>` } },
].map(frame => JSON.stringify(frame)).join('\n');

export const p3: Benchmark = {
  id: 'p3',
  title: 'idle connections: authenticated, capability document, 3 subscriptions',
  run: ({ quick, profile, progress }) => withWorld(async (world) => {
    const count = quick ? 1_000 : 10_000;
    const tokens = (await world.people(count)).map(p => p.token);
    let text: string | undefined;
    const cost = async (server: Server, order: { path: string; hello: string; binary?: boolean; ready: string; readyCount: number }): Promise<Cost> => {
      progress(`${count} sockets: ${server.name}`);
      const open = (group: string, n: number): Promise<{ seconds: number }> => world.generator.tell({ do: 'open', group, port: server.port, count: n, tokens: server.name === 'gateway' ? tokens : [], parallel: 64, ...order });
      // Code is compiled and upstreams are open before counting.
      await open(`${server.name} first`, 200);
      const before = await server.memory();
      const resident = residentOf(server.pid);
      if (profile && server.name === 'gateway') {
        ({ text } = await server.heap(() => open(server.name, count)));
        return { resident: 0, heap: 0, perSecond: 0 };
      }
      const { seconds } = await open(server.name, count);
      const after = await server.memory();
      const grown = residentOf(server.pid) - resident;
      const used = (m: NodeJS.MemoryUsage | undefined): number => (m === undefined ? Number.NaN : m.heapUsed + m.external);
      for (const group of [`${server.name} first`, server.name]) await world.generator.tell({ do: 'reset', group });
      return { resident: (grown * 1_024) / count, heap: (used(after) - used(before)) / 1_024 / count, perSecond: count / seconds };
    };
    const ours = await cost(await world.gateway(), { path: '/ws', hello: subscriptions, ready: '"op":"reply"', readyCount: 3 });
    const behind = await world.floor(true);
    const raw = await cost(behind, helloFor(behind, ['a', 'b', 'c']));
    const listener = await cost(world.listener, helloFor(world.listener, ['a', 'b', 'c']));
    const row = (what: string, a: number, b: number, budget?: number): Row => ({ what, unit: 'KB', ours: a, raw: b, ratio: a / b, ...(budget === undefined ? {} : { budget: `≤ ${budget} KB`, met: a <= budget }) });
    return {
      rows: [
        row(`${count.toLocaleString('en')} connections, resident memory each, beside bare \`ws\` behind NATS`, ours.resident, raw.resident, 14),
        row('of that heap and buffers in use after a full collection', ours.heap, raw.heap),
        row('resident memory each, beside nats-server\'s own listener', ours.resident, listener.resident),
        { what: 'opened per second: upgrade, log-in, three subscriptions', unit: '/s', ours: ours.perSecond, raw: raw.perSecond, ratio: ours.perSecond / raw.perSecond },
      ],
      ...(text === undefined ? {} : { profile: text }),
      notes: [
        `Ours: a person, session and capability document each (all known to the gateway before), \`sub\`, \`kv_sub\` and \`js_sub\` answered. The floors have three subjects and know nobody. Resident memory is that of the process before and after, collected fully; what the kernel keeps for a socket is not in it.`,
        'Opened with 64 handshakes at a time, limits of handshakes wide open; every connection was answered three times, or the run fails. File limit: 20,000 per process, enough.',
      ],
    };
  }),
};
