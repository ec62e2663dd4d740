/** P22: a thousand servers in one tenant, ten thousand over a hundred: the list, memory, start, how far the views lag. */
import { setTimeout as wait } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { serverEvents } from '@xanthus/proto/vps';
import type { Benchmark, Row } from './benchmark.js';
import { latencyOf, timeEach } from './measure.js';
import { cpuOf, memoryOf, withPlatform, type World } from './platform.js';
import { eventOf, writeServers } from './server-events.js';

const { ServerAdopted } = serverEvents;

interface Page { readonly items: readonly unknown[]; readonly next_cursor?: string | null }

const settled = async (pid: number): Promise<void> => {
  for (let [before, calm] = [cpuOf(pid), 0]; calm < 2;) {
    await wait(1_000);
    const now = cpuOf(pid);
    calm = now - before < 0.25 ? calm + 1 : 0;
    before = now;
  }
};

/** From one more event to the view that shows it, ms. */
const lag = async (nc: NatsConnection, views: Views, tenant: string): Promise<number> => {
  const id = newId();
  const from = performance.now();
  const [subject, body] = eventOf(tenant, id, 'ServerAdopted', { ...ServerAdopted.example, name: `lag-${id}` });
  const { seq } = (await nc.request(subject, body, { timeout: 20_000 })).json<{ seq: number }>();
  if (!await views.waitFor(seq, 20_000)) throw new Error('the view does not follow');
  return performance.now() - from;
};

const list = async (world: World, vps: NatsConnection, quick: boolean, progress: (line: string) => void): Promise<Row[]> => {
  const { ask, tenant } = world;
  const count = 1_000;
  progress(`${count} servers in one tenant`);
  await writeServers(vps, [tenant], count);
  for (;;) {
    const { items } = await ask<Page>('GET', '/api/vps?limit=1000');
    if (items.length >= count) break;
    await wait(200);
  }
  await settled(world.pidOf('vps'));
  const timed = async (path: string) => {
    await timeEach(5, 1, () => ask('GET', path));
    return latencyOf(await timeEach(quick ? 20 : 100, 1, () => ask('GET', path)));
  };
  const [page, all] = [await timed('/api/vps'), await timed('/api/vps?limit=1000')];
  return [
    { what: '1,000 servers in one tenant: the first page over HTTP', unit: 'ms', ours: page.p50, ours_p99: page.p99, budget: 'p99 < 100 ms', met: page.p99 < 100 },
    { what: 'all 1,000 in one answer over HTTP', unit: 'ms', ours: all.p50, ours_p99: all.p99, budget: 'p50 < 100 ms', met: all.p50 < 100 },
  ];
};

const many = async (world: World, quick: boolean, progress: (line: string) => void): Promise<Row[]> => {
  const count = quick ? 2_000 : 10_000;
  const vps = await world.as('vps');
  const tenants = Array.from({ length: 100 }, (_, i) => `t${i}`);
  progress(`${count} servers over ${tenants.length} tenants`);
  const from = performance.now();
  const spent = cpuOf(world.pidOf('vps'));
  const last = await writeServers(vps, tenants, count);
  const views = new Views(vps, 'vps');
  if (!await views.waitFor(last, 120_000)) throw new Error('the view does not follow');
  const folded = (performance.now() - from) / 1_000;
  await settled(world.pidOf('vps'));
  const work = cpuOf(world.pidOf('vps')) - spent;
  const memory = memoryOf(world.pidOf('vps'));
  const busy = cpuOf(world.pidOf('vps'));
  await wait(10_000);
  const idle = (cpuOf(world.pidOf('vps')) - busy) * 100;
  const lags: number[] = [];
  for (let i = 0; i < (quick ? 20 : 100); i++) lags.push(await lag(vps, views, tenants[i % tenants.length] ?? ''));
  await views.stop();
  const row = (what: string, unit: Row['unit'], ours: number, more: Partial<Row> = {}): Row => ({ what, unit, ours, ...more });
  const found = latencyOf(lags);
  return [
    row(`${count.toLocaleString('en')} servers over 100 tenants: ${(count * 3).toLocaleString('en')} events written and in the views`, 's', folded),
    row('processor time of vps for each server: three events folded, a watch begun, its first failure recorded', 'ms', (work * 1_000) / count),
    row('resident memory of vps with them', 'MB', memory),
    row('processor time of vps in each second while none of them can be reached', 'ms', idle),
    row('from one more event to the view', 'ms', found.p50, { ours_p99: found.p99 }),
  ];
};

const restart = async (world: World, progress: (line: string) => void): Promise<Row> => {
  progress('restart');
  await world.platform.interrupt();
  const from = performance.now();
  await world.platform.restart();
  return { what: 'the whole product starts with them again, until it is ready', unit: 's', ours: (performance.now() - from) / 1_000 };
};

export const p22: Benchmark = {
  id: 'p22',
  title: 'a thousand servers in one tenant, ten thousand over a hundred',
  run: ({ quick, progress }) => withPlatform({}, async world => {
    const rows = [...await list(world, await world.as('vps'), quick, progress), ...await many(world, quick, progress)];
    rows.push(await restart(world, progress));
    return {
      rows,
      notes: [
        'The product as `npm start -- --processes` runs it; events of servers are written into the stream as vps writes them (adopted, reachable, facts), so projections, watch and rights do all that they do otherwise. nats-server has each event on disk before it says so: what is written one after the other, or by many at a time, is bound by the disk. The credential of none of them exists: each try to reach one ends at the vault, and is made again after 10 s, 20 s, 40 s and so on up to five minutes.',
      ],
    };
  }),
};
