/** P8: from the write of somebody's rights to the last frame, at two gateways under load. */
import type { Benchmark } from './benchmark.js';
import { quantile } from './measure.js';
import { percent } from './sockets/fan-out.js';
import { messageText, micros } from './sockets/wire.js';
import { TENANT, withWorld } from './sockets/world.js';

const GATEWAYS = ['a', 'b'] as const;

export const p8: Benchmark = {
  id: 'p8',
  title: 'revocation: KV write → last frame, two gateways',
  run: ({ quick, progress }) => withWorld(async (world) => {
    const { generator } = world;
    const count = quick ? 100 : 500;
    const subject = `sig.${TENANT}.load`;
    // The same people at both: each write is to be heard twice.
    const people = await world.people(count);
    for (const group of GATEWAYS) {
      const gateway = await world.gateway();
      progress(`${count} sockets at gateway ${group}`);
      await generator.tell({ do: 'open', group, port: gateway.port, path: '/ws', count, tokens: people.map(p => p.token), hello: JSON.stringify({ op: 'sub', target: subject }), ready: '"op":"reply"', readyCount: 1, parallel: 32 });
      await generator.tell({ do: 'begin', group, target: -1 });
    }
    // 20 messages a second to everyone, until all rights are gone.
    let n = 0;
    const load = setInterval(() => world.nc.publish(subject, messageText(++n)), 50);
    progress('withdrawing, one after the other');
    const written: number[] = [];
    const from = performance.now();
    for (const person of people) {
      written.push(micros());
      await world.strip(person);
      const next = from + written.length * (quick ? 30 : 40);
      await new Promise(resolve => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
    await new Promise(resolve => setTimeout(resolve, 1_000));
    clearInterval(load);
    const took: Record<string, number[]> = {};
    let late = 0;
    const cpu: number[] = [];
    for (const group of GATEWAYS) {
      const stops = await generator.tell({ do: 'stops', group });
      const { wrong, cpu: used } = await generator.tell({ do: 'finish', group, timeoutMs: 1 });
      cpu.push(used);
      const never = stops.at.filter(at => at === 0).length;
      if (never > 0 || wrong > 0) throw new Error(`gateway ${group}: ${never} clients were never told, ${wrong} messages missing or out of order before`);
      late += stops.late;
      took[group] = stops.at.map((at, i) => (at - (written[i] as number)) / 1_000);
    }
    if (late > 0) throw new Error(`${late} messages came after REVOKED`);
    const all = GATEWAYS.flatMap(g => took[g] ?? []);
    const last = people.map((_, i) => Math.max(...GATEWAYS.map(g => took[g]?.[i] ?? Number.NaN)));
    return {
      rows: [
        { what: 'one gateway', unit: 'ms', ours: quantile(all, 0.5), ours_p99: quantile(all, 0.99), budget: 'p99 < 250 ms', met: quantile(all, 0.99) < 250 },
        { what: 'the later of both', unit: 'ms', ours: quantile(last, 0.5), ours_p99: quantile(last, 0.99), budget: 'p99 < 250 ms', met: quantile(last, 0.99) < 250 },
      ],
      notes: [
        `${count} people with a connection at each of two gateways, all subscribed to one subject with 20 messages a second (${(count * 2 * 20).toLocaleString('en')} deliveries/s at first); their documents are overwritten one after the other. Time: from the call that writes the bucket to the arrival of \`error REVOKED\`.`,
        `Nothing came after it (checked for each of ${all.length} connections), nothing was missing before. Most: ${Math.max(...all).toFixed(1)} ms. Generator ${percent(Math.max(...cpu))} of a core. No peer publishes this figure.`,
      ],
    };
  }),
};
