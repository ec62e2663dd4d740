import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '@xanthus/testing';

interface Running { pid: number; parent: number; command: string[] }

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has just ended
  }
};

/** From the state on. */
const statOf = (pid: number | string): string => {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2);
};

/** Every process below `root`, itself not included. Linux. */
function processesBelow(root: number): Running[] {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name)).map((name): Running => ({ pid: Number(name), parent: Number(statOf(name).split(' ')[1] ?? 0), command: read(`/proc/${name}/cmdline`).split('\0') }));
  const below = (pid: number): Running[] => all.filter(p => p.parent === pid).flatMap(p => [p, ...below(p.pid)]);
  return below(root);
}

/** Process id of the Node program that runs this bundle below `root`; waits until there is one, other than `not`. */
export const programBelow = (root: number, bundle: string, not?: number): Promise<number> => eventually(
  () => processesBelow(root).find(p => p.pid !== not && p.command[0]?.endsWith('node') && p.command.some(a => a.endsWith(bundle)))?.pid, { every: 100 },
);

/** A zombie does not run. */
export const processRuns = (pid: number): boolean => !['', 'Z', 'X'].includes(statOf(pid).split(' ')[0] ?? '');

/** A power cut: `root` and everything below it, at the same moment. */
export function killTree(root: number): void {
  for (const pid of [root, ...processesBelow(root).map(p => p.pid)]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch { /* it was faster */ }
  }
}
