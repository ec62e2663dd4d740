/** P4: one subject to many sockets, beside the bare corked `ws` loop, the same behind NATS, and nats-server's own listener. */
import type { Benchmark, Row } from './benchmark.js';
import { median } from './measure.js';
import { Fleet, middle, percent, type Delivered } from './sockets/fan-out.js';
import { helloFor, TENANT, withWorld, type Server, type World } from './sockets/world.js';

const PACE = 50_000;
/** Deliveries of a burst, about. */
const BURST = 200_000;

interface Options { readonly quick: boolean; readonly profile: boolean; progress(line: string): void }
interface Found { readonly name: string; readonly count: number; readonly bursts: readonly Delivered[]; readonly paced: Delivered; readonly text: string }

/** These servers turn about, all their sockets open at a time. */
const inTurn = async (world: World, servers: readonly Server[], count: number, o: Options): Promise<Found[]> => {
  const { generator } = world;
  const tokens = (await world.people(Math.ceil(count / 50))).map(p => p.token);
  const sides: { fleet: Fleet; subject: string; bursts: Delivered[]; paced: Delivered[]; text: string }[] = [];
  for (const [i, server] of servers.entries()) {
    o.progress(`${count} sockets: ${server.name}`);
    const subject = `sig.${TENANT}.fan${count}x${i}`;
    const group = `${server.name} ${count}`;
    await generator.tell({ do: 'open', group, port: server.port, count, tokens: server.name === 'gateway' ? tokens : [], parallel: 64, ...helloFor(server, [subject]) });
    sides.push({ fleet: new Fleet(server, group, count, generator), subject, bursts: [], paced: [], text: '' });
  }
  const rounds = Math.max(10, Math.ceil((o.quick ? BURST / 4 : BURST) / count));
  const gapMs = (1_000 * count) / PACE;
  for (const side of sides) await side.fleet.deliver([side.subject], rounds, 0);
  for (let i = 0; i < (o.quick ? 3 : 5); i++) for (const { fleet, subject, bursts } of i % 2 === 0 ? sides : sides.toReversed()) bursts.push(await fleet.deliver([subject], rounds, 0));
  for (let i = 0; i < (o.quick ? 1 : 3); i++) for (const { fleet, subject, paced } of i % 2 === 0 ? sides : sides.toReversed()) paced.push(await fleet.deliver([subject], Math.ceil((o.quick ? 500 : 2_000) / gapMs), gapMs));
  for (const side of sides) {
    if (o.profile && side.fleet.server.name === 'gateway') side.text = (await side.fleet.server.profile(() => side.fleet.deliver([side.subject], rounds * 3, 0))).text;
    await generator.tell({ do: 'reset', group: side.fleet.group });
  }
  return sides.map(({ fleet, bursts, paced, text }) => ({ name: fleet.server.name, count, bursts, paced: middle(paced), text }));
};

const rowsOf = (found: readonly Found[], count: number): Row[] => {
  const of = (name: string): Found => found.find(f => f.name === name && f.count === count) as Found;
  const [ours, behind, bare, listener] = [of('gateway'), of('`ws` behind NATS'), of('bare `ws`'), of('nats-server')];
  const ratios = ours.bursts.map((b, i) => b.rate / (behind.bursts[i]?.rate ?? Number.NaN));
  const beside = (other: Found, what: string): Row => {
    const r = ours.bursts.map((b, i) => b.rate / (other.bursts[i]?.rate ?? Number.NaN));
    return { what: `${count} sockets, burst, beside ${what}`, unit: '/s', ours: middle(ours.bursts).rate, raw: middle(other.bursts).rate, ratio: median(r), spread: [Math.min(...r), Math.max(...r)] };
  };
  const ratio = median(ratios);
  return [
    { what: `${count} sockets, burst, beside bare \`ws\` behind NATS`, unit: '/s', ours: middle(ours.bursts).rate, raw: middle(behind.bursts).rate, ratio, spread: [Math.min(...ratios), Math.max(...ratios)], budget: '≥ 0.8 × raw', met: ratio >= 0.8 },
    beside(bare, 'bare `ws`'), beside(listener, 'nats-server\'s listener'),
    { what: `${count} sockets, 50,000/s, beside bare \`ws\` behind NATS`, unit: 'ms', ours: ours.paced.p50, ours_p99: ours.paced.p99, raw: behind.paced.p50, raw_p99: behind.paced.p99, ratio: ours.paced.p99 / behind.paced.p99, budget: 'p99 ≤ 1.5 × raw', met: ours.paced.p99 <= 1.5 * behind.paced.p99 },
    { what: `${count} sockets, delivered per second of the server's CPU, beside bare \`ws\` behind NATS`, unit: '/s', ours: middle(ours.bursts).perCore, raw: middle(behind.bursts).perCore, ratio: middle(ours.bursts).perCore / middle(behind.bursts).perCore },
    { what: `${count} sockets, delivered per second of the server's CPU, beside nats-server's listener`, unit: '/s', ours: middle(ours.bursts).perCore, raw: middle(listener.bursts).perCore, ratio: middle(ours.bursts).perCore / middle(listener.bursts).perCore },
  ];
};

export const p4: Benchmark = {
  id: 'p4',
  title: 'fan-out: one subject to 1,000 and 9,000 sockets',
  run: o => withWorld(async (world) => {
    const gateway = await world.gateway();
    const [behind, bare] = [await world.floor(true), await world.floor(false)];
    const counts = o.quick ? [300, 1_000] : [1_000, 9_000];
    const found: Found[] = [];
    for (const count of counts) {
      // The generator may have 20,000 files open: two times 9,000 at a time.
      for (const servers of count > 4_000 ? [[behind, gateway], [bare, world.listener]] : [[bare, behind, gateway, world.listener]]) found.push(...await inTurn(world, servers, count, o));
    }
    const busiest = found.map(f => `${f.name}, ${f.count} sockets: generator ${percent(middle(f.bursts).generator)} in bursts, ${percent(f.paced.generator)} at 50,000/s, server ${percent(f.paced.server)} at 50,000/s`);
    const text = found.map(f => f.text).findLast(t => t !== '');
    return {
      rows: counts.flatMap(count => rowsOf(found, count)),
      ...(text === undefined ? {} : { profile: text }),
      notes: [
        'Messages of 128 bytes; ours adds the envelope (about 90 bytes) to each. nats-server, gateway, the floors and the generator are a process each on two cores, this one publishes. Every client is checked: each number once, in order, none missing; otherwise the run fails.',
        'Bursts: as fast as the publisher goes, rate from its beginning to the last delivery, five turn about. Paced: one message to all at even intervals. Where the generator is above 70 %, the rate is a lower bound for both sides; the rate per second of CPU is not touched by that.',
        ...busiest, 'The floor merges ten messages into a write, ours all that is due: that, not less work, is why ours is above it in bursts. Bare `ws` makes its messages itself. Centrifuge is not measured here: it needs a Go toolchain.',
      ],
    };
  }),
};
