/** P24: a hundred applications on one server, looked at in one call; a thousand in one tenant, listed. */
import { setTimeout as wait } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { applyObjects, createWatch, groupByServer, lifeGround, localCluster, type Cluster, type KubernetesObject } from '@xanthus/applications/testing';
import { buildEnvelope, newId, type CommandContext } from '@xanthus/kernel';
import { findClients, startCluster } from '@xanthus/kubernetes-testbed';
import { eventSubject, type Actor } from '@xanthus/proto';
import { applicationEvents } from '@xanthus/proto/applications';
import type { Benchmark, Row } from './benchmark.js';
import { latencyOf, median, timeEach } from './measure.js';
import { withPlatform, type World } from './platform.js';

const TENANT = 'acme';
const ACTOR: Actor = { kind: 'system', id: 'bench' };
const nameOf = (i: number): string => `app-${i}`;

/** A Deployment of one pod as Helm leaves it: what the watch knows it by are Helm's own notes. */
const deployment = (i: number): KubernetesObject[] => {
  const [name, labels] = [nameOf(i), { app: nameOf(i) }];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: name, annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': name } },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example.com/app:1', env: Array.from({ length: 20 }, (_, n) => ({ name: `SETTING_${n}`, value: 'a value' })) }] } } },
    },
  ];
};

/** What Helm would say: no release of it was really made, which takes minutes. Asked every 25th turn only. */
const RELEASES = JSON.stringify(Array.from({ length: 100 }, (_, i) => ({ name: nameOf(i), namespace: nameOf(i), revision: '1', updated: '', status: 'deployed', chart: 'small-1.0.0', app_version: '1' })));

const counted = (inner: Cluster) => {
  const seen = { calls: 0, bytes: 0 };
  const cluster: Cluster = { ...inner, run: async (...args) => {
    const [program, argv] = args;
    const result = program === 'helm' && argv[0] === 'list' ? { code: 0, stdout: RELEASES, stderr: '', truncated: false } : await inner.run(...args);
    seen.calls += 1;
    seen.bytes += Buffer.byteLength(result.stdout);
    return result;
  } };
  return { cluster, seen };
};

const turns = async (quick: boolean, progress: (line: string) => void): Promise<Row[]> => {
  const count = 100;
  const bed = await startCluster({ pods: 300, cpu: '64', memory: '256Gi' });
  try {
    const { cluster, seen } = counted(localCluster({ ...await findClients(4), kubeconfig: bed.kubeconfig, facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' } }));
    const { signal } = new AbortController();
    progress(`${count} applications on one server`);
    const ground = lifeGround(() => cluster);
    const ids: string[] = [];
    for (let i = 0; i < count; i += 20) {
      const batch = Array.from({ length: 20 }, (_, n) => i + n);
      await applyObjects(cluster, batch.flatMap(n => deployment(n).slice(0, 1)), { tenant: TENANT, application: 'bench' }, { signal, timeout_ms: 60_000 });
      await applyObjects(cluster, batch.flatMap(n => deployment(n).slice(1)), { tenant: TENANT, application: 'bench' }, { signal, timeout_ms: 60_000 });
      for (const n of batch) ids.push((await ground.deployed(nameOf(n))).id);
    }
    const watch = createWatch(ground.on, async () => ({ problem: 'nothing is asked' }));
    const look = async (): Promise<void> => {
      const rows = await Promise.all(ids.map(id => ground.row(id)));
      for (const group of groupByServer(rows.map(row => [TENANT, row] as const))) await watch.look(group, signal);
    };
    progress('until all pods are ready');
    for (let tries = 0; tries < 120 && (await Promise.all(ids.map(id => ground.row(id)))).some(row => row.health !== 'deployed' || row.pods.ready !== 1); tries++) {
      await look();
      await wait(500);
    }
    const rows = await Promise.all(ids.map(id => ground.row(id)));
    const [group] = groupByServer(rows.map(row => [TENANT, row] as const));
    if (!group) throw new Error('no application');
    const before = ground.store.all().length;
    const [times, cpu, calls, bytes]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let i = 0; i < (quick ? 5 : 20); i++) {
      [seen.calls, seen.bytes] = [0, 0];
      const [spent, from] = [process.cpuUsage(), performance.now()];
      await watch.look(group, signal);
      times.push(performance.now() - from);
      const { user, system } = process.cpuUsage(spent);
      cpu.push((user + system) / 1_000);
      calls.push(seen.calls);
      bytes.push(seen.bytes);
    }
    const took = latencyOf(times);
    const used = median(cpu);
    return [
      { what: `${count} applications on one server: a turn of the watch, kubectl included`, unit: 'ms', ours: took.p50, ours_p99: took.p99 },
      { what: 'processor time of ours in a turn, kubectl excluded', unit: 'ms', ours: used, budget: '< 250 ms', met: used < 250 },
      { what: 'what comes over the wire in a turn', unit: 'KB', ours: median(bytes) / 1_024 },
      { what: `calls on the server in a turn (median of ${calls.length}): ${median(calls)}; events written by turns without news: ${ground.store.all().length - before}`, unit: 'ms', ours: 0, met: median(calls) === 1 && ground.store.all().length === before },
    ];
  } finally {
    await bed.stop();
  }
};

const eventOf = (tenant: string, id: string, type: string, data: unknown): [string, string] => {
  const ref = { tenant, service: 'applications', aggregate: 'application', id };
  const context: CommandContext = { tenant, id, actor: ACTOR, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
  return [eventSubject(ref), JSON.stringify(buildEnvelope(ref, { event: { type, data }, schema: 1 }, context))];
};

const write = async (nc: NatsConnection, tenant: string, count: number): Promise<void> => {
  const { ApplicationRequested, ReleaseMade, WorkEnded } = applicationEvents;
  for (let i = 0; i < count; i += 100) {
    const messages = Array.from({ length: 100 }, (_, n) => i + n).flatMap((n) => {
      const id = newId();
      return [
        eventOf(tenant, id, 'ApplicationRequested', { ...ApplicationRequested.example, name: `Application ${n}`, host: `app-${n}.example.com`, namespace: nameOf(n), release_name: nameOf(n) }),
        eventOf(tenant, id, 'ReleaseMade', ReleaseMade.example), eventOf(tenant, id, 'WorkEnded', { ...WorkEnded.example, kind: 'deploy' }),
      ];
    });
    for (const ack of await Promise.all(messages.map(([subject, body]) => nc.request(subject, body, { timeout: 20_000 })))) {
      const { error } = ack.json<{ error?: { description: string } }>();
      if (error) throw new Error(error.description);
    }
  }
};

interface Page { readonly items: readonly unknown[] }
const list = async ({ ask, as, tenant }: World, quick: boolean, progress: (line: string) => void): Promise<Row[]> => {
  const count = 1_000;
  progress(`${count} applications in one tenant`);
  await write(await as('applications'), tenant, count);
  while ((await ask<Page>('GET', '/api/applications?limit=1000')).items.length < count) await wait(200);
  const timed = async (path: string) => {
    await timeEach(5, 1, () => ask('GET', path));
    return latencyOf(await timeEach(quick ? 20 : 100, 1, () => ask('GET', path)));
  };
  const [page, all] = [await timed('/api/applications'), await timed('/api/applications?limit=1000')];
  return [
    { what: '1,000 applications in one tenant: the first page over HTTP', unit: 'ms', ours: page.p50, ours_p99: page.p99, budget: 'p99 < 100 ms', met: page.p99 < 100 },
    { what: 'all 1,000 in one answer over HTTP', unit: 'ms', ours: all.p50, ours_p99: all.p99, budget: 'p50 < 100 ms', met: all.p50 < 100 },
  ];
};

export const p24: Benchmark = {
  id: 'p24',
  title: 'a hundred applications on one server, a thousand in one tenant',
  run: async ({ quick, progress }) => ({
    rows: [...await turns(quick, progress), ...await withPlatform({}, world => list(world, quick, progress))],
    notes: [
      'The cluster is that of the test bed: a real API server, simulated pods. The watch runs in this process, over an event store in memory, and kubectl as its child; in the product it runs on the server itself, and its answer comes over SSH. Processor time is that of this process alone (`process.cpuUsage`). Every application has one pod with twenty variables.',
      'The list: the product as `npm start -- --processes` runs it, with the events of applications written into the stream as the service writes them.',
    ],
  }),
};
