/** What benchmark messages look like, and what generator and parent say to each other. */
import { readdirSync, readFileSync } from 'node:fs';

/** Each message names its number and when it was published, at fixed widths, so that whoever counts need not parse. */
export const MARK = Buffer.from('"n":"');
export const DIGITS = 8;
export const TIME_AT = MARK.length + DIGITS + '","t":"'.length;
export const TIME_DIGITS = 15;
export const MARK_BYTES = TIME_AT + TIME_DIGITS;
const SIZE = 128;

/** Microseconds on a clock that all processes of this machine share. */
export const micros = (): number => Number(process.hrtime.bigint() / 1_000n);

/** 128 bytes of JSON. */
export const messageText = (n: number): string => {
  const start = `{"n":"${String(n).padStart(DIGITS, '0')}","t":"${String(micros()).padStart(TIME_DIGITS, '0')}","p":"`;
  return `${start}${'x'.repeat(SIZE - start.length - 2)}"}`;
};

export interface Burst { readonly subjects: readonly string[]; /** Number of the first message. */ readonly first: number; readonly rounds: number; /** Between two rounds; 0: as fast as it goes. */ readonly gapMs: number }

/** Each round gives every subject one message; numbers go up by one per round. */
export const publishRounds = async ({ subjects, first, rounds, gapMs }: Burst, publish: (subject: string, text: string) => void, pause: () => Promise<unknown>): Promise<void> => {
  const from = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const [i, subject] of subjects.entries()) {
      publish(subject, messageText(first + round));
      if (gapMs === 0 && i % 2_000 === 1_999) await pause();
    }
    if (gapMs > 0) await new Promise(resolve => setTimeout(resolve, Math.max(0, from + (round + 1) * gapMs - performance.now())));
  }
  await pause();
};

/** Seconds of CPU that a process has used, all threads that live, to the nanosecond. */
export const cpuOf = (pid: number): number => readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e9, 0);
/** MB resident. */
export const residentOf = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

export interface OpenOrder {
  readonly do: 'open';
  readonly group: string;
  readonly port: number;
  readonly path: string;
  readonly count: number;
  /** Bearer tokens, turn about. */
  readonly tokens: readonly string[];
  /** Sent once the socket is open, `{i}` is the number of the connection; each `\n` ends a frame unless binary. */
  readonly hello: string;
  readonly binary?: boolean;
  /** It is ready when it has seen this text so often. */
  readonly ready: string;
  readonly readyCount: number;
  /** Handshakes under way at a time. */
  readonly parallel: number;
  /** Go on with the numbers of the sockets of this group that were reset. */
  readonly again?: boolean;
}
export type Order = OpenOrder
  | { readonly do: 'begin'; readonly group: string; /** Number of the last message that everyone must have. */ readonly target: number; /** Start counting from here. */ readonly at?: number }
  | { readonly do: 'send'; readonly group: string; readonly frame: string }
  | { readonly do: 'finish'; readonly group: string; readonly timeoutMs: number }
  | { readonly do: 'reset' | 'stops'; readonly group: string };

export interface Opened { readonly seconds: number; readonly retries: number; readonly errors: readonly string[] }
export interface Finished {
  /** Everyone has everything, in order, once. */
  readonly complete: boolean;
  readonly missing: number;
  readonly wrong: number;
  readonly received: number;
  /** From `begin` to the last one, microseconds on the shared clock. */
  readonly beganAt: number;
  readonly lastAt: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of one core that the generator used. */
  readonly cpu: number;
  /** When each connection had its last expected message. */
  readonly doneAt: readonly number[];
}
export interface Stops { readonly at: readonly number[]; readonly late: number }
