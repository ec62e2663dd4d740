/** `npm run bench -w @xanthus/bench -- p1 [--quick] [--record]` */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Benchmark, RunOptions } from './benchmark.js';
import { BENCHMARKS } from './index.js';
import { profiled } from './profile.js';
import { sectionOf, tableOf, withSection, type Stamp } from './report.js';

const RESULTS = new URL('../RESULTS.md', import.meta.url);
const HEAD = `# Results of the benchmarks

Ours beside raw: the same work done by the plain client libraries with nothing of ours in between, in the same run, turn about. Times are p50 / p99; a ratio is the
median of at least three rounds, with their spread. Written by \`npm run bench -w @xanthus/bench -- <id> --record\`.
`;

const usage = (): string => [
  'Usage: npm run bench -w @xanthus/bench -- <id> … [--quick] [--record]', '', ...Object.values(BENCHMARKS).map(b => `  ${b.id.padEnd(4)} ${b.title}`), '',
  '  --quick   at most ten seconds each; figures are worth little', '  --record  write the results into bench/RESULTS.md', '',
].join('\n');

const commitOf = (): string => {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
};

const stampOf = (id: string, quick: boolean): Stamp => ({
  date: new Date().toISOString().slice(0, 10),
  commit: commitOf(),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
  command: `npm run bench -w @xanthus/bench -- ${id}${quick ? ' --quick' : ''}`,
});

const runOne = async (benchmark: Benchmark, quick: boolean, record: boolean): Promise<boolean> => {
  const options: RunOptions = { quick, profile: false, progress: line => console.error(`  ${line}`) };
  console.error(`${benchmark.id}: ${benchmark.title}`);
  const outcome = await benchmark.run(options);
  console.log(`\n${tableOf(outcome.rows)}\n`);
  for (const note of outcome.notes) console.log(`* ${note}`);
  console.log(JSON.stringify({ benchmark: benchmark.id, ...stampOf(benchmark.id, quick), rows: outcome.rows }));
  const missed = outcome.rows.some(row => row.met === false);
  if (!record) return !missed;
  // A missed budget is written down together with the reason that can be measured.
  const again = missed ? await profiled(() => benchmark.run({ quick: true, profile: true, progress: () => {} })) : undefined;
  const profile = again?.result.profile ?? again?.text;
  const before = await readFile(RESULTS, 'utf8').catch(() => HEAD);
  await writeFile(RESULTS, withSection(before, benchmark.id, sectionOf(benchmark.id, benchmark.title, outcome, stampOf(benchmark.id, quick), profile)));
  return !missed;
};

const args = process.argv.slice(2);
const ids = args.filter(a => !a.startsWith('--'));
const unknown = [...ids.filter(id => !Object.hasOwn(BENCHMARKS, id)), ...args.filter(a => a.startsWith('--') && !['--quick', '--record'].includes(a))];
if (ids.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`Unknown: ${unknown.join(' ')}`);
  console.error(usage());
  process.exit(2);
}
let missed = 0;
for (const id of ids) if (!await runOne(BENCHMARKS[id as keyof typeof BENCHMARKS], args.includes('--quick'), args.includes('--record'))) missed++;
// A budget that is missed is a finding, not a fault of the run.
process.exit(missed > 0 ? 3 : 0);
