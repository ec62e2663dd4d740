/** P21: what it costs to watch servers: one connection each to a real sshd, a sample every ten seconds. */
import { setTimeout as wait } from 'node:timers/promises';
import { startSshd, type TestSshd } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { median, quantile } from './measure.js';
import { cpuOf, memoryOf, withPlatform, type World } from './platform.js';

const INTERVAL = 10;

interface Listed { readonly items: readonly { readonly data: { readonly status: string } }[] }
interface Series { readonly at: readonly number[] }

const until = async (what: string, fits: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 120_000; !(await fits()); await wait(250)) if (performance.now() > end) throw new Error(`${what}: not within two minutes`);
};

const adopt = async ({ ask }: World, sshds: readonly TestSshd[], count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const sshd = sshds[i % sshds.length] as TestSshd;
    const { id } = await ask<{ id: string }>('POST', '/api/vps/adopt', { name: `web-${i}`, host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint });
    ids.push(id);
  }
  await until('all are reachable', async () => (await ask<Listed>('GET', '/api/vps?limit=1000')).items.filter(s => s.data.status === 'reachable').length === count);
  return ids;
};

/** Processor time per second of the processes, ms, over so many seconds. */
const load = async (pids: readonly number[], seconds: number): Promise<number[]> => {
  const before = pids.map(cpuOf);
  const from = performance.now();
  await wait(seconds * 1_000);
  const passed = (performance.now() - from) / 1_000;
  return pids.map((pid, i) => ((cpuOf(pid) - (before[i] ?? 0)) * 1_000) / passed);
};

export const p21: Benchmark = {
  id: 'p21',
  title: 'watching servers over SSH, a sample of each every 10 s',
  run: async ({ quick, progress }) => {
    const count = quick ? 10 : 50;
    const seconds = quick ? 10 : 60;
    const sshds: TestSshd[] = [];
    try {
      for (let i = 0; i < (quick ? 2 : 5); i++) sshds.push(await startSshd());
      return await withPlatform({ XANTHUS_SSH_ALLOW: 'loopback' }, async world => {
        const [vps, nats] = [world.pidOf('vps'), world.pidOf('nats-server')];
        await wait(quick ? 1_000 : 10_000);
        progress('nothing to watch yet');
        const idle = await load([vps, nats], quick ? 3 : 20);
        progress(`${count} servers on ${sshds.length} sshd`);
        const ids = await adopt(world, sshds, count);
        // The first samples come with handshakes and facts, which the next five minutes do without.
        await wait(INTERVAL * 1_000);
        const memory = memoryOf(vps);
        const busy = await load([vps, nats], seconds);
        const samples = (count / INTERVAL);
        const [ours = 0, store = 0] = busy.map((ms, i) => Math.max(0, ms - (idle[i] ?? 0)));
        const last = await Promise.all(ids.map(id => world.ask<{ data: { latency_ms: number } }>('GET', `/api/vps/${id}/metrics`)));
        const latencies = last.map(s => s.data.latency_ms);
        const series = await Promise.all(ids.slice(0, 5).map(id => world.ask<Series>('GET', `/api/vps/${id}/metrics/series?span=1h`)));
        const expected = (seconds + INTERVAL) / INTERVAL;
        if (series.some(s => s.at.length < expected - 2)) throw new Error(`a server has only ${Math.min(...series.map(s => s.at.length))} samples of about ${expected}`);
        const nc = await world.as('vps');
        const { state } = (await nc.request('$JS.API.STREAM.INFO.VPS_METRICS')).json<{ state: { messages: number; bytes: number } }>();
        const budget = (50 / 50) * count;
        const row = (what: string, unit: Row['unit'], value: number, more: Partial<Row> = {}): Row => ({ what, unit, ours: value, ...more });
        return {
          rows: [
            row(`${count} servers: processor time of vps in each second, above idle`, 'ms', ours, { budget: `< ${budget} ms (5 % of a core for 50)`, met: ours < budget }),
            row('that is, for each sample', 'µs', (ours * 1_000) / samples),
            row('processor time of nats-server in each second, above idle', 'ms', store),
            row('a sample on its way: script sent, run there, answer read', 'ms', median(latencies), { ours_p99: quantile(latencies, 0.99) }),
            row('a sample as it is stored, before compression', 'KB', state.bytes / Math.max(1, state.messages) / 1_024),
            row('resident memory of vps', 'MB', memory),
          ],
          notes: [
            `Processor time of the process of vps alone, as the kernel counts it (utime and stime of /proc), over ${seconds} s; what it took with nothing to watch (${(idle[0] ?? 0).toFixed(1)} ms in each second) is taken off. sshd, the scripts that it runs, nats-server and the gateway are other processes.`,
            'One connection to each server, one command a round: load, memory, swap, disk, network, clock and services; each sample stored, signalled and written as the last one, alerts judged, hours of minutes folded.',
          ],
        };
      });
    } finally {
      for (const sshd of sshds) await sshd.stop();
    }
  },
};
