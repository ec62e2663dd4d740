/** P14: from `npm start` to the log-in page, and the memory of what runs then. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startNats } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { median } from './measure.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SETTLE_MS = 5_000;

/** A process and its descendants. */
const familyOf = (pid: number): number[] => {
  const children = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map(line => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const member of family) for (const [child = 0, parent] of children) if (parent === member) family.push(child);
  return family;
};

/** Proportional set size, MB: what is shared is counted once. */
const memoryOf = (pid: number): number => Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1_024;
const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();

interface Start { readonly seconds: number; readonly megabytes: number; readonly parts: string }

const startOnce = async (settleMs: number): Promise<Start> => {
  // The launcher looks for itself below the working directory.
  process.chdir(ROOT);
  const { startPlatform } = await import('@xanthus/launch');
  const from = performance.now();
  const platform = await startPlatform();
  try {
    const page = await fetch(`${platform.url}/`, { headers: { accept: 'text/html' } });
    if (page.status !== 200 || !(await page.text()).includes('<html')) throw new Error(`the console answers ${page.status}`);
    const seconds = (performance.now() - from) / 1_000;
    await new Promise(resolve => setTimeout(resolve, settleMs));
    const family = familyOf(platform.pid).map(pid => ({ name: nameOf(pid), megabytes: memoryOf(pid) })).filter(p => p.megabytes > 0.5);
    return { seconds, megabytes: family.reduce((sum, p) => sum + p.megabytes, 0), parts: family.map(p => `${p.name} ${p.megabytes.toFixed(0)} MB`).join(', ') };
  } finally {
    await platform.stop();
  }
};

/** The floor: nats-server and an empty Node process. */
const floorOnce = async (): Promise<{ seconds: number; megabytes: number }> => {
  const from = performance.now();
  const nats = await startNats();
  execFileSync(process.execPath, ['-e', '0']);
  const seconds = (performance.now() - from) / 1_000;
  const megabytes = memoryOf(nats.pid) + Number(execFileSync(process.execPath, ['-e', 'console.log(process.memoryUsage().rss / 2 ** 20)'], { encoding: 'utf8' }));
  await nats.stop();
  return { seconds, megabytes };
};

export const p14: Benchmark = {
  id: 'p14',
  title: 'start to the log-in page, and memory',
  run: async ({ quick, progress }) => {
    const rounds = quick ? 1 : 3;
    const starts: Start[] = [];
    const floors: { seconds: number; megabytes: number }[] = [];
    progress('a start that is not counted: it builds what changed');
    await startOnce(0);
    for (let i = 0; i < rounds; i++) {
      progress(`start ${i + 1} of ${rounds}`);
      floors.push(await floorOnce());
      starts.push(await startOnce(quick ? 1_000 : SETTLE_MS));
    }
    const [seconds, megabytes] = [median(starts.map(s => s.seconds)), median(starts.map(s => s.megabytes))];
    const [floorSeconds, floorMegabytes] = [median(floors.map(f => f.seconds)), median(floors.map(f => f.megabytes))];
    const row = (what: string, unit: 's' | 'MB', ours: number, raw: number, budget: number): Row => ({ what, unit, ours, raw, ratio: ours / raw, budget: `≤ ${budget} ${unit}`, met: ours <= budget });
    return {
      rows: [row('first start on an empty data folder', 's', seconds, floorSeconds, 5), row('memory, idle, all in one', 'MB', megabytes, floorMegabytes, 300)],
      notes: [
        'Dependencies installed and built before; `npm start` without npm, without the sandbox, until the console\'s page came over HTTP. Memory is the proportional set size of all processes, nats-server included.',
        `The last start: ${starts.at(-1)?.parts ?? ''}.`, 'Raw: nats-server and an empty Node process, one after the other.',
      ],
    };
  },
};
