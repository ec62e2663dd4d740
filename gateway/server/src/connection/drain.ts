import { CLOSE_CODES, type Problem } from '@xanthus/proto';
import { problem } from '../protocol/problem.js';
import type { Connection } from './connection.js';

/** Whom it sends away. */
interface Clients { readonly connections: ReadonlySet<Connection>; now(): number }

/** What a client is told when its slot has come. */
export interface Ending { readonly code: number; readonly problem: Problem }
const GOING: Ending = { code: CLOSE_CODES.DRAINING, problem: problem('DRAINING') };

/** Slots that fall into so many ms are one. */
const STEP_MS = 10;

/**
 * Sends every client to another gateway, each at a slot of its own, spread evenly over a window: a herd never arrives at once.
 * Until its slot a client is served as before. Nobody new is let in while it lasts.
 */
export class Drain {
  /** Why; undefined: it does not drain. */
  why: string | undefined;
  /** Clients that were told and have not come to their slot. */
  remaining = 0;
  private until = 0;
  private emptied: Promise<void> | undefined;

  /** @param windowMs from the first slot to the end of the last, ms; 0: all at once */
  constructor(private readonly clients: Clients, private readonly windowMs: number) {}

  get active(): boolean {
    return this.why !== undefined;
  }

  /** When it is worth to try here again, whole seconds. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.until - this.clients.now()) / 1_000));
  }

  /** Tells everyone. @returns when the last slot is over; once for all callers */
  begin(why: string, end: Ending = GOING): Promise<void> {
    this.why ??= why;
    return (this.emptied ??= this.empty(end).finally(() => { this.emptied = undefined; }));
  }

  /** The reason is gone: clients are let in again. Who was told goes all the same. */
  cease(): void {
    this.why = undefined;
  }

  private async empty(end: Ending): Promise<void> {
    const begun = this.clients.now();
    this.until = begun + this.windowMs;
    const all = [...this.clients.connections];
    const known = all.filter(c => c.principal !== undefined);
    // Nothing is lost by who has not logged in.
    for (const connection of all) if (connection.principal === undefined) leave(connection, end);
    const slots = known.map((connection, i) => ({ connection, after: Math.floor((this.windowMs * i) / known.length) }));
    this.remaining = slots.length;
    for (const { connection, after } of slots) connection.drain(after);
    for (const { connection, after } of slots) {
      const wait = begun + after - this.clients.now();
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, Math.max(STEP_MS, wait)));
      leave(connection, end);
      this.remaining--;
    }
  }
}

const leave = (connection: Connection, { code, problem: why }: Ending): void => connection.end(code, why);
