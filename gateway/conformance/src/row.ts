/** One promise of the protocol, by name, and how it is tried. */
import type { Driver } from './driver.js';
import type { Trial } from './trial.js';

/** What only somebody behind the gateway can do; see `driver.ts`. */
export type Part = keyof Driver;

export interface Row {
  /** `<area>/<what is promised>`. */
  readonly name: string;
  /** What of the protocol is seen here: `op:sub`, `error:BAD_JSON`, `close:4501`, `reset:trimmed`, `out:hello`, `limit:burst`. */
  readonly covers: readonly string[];
  readonly needs: readonly Part[];
  /**
   * `waiting`: mostly waits for a clock, runs beside everything else from the start.
   * `patient`: the same, and once it waits it asks for no right: rows that stop auth's sign of life may run meanwhile.
   * `alone`: measures time, or does something to NATS that every client feels; runs last, by itself.
   */
  readonly lane?: 'waiting' | 'patient' | 'alone';
  /** Given up after this time, default 20 s. */
  readonly seconds?: number;
  run(t: Trial): Promise<void>;
}

/** A promise that does not hold. The text says what was expected and what came. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** The server itself says that it does not have this. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}

export const row = (name: string, options: Omit<Row, 'name' | 'run'>, run: Row['run']): Row => ({ name, ...options, run });
