/** Runs rows against one gateway. */
import { Broken, NotOffered, type Part, type Row } from './row.js';
import { Trial, type Subject } from './trial.js';

export type Outcome = 'passed' | 'failed' | 'not offered' | 'skipped';
export interface Result {
  readonly name: string;
  readonly outcome: Outcome;
  readonly ms: number;
  /** What was expected and what came, or why it was not tried. */
  readonly detail?: string;
}

export interface RunOptions extends Subject {
  readonly rows: readonly Row[];
  /** Rows that take longer than this are skipped; default 40 s. */
  readonly patience?: number;
  /** Rows at once, beside those that only wait; default 4. */
  readonly width?: number;
  readonly onResult?: (result: Result) => void;
}

const SECONDS = 20;
const WHO: Readonly<Record<Part, string>> = {
  identities: 'make persons, tokens and rights', streams: 'make streams and publish to them', buckets: 'write to a bucket', signals: 'publish signals', services: 'answer commands', terminals: 'serve a terminal',
  heartbeat: 'stop auth\'s sign of life', outage: 'stop NATS', gateways: 'start another gateway on the same NATS',
};

/** Results in the order of the rows. Never throws for what the gateway does. */
export const runConformance = async (options: RunOptions): Promise<Result[]> => {
  const { rows, width = 4, onResult } = options;
  const results = new Map<Row, Result>();
  const run = async (row: Row): Promise<void> => {
    const result = await runRow(row, options);
    results.set(row, result);
    onResult?.(result);
  };
  const patient = rows.filter(r => r.lane === 'patient').map(run);
  const waiting = rows.filter(r => r.lane === 'waiting').map(run);
  const queue = rows.filter(r => r.lane === undefined);
  const workers = Array.from({ length: width }, async () => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) await run(row);
  });
  await Promise.all([...waiting, ...workers]);
  const alone = rows.filter(r => r.lane === 'alone');
  for (const row of alone.filter(stopsHeart)) await run(row);
  await Promise.all(patient);
  for (const row of alone.filter(r => !stopsHeart(r))) await run(row);
  return rows.flatMap(row => results.get(row) ?? []);
};

const stopsHeart = (row: Row): boolean => row.needs.includes('heartbeat');

const runRow = async (row: Row, options: RunOptions): Promise<Result> => {
  const why = reasonToSkip(row, options);
  if (why !== undefined) return { name: row.name, outcome: 'skipped', ms: 0, detail: why };
  const trial = new Trial(options);
  const begun = performance.now();
  const result = await within(row, trial, options.slack).then((): Omit<Result, 'name' | 'ms'> => {
    const [violation] = trial.violations;
    return violation === undefined ? { outcome: 'passed' } : { outcome: 'failed', detail: violation };
  }, (error: unknown) => ({ outcome: error instanceof NotOffered ? 'not offered' as const : 'failed' as const, detail: textOf(error) }));
  const ms = Math.round(performance.now() - begun);
  await trial.end();
  return { name: row.name, ...result, ms };
};

const reasonToSkip = (row: Row, { driver, token, patience = 40 }: RunOptions): string | undefined => {
  const missing = row.needs.filter(part => driver?.[part] === undefined);
  if (missing.length > 0) return `needs a driver that can ${missing.map(part => WHO[part]).join(', ')}`;
  if (token === undefined && driver?.identities === undefined) return 'needs a token, or a driver that makes persons';
  return (row.seconds ?? SECONDS) > patience ? `takes up to ${row.seconds} s; run with --patience ${row.seconds}` : undefined;
};

const within = async (row: Row, trial: Trial, slack = 1): Promise<void> => {
  const seconds = (row.seconds ?? SECONDS) * slack;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Broken(`not done within ${seconds} s`)), seconds * 1_000);
  });
  const running = row.run(trial);
  running.catch(() => undefined);
  await Promise.race([running, late]).finally(() => clearTimeout(timer));
};

const textOf = (error: unknown): string => (error instanceof Broken || error instanceof NotOffered ? error.message : String((error as Error)?.stack ?? error));
