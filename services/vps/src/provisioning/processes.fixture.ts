/** The processes over a log, a provider and machines in memory, with runners that can be killed at any call. For specs. */
import { handleCommand, MemoryEventStore, newId, readState, type AggregateType, type Change, type CommandContext, type DomainEvent, type EventStore, type RecordedEvent } from '@xanthus/kernel';
import { createSupervisor, type Supervisor } from '@xanthus/processes';
import { virtualTime, type VirtualTime } from '@xanthus/processes/testing';
import type { SetUpStep } from '@xanthus/proto/vps';
import { generateKeyPair, SshError, type SshErrorCode } from '@xanthus/ssh';
import { nameKey } from '@xanthus/vault';
import { notConnected } from '../providers/account/account.errors.js';
import { createMemoryProvider, type MemoryProvider } from '../providers/memory.fixture.js';
import { sayings } from '../providers/provider.errors.js';
import type { Provider } from '../providers/provider.js';
import { nameTaken } from '../server/server.errors.js';
import { serverType, type ServerCommand } from '../server/server.decide.js';
import { FACTS } from '../server/server.fixtures.js';
import type { SetupFailureCode, SetupStatus } from '../setup/setup-status.js';
import { parseSetupStatus } from '../setup/setup-status.js';
import { RUNS, runsProjection, type PendingRun } from '../views/runs.js';
import { serversProjection, type ServerRow } from '../views/servers.js';
import { setUpProjection, type SetUpRow } from '../views/setup.js';
import type { VpsContext } from '../vps.context.js';
import type { ProcessPorts, Seen, Subject } from './ports.js';
import { cancel, installOn, retry } from './requests.js';
import { workOn } from './work-on.js';

export const TENANT = 'acme';
export const ACCOUNT = '01jd3x8e2v5y9w4z7q6r1s0tpr';
const PERSON = { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' } as const;
const SERVICE = { kind: 'service', id: 'vps' } as const;
const PAIR = generateKeyPair('fixture');
const WORDS = ['INSTALLING', 'INSTALLING_K3S', 'WAITING_K3S', 'INSTALLING_HELM', 'WAITING_TRAEFIK', 'VERIFYING', 'READY'] as const;
const WORD_MS = 5_000;

/** What is wrong with the next machine or the next look at it. */
export interface MachineFaults {
  /** The set-up ends so, this many times. */
  fails?: { readonly step: SetUpStep; readonly code: SetupFailureCode; times: number };
  /** It stays at this word for ever. */
  stuck?: (typeof WORDS)[number];
  /** Contacts and looks that end so. */
  ssh?: { readonly code: SshErrorCode; times: number };
  /** It shows another host key from now on. */
  otherKey?: boolean;
  /** Nothing answers: not even a refusal. */
  hangs?: boolean;
  /** Its account is not there any more. */
  disconnected?: boolean;
  /** The script ends without a word, once, at this word. */
  dies?: (typeof WORDS)[number] | undefined;
}

/** `died` resolves when it is killed. */
interface Runner { dead: boolean; readonly stop: AbortController; readonly died: Promise<void>; die(): void }
interface Machine { since: number; ended: string | undefined; dead: boolean }

/** A point at which a runner may be killed. */
export interface Point { readonly n: number; readonly what: string; readonly when: 'before' | 'after' }

export interface Processes {
  readonly store: MemoryEventStore;
  readonly provider: MemoryProvider;
  readonly time: VirtualTime;
  readonly faults: MachineFaults;
  readonly secrets: ReadonlyMap<string, string>;
  /** Asked at each call of a runner to the outside and to the log, before and after; true kills it there. */
  onPoint: (point: Point) => boolean | undefined;
  /** Another runner; the ones before go on unless they are killed. */
  startRunner(): void;
  killRunners(): void;
  readonly runners: () => number;
  create(name: string, id?: string): Promise<string>;
  cancel(id: string): Promise<unknown>;
  retry(id: string, from_step?: SetUpStep): Promise<unknown>;
  install(id: string): Promise<unknown>;
  tell(id: string, command: ServerCommand): Promise<void>;
  row(id: string): ServerRow | undefined;
  setUp(id: string): SetUpRow | undefined;
  readonly rows: () => readonly ServerRow[];
  readonly pending: () => readonly PendingRun[];
  events(id: string): readonly RecordedEvent[];
  /** Is a name free again? */
  holds(name: string): Promise<boolean>;
}

const ssh = (code: SshErrorCode): SshError => new SshError('connect', code, 'The machine does not answer.', code === 'SERVER.HOST_KEY_CHANGED' ? { presented: { type: 'ssh-ed25519', fingerprint: `SHA256:${'b'.repeat(43)}` } } : undefined);

export const startProcesses = (): Processes => {
  const time = virtualTime();
  const provider = createMemoryProvider({ now: time.now });
  const store = new MemoryEventStore(time.now);
  const secrets = new Map<string, string>();
  const view = new Map<string, unknown>();
  const faults: MachineFaults = {};
  const machines = new Map<string, Machine>();
  const runners = new Set<Runner & { readonly works: Supervisor<PendingRun> }>();
  let points = 0;

  const shown = [serversProjection, setUpProjection, runsProjection];

  const fold = async (event: RecordedEvent): Promise<void> => {
    for (const projection of shown) {
      const changes: readonly Change[] = await projection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined });
      for (const change of changes) {
        const gone = 'deleted' in change;
        if (gone) view.delete(change.key);
        else view.set(change.key, change.value);
        if (!change.key.startsWith(RUNS)) continue;
        for (const { works, dead } of runners) {
          if (dead) continue;
          if (gone) void works.end(change.key);
          else works.set(change.key, change.value as PendingRun);
        }
      }
    }
    if (event.type === 'ServerDeleted') await cleanUp(event.aggregate.id);
  };
  /** In the order of the log, as a projector does. */
  let folded: Promise<void> = Promise.resolve();
  const append: EventStore['append'] = async (...args) => {
    const appended = await store.append(...args);
    const before = folded;
    folded = (async () => {
      await before;
      for (const event of appended.events) await fold(event);
    })();
    return appended;
  };
  const log: EventStore = {
    load: (ref, o) => store.load(ref, o), lastSequence: ref => store.lastSequence(ref), claim: claim => store.claim(claim), release: claim => store.release(claim), append,
  };

  const vps = {
    store: log,
    keys: { get: async () => ({ mark: Buffer.alloc(32, 7) }) },
  } as unknown as VpsContext;
  /** As the reactor does, without what it does to figures. */
  const cleanUp = async (id: string): Promise<void> => {
    const server = await readState(vps, serverType, TENANT, id);
    if (server.status !== 'deleted') return;
    await store.release({ tenant: TENANT, service: 'vps', kind: 'server-name', key: await nameKey(vps, TENANT, server.machine.name), aggregate: { tenant: TENANT, service: 'vps', aggregate: 'server', id } });
  };
  const wish = (id: string): CommandContext => {
    const command_id = newId();
    return { tenant: TENANT, id, actor: PERSON, now: new Date(time.now()).toISOString(), command_id, correlation_id: command_id };
  };
  const run = <S, C, E extends DomainEvent>(over: EventStore, type: AggregateType<S, C, E>, id: string, command: C, actor: typeof PERSON | typeof SERVICE, claims: Parameters<typeof handleCommand>[4] = {}) => {
    const command_id = newId();
    return handleCommand(over, type, { tenant: TENANT, id, actor, now: new Date(time.now()).toISOString(), command_id, correlation_id: command_id }, command, claims);
  };

  const statusOf = (machine: Machine): SetupStatus => {
    const at = Math.floor((time.now() - machine.since) / WORD_MS);
    const stuck = faults.stuck === undefined ? WORDS.length : WORDS.indexOf(faults.stuck);
    const status = parseSetupStatus(machine.ended ?? WORDS[Math.min(at, stuck, WORDS.length - 1)]);
    if (machine.ended !== undefined || machine.dead || status.kind !== 'working') return status;
    if (faults.dies === status.word) {
      delete faults.dies;
      machine.dead = true;
      machine.ended = status.word;
    } else if (faults.fails && faults.fails.times > 0 && status.step === faults.fails.step) {
      faults.fails.times -= 1;
      machine.ended = `FAILED ${status.step} ${faults.fails.code}`;
      return parseSetupStatus(machine.ended);
    }
    return status;
  };
  const reach = async ({ id }: Subject, signal: AbortSignal): Promise<Machine> => {
    if (faults.hangs) return time.hang(signal);
    if (faults.otherKey) throw ssh('SERVER.HOST_KEY_CHANGED');
    if (faults.ssh && faults.ssh.times-- > 0) throw ssh(faults.ssh.code);
    const at = [...provider.world.servers.values()].find(s => s.labels['xanthus_server'] === id);
    if (!at || at.status !== 'running') throw ssh('SERVER.REFUSED');
    const machine = machines.get(at.ref) ?? { since: time.now(), ended: undefined, dead: false };
    machines.set(at.ref, machine);
    return machine;
  };

  /** Nothing of a killed runner goes on: its calls never come back, so that not even a `finally` runs. */
  const portsOf = (me: Runner): ProcessPorts => {
    const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
    const gate = <T>(what: string, work: () => Promise<T>): Promise<T> => {
      const at = (when: Point['when']): boolean => {
        if (!me.dead && processes.onPoint({ n: ++points, what, when }) === true) me.die();
        return me.dead;
      };
      return new Promise<T>((resolve, reject) => {
        if (at('before')) return;
        const tell = (settle: () => void): void => { if (!at('after')) settle(); };
        work().then(value => tell(() => resolve(value)), (error: unknown) => tell(() => reject(error as Error))).catch(() => undefined);
      });
    };
    const busy = <T>(what: string, work: () => Promise<T>): Promise<T> => gate(what, () => time.busy(work));
    const gated: EventStore = { ...log, append: (...args) => busy(`append ${args[1].map(e => e.event.type).join('+')}`, () => append(...args)) };
    const port = new Proxy(provider, {
      get: (target, name: keyof Provider) => {
        const member: unknown = target[name];
        return typeof member === 'function' ? (...args: unknown[]) => busy(`provider ${name}`, () => (member as (...a: unknown[]) => Promise<unknown>)(...args)) : member;
      },
    });
    const seen = async (subject: Subject, after: number, signal: AbortSignal): Promise<Seen> => {
      const machine = await reach(subject, signal);
      const status = statusOf(machine);
      return { status, lines: [`line ${after + 1}`], after: after + 1, dead: machine.dead };
    };
    return {
      log: { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined },
      now: time.now,
      pause: (ms, signal) => (me.dead ? never() : time.pause(ms, signal)),
      timeout: time.timeout,
      handle: async (type, _tenant, id, command) => {
        if (me.dead) return never();
        const result = await time.busy(() => Promise.race([run(gated, type, id, command, SERVICE), me.died]));
        return result && !me.dead ? { state: result.state, decided: result.events.length > 0 } : never();
      },
      read: (type, tenant, id) => (me.dead ? never() : readState(vps, type, tenant, id)),
      provider: async (_tenant, id) => { if (faults.disconnected) throw notConnected(); if (id !== ACCOUNT) throw sayings('Memory').keyRefused(); return port; },
      secrets: {
        text: async (_tenant, name) => { const text = secrets.get(name); if (text === undefined) throw new Error(`no secret ${name}`); return text; },
        destroy: (_tenant, name) => busy('destroy secret', async () => void secrets.delete(name)),
      },
      userData: () => '#cloud-config',
      contact: (subject, signal) => gate('contact', async () => { await reach(subject, signal); return 'It let us in.'; }),
      facts: (subject, signal) => gate('facts', async () => { await reach(subject, signal); return { ...FACTS, k3s: 'v1.34.1+k3s1' }; }),
      script: {
        look: (subject, after, signal) => gate('look', () => seen(subject, after, signal)),
        start: (subject, signal) => gate('start', async () => { Object.assign(await reach(subject, signal), { since: time.now(), ended: undefined, dead: false }); }),
        stop: (subject, signal) => gate('stop', async () => { Object.assign(await reach(subject, signal), { ended: 'FAILED prepare CANCELLED' }); }),
      },
      drop: () => undefined,
    };
  };

  const processes: Processes = {
    store, provider, time, faults, secrets,
    onPoint: () => undefined,
    startRunner() {
      let tell = (): void => undefined;
      const died = new Promise<void>(resolve => { tell = resolve; });
      const me: Runner = { dead: false, stop: new AbortController(), died, die: () => { me.dead = true; tell(); } };
      const ports = portsOf(me);
      const works = createSupervisor<PendingRun>({ log: ports.log, pause: ports.pause, work: ({ tenant, id }, until) => workOn(ports, tenant, id, until) }, me.stop.signal);
      runners.add(Object.assign(me, { works }));
      for (const [key, value] of view) if (key.startsWith(RUNS)) works.set(key, value as PendingRun);
    },
    killRunners() { for (const runner of runners) runner.die(); },
    runners: () => [...runners].filter(r => !r.dead).length,
    async create(name, id = newId()) {
      const names = { kind: 'server-name', key: await nameKey(vps, TENANT, name), taken: nameTaken(name) };
      // Of each try its own, as the command has it.
      const nonce = newId();
      const own = (what: string): string => `${what}-${nonce}-${id}`;
      secrets.set(own('server'), 'a key');
      secrets.set(own('server-hostkey'), PAIR.privateKey);
      const data = {
        name, provider: 'memory', provider_id: ACCOUNT, location: 'here', type: 'm1', image: 'ubuntu-24.04', user: 'root', port: 22, credential: { kind: 'private_key' as const, secret: own('server') },
        public_key: `ssh-ed25519 AAAA${id}`, host_key: { type: PAIR.type, fingerprint: PAIR.fingerprint }, host_key_secret: own('server-hostkey'), authorized_keys: [], time_zone: 'Etc/UTC', price: null,
      };
      try {
        await time.busy(() => run(log, serverType, id, { type: 'Request', data }, PERSON, { claims: [names] }));
      } catch (error) {
        for (const what of ['server', 'server-hostkey']) secrets.delete(own(what));
        throw error;
      }
      return id;
    },
    cancel: id => time.busy(() => cancel(vps, wish(id))),
    retry: (id, from_step) => time.busy(() => retry(vps, wish(id), from_step)),
    install: id => time.busy(() => installOn(vps, wish(id))),
    async tell(id, command) { await time.busy(() => run(log, serverType, id, command, PERSON)); },
    row: id => view.get(`${TENANT}.servers.${id}`) as ServerRow | undefined,
    setUp: id => view.get(`${TENANT}.setup.${id}`) as SetUpRow | undefined,
    rows: () => [...view].filter(([key]) => key.startsWith(`${TENANT}.servers.`)).map(([, value]) => value as ServerRow),
    pending: () => [...view].filter(([key]) => key.startsWith(RUNS)).map(([, value]) => value as PendingRun).filter(run => !run.resting),
    events: id => store.all().filter(e => e.aggregate.id === id),
    holds: async name => (await store.claim({ tenant: TENANT, service: 'vps', kind: 'server-name', key: await nameKey(vps, TENANT, name), command_id: 'probe', aggregate: { tenant: TENANT, service: 'vps', aggregate: 'server', id: 'probe' } })).status === 'taken',
  };
  return processes;
};
