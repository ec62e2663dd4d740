/** P6: what a client missed: a thousand messages from the shared tail and from JetStream, a million at a stretch. */
import { jetstreamManager } from '@nats-io/jetstream';
import type { Benchmark, Row } from './benchmark.js';
import { median, quantile } from './measure.js';
import { percent, reconcile } from './sockets/fan-out.js';
import { cpuOf, messageText, residentOf } from './sockets/wire.js';
import { positionOf, TENANT, withWorld, type Server, type World } from './sockets/world.js';

const MILLION = 1_000_000;
const MISSED = 1_000;
const subjectOf = (id: string): string => `evt.${TENANT}.vps.server.${id}`;

/** The stream is full when it says so: no acknowledgement is awaited. @returns its last sequence */
const fill = async ({ nc }: World, subject: string, count: number): Promise<number> => {
  const { streams } = await jetstreamManager(nc);
  const before = (await streams.info('VPS')).state.messages;
  for (let i = 0; i < count;) {
    for (const end = Math.min(count, i + 5_000); i < end; i++) nc.publish(subject, messageText(i + 1));
    while ((await streams.info('VPS')).state.messages - before < i) await new Promise(resolve => setTimeout(resolve, 5));
  }
  return (await streams.info('VPS')).state.last_seq;
};

const ask = (filter: string, after: number, epoch: string): string => JSON.stringify({ op: 'js_sub', target: 'VPS', data: { filter, last_seq: after, epoch } });

/** Milliseconds until everything missed is there, one client after the other. */
const times = async (world: World, gateway: Server, token: string, name: string, count: number, frame: string): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const group = `${name} ${i}`;
    await world.generator.tell({ do: 'open', group, port: gateway.port, path: '/ws', count: 1, tokens: [token], hello: '', ready: '"cap_update"', readyCount: 1, parallel: 1 });
    await world.generator.tell({ do: 'begin', group, target: MISSED });
    await world.generator.tell({ do: 'send', group, frame });
    const done = await world.generator.tell({ do: 'finish', group, timeoutMs: 5_000 });
    reconcile(done, name);
    found.push((done.lastAt - done.beganAt) / 1_000);
    await world.generator.tell({ do: 'reset', group });
  }
  return found;
};

const plain = async ({ js }: World, count: number): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    const consumer = await js.consumers.get('VPS', { filter_subjects: [subjectOf('old')] });
    let seen = 0;
    for await (const _ of await consumer.consume({ max_messages: MISSED })) if (++seen === MISSED) break;
    found.push(performance.now() - from);
  }
  return found;
};

const plainMillion = async ({ js }: World, count: number): Promise<number> => {
  const from = performance.now();
  const consumer = await js.consumers.get('VPS', { filter_subjects: [subjectOf('many')] });
  let seen = 0;
  for await (const _ of await consumer.consume({ max_messages: 5_000 })) if (++seen === count) break;
  return count / ((performance.now() - from) / 1_000);
};

export const p6: Benchmark = {
  id: 'p6',
  title: 'resume: 1,000 and 1,000,000 missed messages',
  run: ({ quick, profile, progress }) => withWorld(async (world) => {
    const many = quick ? 50_000 : MILLION;
    const gateway = await world.gateway();
    const token = (await world.people(1))[0]?.token ?? '';
    progress(`storing ${many.toLocaleString('en')} events`);
    await fill(world, subjectOf('old'), MISSED);
    const { epoch } = await positionOf(gateway, token);
    // Whoever stays keeps the tail open, so that the newest are in memory.
    await world.generator.tell({ do: 'open', group: 'stays', port: gateway.port, path: '/ws', count: 1, tokens: [token], hello: JSON.stringify({ op: 'js_sub', target: 'VPS', data: { filter: subjectOf('nobody') } }), ready: '"op":"reply"', readyCount: 1, parallel: 1 });
    await fill(world, subjectOf('many'), many);
    const after = await fill(world, subjectOf('new'), MISSED) - MISSED;
    const clients = quick ? 20 : 100;
    progress('a thousand from the shared tail, and from JetStream');
    await times(world, gateway, token, 'warm', 5, ask(subjectOf('new'), after, epoch));
    const tail = await times(world, gateway, token, 'tail', clients, ask(subjectOf('new'), after, epoch));
    const stored = await times(world, gateway, token, 'stored', clients, ask(subjectOf('old'), 0, epoch));
    const raw = await plain(world, clients);
    const [rates, raws, growths, cpus]: [number[], number[], number[], number[]] = [[], [], [], []];
    let text: string | undefined;
    let generator = 0;
    const once = async (round: number): Promise<void> => {
      const group = `million ${round}`;
      await world.generator.tell({ do: 'open', group, port: gateway.port, path: '/ws', count: 1, tokens: [token], hello: '', ready: '"cap_update"', readyCount: 1, parallel: 1 });
      await world.generator.tell({ do: 'begin', group, target: many });
      const live = async (): Promise<number> => { const m = await gateway.memory(); return (m?.heapUsed ?? 0) + (m?.external ?? 0); };
      const before = await live();
      const cpu = cpuOf(gateway.pid);
      await world.generator.tell({ do: 'send', group, frame: ask(subjectOf('many'), 0, epoch) });
      const finished = world.generator.tell({ do: 'finish', group, timeoutMs: 60_000 });
      await new Promise(resolve => setTimeout(resolve, quick ? 150 : 3_000));
      const during = await live();
      const done = await finished;
      reconcile(done, 'a million');
      growths.push((during - before) / 2 ** 20);
      rates.push(many / ((done.lastAt - done.beganAt) / 1e6));
      cpus.push(((cpuOf(gateway.pid) - cpu) * 1e6) / (done.lastAt - done.beganAt));
      generator = Math.max(generator, done.cpu);
      await world.generator.tell({ do: 'reset', group });
    };
    for (let round = 0; round < 3; round++) {
      progress(`${many.toLocaleString('en')} missed, round ${round + 1} of 3`);
      raws.push(await plainMillion(world, many));
      await once(round);
    }
    if (profile) ({ text } = await gateway.profile(() => times(world, gateway, token, 'profile', 20, ask(subjectOf('old'), 0, epoch))));
    const ratios = rates.map((r, i) => r / (raws[i] ?? Number.NaN));
    const p95 = (values: readonly number[]): number => quantile(values, 0.95);
    const rows: Row[] = [
      { what: '1,000 missed, from the shared tail, p50 / p95', unit: 'ms', ours: median(tail), ours_p99: p95(tail), raw: median(raw), raw_p99: p95(raw), budget: 'p95 ≤ 5 ms', met: p95(tail) <= 5 },
      { what: '1,000 missed, from JetStream, p50 / p95', unit: 'ms', ours: median(stored), ours_p99: p95(stored), raw: median(raw), raw_p99: p95(raw), ratio: median(stored) / median(raw), budget: 'p95 ≤ 92 ms', met: p95(stored) <= 92 },
      { what: `${many.toLocaleString('en')} missed`, unit: '/s', ours: median(rates), raw: median(raws), ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)], budget: '≥ 50,000/s', met: median(rates) >= 50_000 },
      { what: 'memory of the gateway grown in the midst of it, collected', unit: 'MB', ours: Math.max(...growths), budget: '< 2 MB', met: Math.max(...growths) < 2 },
    ];
    return {
      rows, ...(text === undefined ? {} : { profile: text }),
      notes: [
        `Events of 128 bytes; one client at a time, ${clients} each for the thousand: from sending \`js_sub\` with its position to the last message, each checked in order. The two figures of these rows are p50 / p95.`,
        `The tail holds the newest 8,192; a filter whose messages are older is read from JetStream. Raw: an ordered consumer of the plain client. Gateway: ${percent(median(cpus))} of a core during the long one, generator ${percent(generator)}; resident after all ${residentOf(gateway.pid).toFixed(0)} MB.`,
        'A client that asks for everything takes it as fast as its socket does; the bytes that a connection may be sent per second are wide open here (default 64 MiB/s).',
      ],
    };
  }),
};
