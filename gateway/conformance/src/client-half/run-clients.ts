/** Runs a client through rows, each with a process and a referee of its own. */
import { Broken } from '../row.js';
import { CLIENT_ROWS } from './rows/index.js';
import type { Result } from '../run.js';
import type { ClientRow } from './client-row.js';
import { ClientTrial } from './client-trial.js';
import type { Command } from './program.js';

export interface ClientRunOptions {
  readonly client: Command;
  readonly rows?: readonly ClientRow[];
  /** Rows at once; default 6: most of their time is waiting. */
  readonly width?: number;
  /** Every wait and row may take so many times longer; default 1. */
  readonly slack?: number;
  readonly onResult?: (result: Result) => void;
}

const SECONDS = 30;

/** Results in the order of the rows. */
export const runClients = async ({ client, rows = CLIENT_ROWS, width = 6, slack = 1, onResult }: ClientRunOptions): Promise<Result[]> => {
  const results = new Map<ClientRow, Result>();
  // The longest first, so that none is waited for alone at the end.
  const queue = rows.toSorted((a, b) => (b.seconds ?? SECONDS) - (a.seconds ?? SECONDS));
  await Promise.all(Array.from({ length: width }, async () => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const result = await runRow(client, row, slack);
      results.set(row, result);
      onResult?.(result);
    }
  }));
  return rows.flatMap(row => results.get(row) ?? []);
};

const runRow = async (client: Command, row: ClientRow, slack: number): Promise<Result> => {
  const begun = performance.now();
  const trial = await ClientTrial.start(client, row.job, slack);
  const seconds = (row.seconds ?? SECONDS) * slack;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Broken(`not done within ${seconds} s; the client printed ${trial.program.said}`)), seconds * 1_000); });
  const running = row.run(trial);
  running.catch(() => undefined);
  const broken = await Promise.race([running, late]).then(() => trial.violations[0], (error: unknown) => (error instanceof Broken ? error.message : String((error as Error)?.stack ?? error)));
  clearTimeout(timer);
  await trial.end();
  return { name: row.name, outcome: broken === undefined ? 'passed' : 'failed', ms: Math.round(performance.now() - begun), ...(broken === undefined ? {} : { detail: broken }) };
};
