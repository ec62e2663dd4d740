import { spawn } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { access, appendFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from '@xanthus/binaries';
import { changeInput, createInput, HostError, parseInput } from './contract.js';
import type { ChangeInput, CreateInput, PowerAction, Sandbox } from './contract.js';
import { writeTools } from './inside/tools.js';
import { openMachine, readRecord } from './machine.js';
import type { Machine, MachineRecord, MachineSurroundings } from './machine.js';
import { makeDisk } from './disk.js';
import { startJail } from './jail.js';
import type { JailPrograms, KubernetesPrograms, RunningJail } from './jail.js';
import { parseUserData } from './user-data.js';

export interface SandboxHostOptions {
  /** Where everything lies; made when it is not there. */
  readonly folder: string;
  readonly say?: (line: string) => void;
  readonly maxMachines?: number;
  /** Bytes of the disk of each. */
  readonly maxDisk?: number;
  /** ms that a creation takes when it doesn't say. */
  readonly delay?: number;
  /** For machines whose user_data asks for K3s: a real API with simulated pods, 350 MB of memory each, for `max` machines that run at the same time (2). */
  readonly kubernetes?: KubernetesPrograms & { readonly max?: number };
}

/** Many sandboxes; README.md tells what each is. */
export interface SandboxHost {
  readonly limits: { readonly max_sandboxes: number; readonly default_ssh_port: number };
  create(input: CreateInput): Promise<Sandbox>;
  list(filter?: { readonly labels?: Readonly<Record<string, string>> }): Sandbox[];
  /** @throws HostError NOT_FOUND */
  get(id: string): Sandbox;
  power(id: string, action: PowerAction): Sandbox;
  resize(id: string, to: { readonly type: string }): Sandbox;
  /** From its user_data again, or from another; off after that when `start` is false. */
  rebuild(id: string, o?: { readonly image?: string | undefined; readonly user_data?: string | undefined; readonly start?: boolean | undefined }): Sandbox;
  rename(id: string, change: ChangeInput): Promise<Sandbox>;
  /** Resolves when it is gone, disk and all. */
  remove(id: string): Promise<void>;
  /** Resolves with it when nothing is going on in it. */
  settled(id: string): Promise<Sandbox>;
  /** What the stand-ins of a machine shall play from now on: lines `program: fault`. */
  faults(id: string, text: string): Promise<void>;
  /** Ends all processes; the machines stay and go on at the next start. */
  stop(): Promise<void>;
}

const DEFAULT_PORT = 2222;
const MIB = 1024 * 1024;
const LOOK_AT_DISKS = 60_000;

/**
 * Starts the host and the machines that ran when it ended.
 * @throws Error with a sentence when there can be none here
 */
export const startSandboxHost = async (o: SandboxHostOptions): Promise<SandboxHost> => {
  const programs = await findPrograms(o.say ?? (() => undefined));
  const folder = o.folder;
  const machinesFolder = join(folder, 'machines');
  await mkdir(machinesFolder, { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'root'), { recursive: true, mode: 0o755 });
  await writeTools(join(folder, 'tools'));
  await tryJail(programs, folder);
  const log = (line: string): void => { void appendFile(join(folder, 'host.log'), `${new Date().toISOString()} ${line}\n`, { mode: 0o600 }).catch(() => undefined); };
  const maxMachines = o.maxMachines ?? 20;
  const ownAddresses = await canListen('127.82.0.1');
  const machines = new Map<string, Machine>();
  let stopped = false;

  const given = new Set<string>();
  const kubernetesFor = (id: string): KubernetesPrograms | string => {
    if (o.kubernetes === undefined) return 'Xanthus was started without; start it with npm start -- sandbox-kubernetes';
    const { max = 2, ...programs } = o.kubernetes;
    for (const other of given) if (machines.get(other)?.record.power !== 'on') given.delete(other);
    given.delete(id);
    const others = given.size;
    if (others < max && /k3s/i.test(machines.get(id)?.record.user_data ?? '')) given.add(id);
    return others < max ? programs : `${others} other sandboxes that run have one, and that is the limit`;
  };
  const surroundings = (id: string): MachineSurroundings => ({ folder: join(machinesFolder, id), shared: folder, programs, maxDisk: o.maxDisk ?? 512 * MIB, log, kubernetes: () => kubernetesFor(id) });
  for (const id of (await readdir(machinesFolder)).sort()) {
    const kept = await readRecord(join(machinesFolder, id)).catch(() => undefined);
    if (kept === undefined || kept.id !== id || kept.deleting) {
      await rm(join(machinesFolder, id), { recursive: true, force: true }); // half made or half deleted
      continue;
    }
    machines.set(id, openMachine(kept, surroundings(id)));
  }
  for (const machine of machines.values()) machine.resume();

  const find = (id: string): Machine => {
    const machine = machines.get(id);
    if (machine === undefined) throw new HostError('NOT_FOUND', `There is no sandbox ${id.slice(0, 40)}.`);
    return machine;
  };
  const refuseTaken = (name: string, but?: string): void => {
    if ([...machines.values()].some(m => m.record.name === name && m.record.id !== but)) throw new HostError('NAME_TAKEN', `There is a sandbox ${name} already; choose another name.`);
  };
  /** Spread by the folder, so that hosts beside each other (tests) seldom want the same. */
  const freeAddress = (): string => {
    if (!ownAddresses) return '127.0.0.1';
    const taken = new Set([...machines.values()].map(m => m.record.address));
    const [a = 0, b = 0] = createHash('sha256').update(folder).digest();
    for (let n = 2; ; n++) {
      const address = `127.${64 + (a % 64)}.${(b + Math.floor(n / 250)) % 256}.${(n % 250) + 2}`;
      if (!taken.has(address)) return address;
    }
  };

  const timer = setInterval(() => { for (const m of machines.values()) void m.checkDisk().catch(() => undefined); }, LOOK_AT_DISKS);
  timer.unref();

  return {
    limits: { max_sandboxes: maxMachines, default_ssh_port: DEFAULT_PORT },
    create: async raw => {
      const input = parseInput(createInput, raw);
      if (stopped) throw new HostError('STOPPING', 'The host of the sandboxes is being stopped.');
      if (machines.size >= maxMachines) throw new HostError('LIMIT_REACHED', `There are ${maxMachines} sandboxes already; delete one first.`);
      refuseTaken(input.name);
      const id = `sb-${randomBytes(16).toString('hex').slice(0, 12)}`;
      const port = parseUserData(input.user_data).sshPort ?? DEFAULT_PORT;
      const made: MachineRecord = {
        id, name: input.name, type: input.type, image: input.image, location: input.location, labels: input.labels, created_at: new Date().toISOString(), address: freeAddress(), wanted_port: port, ssh_port: port,
        ...(input.user_data === undefined ? {} : { user_data: input.user_data }), ssh_keys: input.ssh_keys, delay_ms: input.delay_ms ?? o.delay ?? 2_000, made: false, power: input.start ? 'on' : 'off', deleting: false,
      };
      const at = surroundings(id);
      mkdirSync(at.folder, { mode: 0o700 }); // at once: its name is taken before anyone else is asked
      const machine = openMachine(made, at);
      machines.set(id, machine);
      try {
        await machine.change({});
      } catch (error) {
        machines.delete(id);
        throw new HostError('UNAVAILABLE', `The sandbox could not be written: ${(error as Error).message}.`);
      }
      if (input.start) machine.create();
      return machine.view();
    },
    list: (filter = {}) => [...machines.values()].map(m => m.view()).filter(m => Object.entries(filter.labels ?? {}).every(([k, v]) => m.labels[k] === v)).sort((a, b) => a.created_at.localeCompare(b.created_at)),
    get: id => find(id).view(),
    power: (id, action) => {
      find(id).power(action);
      return find(id).view();
    },
    resize: (id, to) => {
      find(id).resize(to.type);
      return find(id).view();
    },
    rebuild: (id, rebuilt = {}) => {
      find(id).rebuild(rebuilt);
      return find(id).view();
    },
    rename: async (id, raw) => {
      const change = parseInput(changeInput, raw);
      if (change.name !== undefined) refuseTaken(change.name, id);
      await find(id).change(change);
      return find(id).view();
    },
    remove: async id => {
      await find(id).remove();
      machines.delete(id);
    },
    settled: async id => {
      await find(id).settled();
      return find(id).view();
    },
    faults: (id, text) => find(id).faults(text),
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await Promise.all([...machines.values()].map(m => m.halt()));
    },
  };
};

/** Why there can be no sandboxes on this machine, in a sentence; undefined when there can. For specs that have nothing to do without them. */
export const whyNoSandboxes = async (): Promise<string | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'xanthus-trial-'));
  try {
    await (await startSandboxHost({ folder })).stop();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const findPrograms = async (say: (line: string) => void): Promise<JailPrograms> => {
  const sshd = await findBinary('sshd', { progress: say });
  const bwrap = await findBinary('bwrap', { progress: say });
  for (const name of ['nsenter', 'unshare', 'prlimit']) {
    if (!(await access(`/usr/bin/${name}`).then(() => true, () => false))) throw new Error(`Sandboxes need the program ${name} of util-linux; install that package.`);
  }
  return { bwrap, sshd, nsenter: '/usr/bin/nsenter' };
};

/** Some containers and some systems forbid user namespaces, or namespaces within them: said at the start, not by the first creation. */
const tryJail = async (programs: JailPrograms, folder: string): Promise<void> => {
  const trial = join(folder, 'trial');
  await makeDisk(trial, { name: 'trial', image: 'ubuntu-24.04', userData: undefined, keys: [] });
  try {
    const jail = await startJail(programs, { shared: folder, folder: trial, hostname: 'trial' });
    const entered = await enters(jail);
    await jail.kill();
    if (!entered) throw new Error('a user namespace cannot be made within another');
  } catch (error) {
    throw new Error(`Sandboxes cannot be isolated on this machine, so there are none: ${(error as Error).message}.`, { cause: error });
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
};

/** As a log-in of root does it. */
const enters = (jail: RunningJail): Promise<boolean> => new Promise((resolve) => {
  const child = spawn(jail.enter.file, [...jail.enter.args, '/sandbox/lib/root-shell', '-c', 'test "$(id -u)" = 0'], { stdio: 'ignore', env: {}, cwd: '/' });
  child.once('error', () => resolve(false));
  child.once('exit', code => resolve(code === 0));
});

const canListen = (address: string): Promise<boolean> => new Promise((resolve) => {
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(0, address, () => server.close(() => resolve(true)));
});
