/** P5: as many subjects as sockets, beside one subject for all of the same sockets. */
import type { Benchmark, Row } from './benchmark.js';
import { median } from './measure.js';
import { Fleet, middle, percent, type Delivered } from './sockets/fan-out.js';
import { helloFor, TENANT, withWorld } from './sockets/world.js';

export const p5: Benchmark = {
  id: 'p5',
  title: 'fan-in variety: 10,000 sockets on 10,000 different subjects',
  run: ({ quick, profile, progress }) => withWorld(async (world) => {
    const count = quick ? 1_000 : 10_000;
    const rounds = quick ? 20 : 15;
    const turns = quick ? 3 : 5;
    const tokens = (await world.people(Math.ceil(count / 50))).map(p => p.token);
    const found: { name: string; variety: Delivered[]; single: Delivered[] }[] = [];
    let text: string | undefined;
    const servers = [await world.gateway(), await world.floor(true), world.listener];
    for (const [k, server] of servers.entries()) {
      progress(`${count} sockets: ${server.name}`);
      const all = `sig.${TENANT}.all${k}`;
      const own = Array.from({ length: count }, (_, i) => `sig.${TENANT}.own${k}.${i}`);
      await world.generator.tell({ do: 'open', group: server.name, port: server.port, count, tokens: k === 0 ? tokens : [], parallel: 64, ...helloFor(server, [all, `sig.${TENANT}.own${k}.{i}`]) });
      const fleet = new Fleet(server, server.name, count, world.generator);
      const side = { name: server.name, variety: [] as Delivered[], single: [] as Delivered[] };
      found.push(side);
      await fleet.deliver(own, 2, 0);
      for (let i = 0; i < turns; i++) {
        side.single.push(await fleet.deliver([all], rounds, 0));
        side.variety.push(await fleet.deliver(own, rounds, 0));
      }
      if (profile && k === 0) ({ text } = await server.profile(() => fleet.deliver(own, rounds, 0)));
      await world.generator.tell({ do: 'reset', group: server.name });
    }
    const [ours, behind, listener] = found as [typeof found[number], typeof found[number], typeof found[number]];
    const row = (what: string, a: readonly Delivered[], b: readonly Delivered[], least?: number): Row => {
      const ratios = a.map((d, i) => d.rate / (b[i]?.rate ?? Number.NaN));
      const ratio = median(ratios);
      return { what, unit: '/s', ours: middle(a).rate, raw: middle(b).rate, ratio, spread: [Math.min(...ratios), Math.max(...ratios)], ...(least === undefined ? {} : { budget: `≥ ${least} × raw`, met: ratio >= least }) };
    };
    return {
      rows: [
        row(`${count.toLocaleString('en')} subjects, beside one subject to the same sockets (P4)`, ours.variety, ours.single, 0.5),
        row('the same, bare `ws` behind NATS: its variety beside its one subject', behind.variety, behind.single),
        row('ours, beside bare `ws` behind NATS with as many subjects', ours.variety, behind.variety),
        row('ours, beside nats-server\'s own listener with as many subjects', ours.variety, listener.variety),
        { what: 'delivered per second of the server\'s CPU, many subjects, beside bare `ws` behind NATS', unit: '/s', ours: middle(ours.variety).perCore, raw: middle(behind.variety).perCore, ratio: middle(ours.variety).perCore / middle(behind.variety).perCore },
      ],
      ...(text === undefined ? {} : { profile: text }),
      notes: [
        'Here each delivery is a message through NATS of its own: publisher, nats-server, subscription, socket. One subject: one message through NATS for all sockets. Every client is checked for each number.',
        ...found.map(f => `${f.name}: generator at most ${percent(Math.max(middle(f.variety).generator, middle(f.single).generator))} of a core, server ${percent(middle(f.variety).server)} with many subjects.`),
      ],
    };
  }),
};
