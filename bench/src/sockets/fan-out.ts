/** Bursts and paced runs against any server; what is delivered is counted per client, one missing is a failure. */
import { median } from '../measure.js';
import type { Generator } from './generator.js';
import { cpuOf, type Finished } from './wire.js';
import type { Server } from './world.js';

export interface Delivered { readonly rate: number; /** Shares of one core. */ readonly server: number; readonly generator: number; readonly p50: number; readonly p99: number; /** Deliveries per second of the server's CPU. */ readonly perCore: number }

/** A group of sockets at one server, and the number of the last message that each of them has had. */
export class Fleet {
  private last = 0;

  constructor(readonly server: Server, readonly group: string, readonly count: number, private readonly generator: Generator) {}

  async deliver(subjects: readonly string[], rounds: number, gapMs: number): Promise<Delivered> {
    const first = this.last + 1;
    this.last += rounds;
    await this.generator.tell({ do: 'begin', group: this.group, target: this.last });
    const cpu = cpuOf(this.server.pid);
    await this.server.publish({ subjects, first, rounds, gapMs });
    const done = await this.generator.tell({ do: 'finish', group: this.group, timeoutMs: 20_000 });
    const used = cpuOf(this.server.pid) - cpu;
    reconcile(done, `${this.server.name}, ${this.count} sockets`);
    const seconds = (done.lastAt - done.beganAt) / 1e6;
    return { rate: done.received / seconds, server: used / seconds, generator: done.cpu, p50: done.p50, p99: done.p99, perCore: done.received / Math.max(0.01, used) };
  }
}

/** @throws where one client misses one message, or got one twice or out of order */
export const reconcile = (done: Finished, where: string): void => {
  if (!done.complete) throw new Error(`${where}: ${done.missing} clients are not at the last message, ${done.wrong} messages out of order or repeated, ${done.received} received`);
};

export const middle = (found: readonly Delivered[]): Delivered => ({
  rate: median(found.map(f => f.rate)), server: median(found.map(f => f.server)), generator: Math.max(...found.map(f => f.generator)), p50: median(found.map(f => f.p50)), p99: median(found.map(f => f.p99)), perCore: median(found.map(f => f.perCore)),
});

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
