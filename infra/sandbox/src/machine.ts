import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { HostError } from './contract.js';
import type { PowerAction, Sandbox, SandboxStatus } from './contract.js';
import { diskUsage, makeDisk } from './disk.js';
import { startJail } from './jail.js';
import type { JailPrograms, KubernetesPrograms, RunningJail } from './jail.js';
import { serve } from './serve.js';
import type { Served } from './serve.js';
import { parseUserData } from './user-data.js';

/** What of a machine lasts over a restart of the host: `machine.json`, mode 0600 (user_data holds keys). */
export const record = z.object({
  id: z.string().regex(/^sb-[a-z0-9]{12}$/),
  name: z.string(), type: z.string(), image: z.string(), location: z.string(), labels: z.record(z.string(), z.string()),
  created_at: z.string(), address: z.string(), wanted_port: z.int(), ssh_port: z.int(), user_data: z.string().optional(), ssh_keys: z.array(z.string()),
  delay_ms: z.int(),
  /** It has a disk; what was interrupted before is done again. */
  made: z.boolean(),
  power: z.enum(['on', 'off']),
  deleting: z.boolean(),
});
export type MachineRecord = z.infer<typeof record>;

export interface MachineSurroundings {
  readonly folder: string;
  readonly shared: string;
  readonly programs: JailPrograms;
  readonly maxDisk: number;
  /** Asked at each boot: the programs of a Kubernetes, or why it gets none. */
  readonly kubernetes: () => KubernetesPrograms | string;
  readonly log: (line: string) => void;
}

export interface Machine {
  readonly record: MachineRecord;
  view(): Sandbox;
  /** Resolves when nothing is going on. */
  settled(): Promise<void>;
  create(): void;
  power(action: PowerAction): void;
  resize(type: string): void;
  /** A new disk; off after that when `start` is false. */
  rebuild(o: { readonly image?: string | undefined; readonly user_data?: string | undefined; readonly start?: boolean | undefined }): void;
  change(part: { name?: string | undefined; labels?: Record<string, string> | undefined }): Promise<void>;
  /** What the stand-ins shall play, lines `program: fault`. */
  faults(text: string): Promise<void>;
  /** Off, disk and all. */
  remove(): Promise<void>;
  /** Back after a restart of the host. */
  resume(): void;
  /** The host ends: processes go, what was wanted stays. */
  halt(): Promise<void>;
  /** Looks at the size of its disk and switches it off when it is too large. */
  checkDisk(): Promise<void>;
}

const REBOOT = 11;

export const openMachine = (initial: MachineRecord, at: MachineSurroundings): Machine => {
  let kept = initial;
  let status: SandboxStatus = initial.made || initial.power === 'off' ? 'off' : 'initializing';
  let reason: string | null = null;
  let busy: { action: string; since: number; lasts: number } | undefined;
  let work: Promise<void> = Promise.resolve();
  let jail: RunningJail | undefined;
  let served: Served | undefined;
  const stopping = new AbortController();
  /** Ends the wait of what is going on. */
  let interrupt = new AbortController();
  const logFile = createWriteStream(join(at.folder, 'log'), { mode: 0o600 });
  logFile.on('error', () => undefined); // its folder went with it

  const save = async (part: Partial<MachineRecord>): Promise<void> => {
    kept = { ...kept, ...part };
    const path = join(at.folder, 'machine.json');
    await writeFile(`${path}.new`, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  };

  const boot = async (): Promise<void> => {
    const usage = await diskUsage(join(at.folder, 'disk'), at.maxDisk);
    if (usage > at.maxDisk) throw new Error(`its disk holds more than ${Math.floor(at.maxDisk / 1024 / 1024)} MiB; rebuild it`);
    const kubernetes = at.kubernetes();
    await writeFile(join(at.folder, 'boot', 'no-kubernetes'), typeof kubernetes === 'string' ? `${kubernetes}\n` : '');
    const started = await startJail(at.programs, { shared: at.shared, folder: at.folder, hostname: parseUserData(kept.user_data).hostname ?? kept.name, kubernetes: typeof kubernetes === 'string' ? undefined : kubernetes });
    jail = started;
    try {
      served = await listen(started);
    } catch (error) {
      await started.kill();
      jail = undefined;
      throw error;
    }
    status = 'running';
    reason = null;
    if (served.port !== kept.ssh_port || kept.power !== 'on') await save({ ssh_port: served.port, power: 'on' });
    void whenEnded(started);
  };

  /** The port that was asked for; 20,000 above it where this user may not have it, any other where it is taken. */
  const listen = async (started: RunningJail): Promise<Served> => {
    const o = { address: kept.address, ...started.sshd, log: logFile, end: 'eof' as const };
    const again = kept.wanted_port < 1_024 ? 20_000 + kept.wanted_port : 0;
    return serve({ ...o, port: kept.wanted_port }).catch(() => serve({ ...o, port: again })).catch(() => serve({ ...o, port: 0 }));
  };

  /** Somebody inside switched it off or booted it again, or its first process was killed. */
  const whenEnded = async (started: RunningJail): Promise<void> => {
    const code = await started.ended;
    if (jail !== started) return;
    jail = undefined;
    await served?.stop();
    served = undefined;
    if (stopping.signal.aborted) return;
    if (code === REBOOT && busy === undefined) return begin('reboot', 'starting', kept.delay_ms / 2, boot);
    status = 'off';
    await save({ power: 'off' });
  };

  const shutDown = async (): Promise<void> => {
    const running = jail;
    jail = undefined;
    await running?.kill(); // first: who entered it dies with it and is noticed by its own parent
    await served?.stop();
    served = undefined;
  };

  /** One thing at a time; what fails is told as the machine's status. */
  const begin = (action: string, during: SandboxStatus, lasts: number, act: () => Promise<void>): void => {
    if (busy) throw new HostError('LOCKED', `The sandbox ${kept.name} is busy (${busy.action}); wait until that is over.`);
    if (stopping.signal.aborted) throw new HostError('STOPPING', 'The host of the sandboxes is being stopped.');
    busy = { action, since: Date.now(), lasts };
    status = during;
    interrupt = new AbortController();
    const signal = AbortSignal.any([stopping.signal, interrupt.signal]);
    work = (async () => {
      try {
        await pause(lasts, undefined, { signal });
        await act();
      } catch (error) {
        if (signal.aborted) return;
        status = 'failed';
        reason = (error as Error).message;
        at.log(`${kept.name}: ${action} failed: ${reason}`);
      } finally {
        busy = undefined;
      }
    })();
  };

  const make = async (): Promise<void> => {
    const data = await makeDisk(at.folder, { name: kept.name, image: kept.image, userData: kept.user_data, keys: kept.ssh_keys });
    if (data.problem !== undefined) at.log(`${kept.name}: user_data was passed over: ${data.problem}`);
    await save({ made: true, wanted_port: data.sshPort ?? kept.wanted_port });
    await boot();
  };

  const power = (action: PowerAction): void => {
    if (action === 'on') {
      if (status === 'running') return;
      return begin('power on', 'starting', kept.delay_ms / 2, kept.made ? boot : make);
    }
    if (action === 'off' || action === 'shutdown') {
      if (status === 'off') return;
      return begin(`power ${action}`, 'stopping', action === 'off' ? 0 : kept.delay_ms / 2, async () => {
        await shutDown();
        status = 'off';
        reason = null;
        await save({ power: 'off' });
      });
    }
    if (status !== 'running') throw new HostError('WRONG_STATE', `The sandbox ${kept.name} is not running; switch it on first.`);
    begin(action, 'starting', kept.delay_ms / 2, async () => {
      await shutDown();
      await boot();
    });
  };

  return {
    get record() { return kept; },
    view: () => ({
      id: kept.id, name: kept.name, status, reason, address: kept.address, ssh_port: kept.ssh_port, type: kept.type, image: kept.image, location: kept.location, labels: kept.labels, created_at: kept.created_at,
      busy: busy ? { action: busy.action, since: new Date(busy.since).toISOString(), progress: Math.min(95, Math.round(((Date.now() - busy.since) / Math.max(1, busy.lasts)) * 95)) } : null,
    }),
    settled: async () => {
      for (let seen: Promise<void> | undefined; seen !== work;) {
        seen = work;
        await seen;
      }
    },
    create: () => { begin('create', 'initializing', kept.delay_ms, make); },
    power,
    resize: type => {
      if (status !== 'off') throw new HostError('WRONG_STATE', `The sandbox ${kept.name} must be off to be resized.`);
      begin('resize', 'off', kept.delay_ms / 2, async () => { await save({ type }); });
    },
    rebuild: o => {
      begin('rebuild', 'rebuilding', kept.delay_ms / 2, async () => {
        await shutDown();
        const on = o.start ?? true;
        await save({ image: o.image ?? kept.image, made: false, power: on ? 'on' : 'off', ...(o.user_data === undefined ? {} : { user_data: o.user_data }) });
        if (on) await make();
        else status = 'off';
      });
    },
    change: async part => { await save({ name: part.name ?? kept.name, labels: part.labels ?? kept.labels }); },
    faults: async text => {
      await mkdir(join(at.folder, 'boot'), { recursive: true });
      await writeFile(join(at.folder, 'boot', 'faults'), text);
    },
    remove: async () => {
      if (busy?.action !== 'delete') {
        await save({ deleting: true });
        interrupt.abort();
        await work; // at once, whatever was going on
        begin('delete', 'deleting', 0, async () => {
          await shutDown();
          logFile.end();
          await rm(at.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
        });
      }
      await work;
      if (status === 'failed') throw new HostError('UNAVAILABLE', `The sandbox ${kept.name} could not be deleted: ${reason}.`);
    },
    resume: () => {
      if (kept.power === 'off') return;
      if (!kept.made) begin('create', 'initializing', kept.delay_ms, make);
      else begin('power on', 'starting', 0, boot);
    },
    halt: async () => {
      stopping.abort();
      await work;
      await shutDown();
      logFile.end();
    },
    checkDisk: async () => {
      if (status !== 'running' || busy || (await diskUsage(join(at.folder, 'disk'), at.maxDisk)) <= at.maxDisk || status !== 'running' || busy) return;
      begin('power off', 'stopping', 0, async () => {
        await shutDown();
        await save({ power: 'off' });
        throw new Error(`its disk held more than ${Math.floor(at.maxDisk / 1024 / 1024)} MiB, so it was switched off; rebuild it`);
      });
    },
  };
};

/** @throws Error when the record cannot be read */
export const readRecord = async (folder: string): Promise<MachineRecord> => record.parse(JSON.parse(await readFile(join(folder, 'machine.json'), 'utf8')));
