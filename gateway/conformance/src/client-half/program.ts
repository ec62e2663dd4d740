/** The client under test: a program that is given a job in its environment and says in lines of JSON what it does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Happenings } from './referee.js';

/** What the program is to do; `docs/gateway.md` says how it is told, and what it prints. */
export type Job =
  | { readonly do: 'stream'; readonly stream: string; readonly filter: string; readonly start_seq: number; readonly credit?: number; readonly policy?: 'lossy'; readonly durable?: string }
  | { readonly do: 'bucket'; readonly bucket: string; readonly pattern: string }
  | { readonly do: 'signals'; readonly subject: string; readonly policy?: 'lossy' }
  | { readonly do: 'commands'; readonly commands: readonly { readonly target: string; readonly data: unknown }[] };

export interface Line {
  readonly seq?: number; readonly payload?: unknown; readonly subject?: string; readonly redelivered?: boolean;
  readonly reset?: string; readonly gap?: unknown; readonly entries?: Readonly<Record<string, unknown>>;
  readonly target?: string; readonly answer?: unknown; readonly error?: string; readonly ended?: string;
}

export interface Command { /** Program and arguments. */ readonly command: readonly string[]; readonly cwd?: string }

export class Program {
  readonly lines: Line[] = [];
  exited = false;
  private readonly child: ChildProcess;
  private readonly over: Promise<void>;
  private complaints = '';

  constructor({ command: [file = '', ...args], cwd }: Command, environment: Readonly<Record<string, string>>, happenings: Happenings) {
    this.child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment }, ...(cwd === undefined ? {} : { cwd }) });
    this.over = new Promise((resolve) => {
      const ended = (): void => {
        this.exited = true;
        happenings.tell();
        resolve();
      };
      this.child.once('exit', ended);
      this.child.once('error', (error) => {
        this.complaints = `${file} cannot be started: ${error.message}`;
        ended();
      });
    });
    if (this.child.stdout) {
      createInterface({ input: this.child.stdout }).on('line', (text) => {
        const line = parsed(text);
        if (line === undefined) this.complaints = `it printed what is no JSON: ${text.slice(0, 200)}`;
        else this.lines.push(line);
        happenings.tell();
      });
    }
    this.child.stderr?.on('data', (chunk: Buffer) => { this.complaints = `${this.complaints}${chunk.toString('utf8')}`.slice(-1_000); });
  }

  /** What it said besides its lines, for a row that failed. */
  get said(): string {
    return `${JSON.stringify(this.lines.slice(-4))}${this.exited ? ', it has ended' : ''}${this.complaints === '' ? '' : `; ${this.complaints.trim()}`}`;
  }
  async stop(): Promise<void> {
    if (!this.exited) this.child.kill('SIGKILL');
    await this.over;
  }
}

const parsed = (text: string): Line | undefined => {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
};
