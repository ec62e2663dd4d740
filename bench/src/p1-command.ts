/** P1: a command from the SDK through gateway, service and log, and back. */
import type { Benchmark, Row } from './benchmark.js';
import { compareLatency, timeEach } from './measure.js';
import { createCounter } from './stack/contracts.js';
import { withStack } from './stack/with-stack.js';

export const p1: Benchmark = {
  id: 'p1',
  title: 'command round trip: SDK → gateway → service → event stored → reply',
  run: ({ quick, profile, progress }) => withStack(undefined, async stack => {
    const client = await stack.client();
    const raw = await stack.raw();
    const ours = (): Promise<unknown> => client.command(createCounter, { count: 1 });
    const plain = (): Promise<unknown> => raw.ask({ count: 1 });
    progress('warming up');
    for (const call of [ours, plain]) await timeEach(quick ? 300 : 2_000, 20, call);
    const rows: Row[] = [];
    for (const inFlight of [1, 100]) {
      progress(`${inFlight} in flight`);
      const calls = (inFlight === 1 ? 300 : 2_000) * (quick ? 1 : 3);
      const { ratio, spread, ours: o, raw: r } = await compareLatency(quick ? 3 : 5, () => timeEach(calls, inFlight, ours), () => timeEach(calls, inFlight, plain));
      const absolute = inFlight === 1 ? o.p50 <= 2 && o.p99 <= 10 : true;
      rows.push({
        what: `${inFlight} in flight`, unit: 'ms', ours: o.p50, ours_p99: o.p99, raw: r.p50, raw_p99: r.p99, ratio, spread,
        budget: inFlight === 1 ? '≤ 3 × raw; ≤ 2 / 10 ms' : '≤ 3 × raw', met: ratio <= 3 && absolute,
      });
    }
    const where = profile ? await stack.profile(() => timeEach(2_000, 100, ours)) : undefined;
    return {
      rows,
      ...(where ? { profile: where.text } : {}),
      notes: [
        'nats-server, gateway + service (one process, as `npm start`), raw server and this client are four processes on this machine; default sync interval; one WebSocket, one tenant, each command makes a new aggregate.',
        'Raw: `ws` → `nc.request` → `js.publish` with the expected last sequence → reply → `ws`, with the plain clients: no authentication, no rights, no parsing of input, no look at what the aggregate holds.',
      ],
    };
  }),
};
