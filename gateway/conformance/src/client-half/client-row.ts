import type { ClientTrial } from './client-trial.js';
import type { Job } from './program.js';

/** One thing that a client must do, by name, and how it is seen. */
export interface ClientRow {
  /** `<area>/<what it does>`. */
  readonly name: string;
  readonly job: Job;
  /** Given up after this time, default 30 s. */
  readonly seconds?: number;
  run(t: ClientTrial): Promise<void>;
}

export const clientRow = (name: string, job: Job, run: ClientRow['run'], seconds?: number): ClientRow => ({ name, job, run, ...(seconds === undefined ? {} : { seconds }) });
