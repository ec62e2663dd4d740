import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process by its id, with what makes that id comparable: machine, boot and pid namespace. */
export interface ProcessRef { readonly pid: number; readonly world: string }

const worldOf = (): string | undefined => {
  try {
    return [hostname(), readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), readlinkSync('/proc/self/ns/pid')].join('/');
  } catch {
    // Not Linux: nothing says whether a process id means the same process there and here.
    return undefined;
  }
};

const world = worldOf();
export const THIS_PROCESS: ProcessRef | undefined = world === undefined ? undefined : { pid: process.pid, world };

export const isThisProcess = (ref: ProcessRef | undefined): boolean => ref !== undefined && ref.world === world && ref.pid === process.pid;

/** Certainly gone; false also if that can't be known from here. */
export const isDead = (ref: ProcessRef | undefined): boolean => {
  if (!ref || ref.world !== world) return false;
  try {
    process.kill(ref.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};
