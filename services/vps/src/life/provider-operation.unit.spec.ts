/** Long work at a provider, ended at every boundary of it and gone on with: the machine is in the end as it was wanted, and nothing is made twice. */
import { describe, expect, it } from '@jest/globals';
import { newId, Refusal } from '@xanthus/kernel';
import type { OperationKind } from '@xanthus/proto/vps';
import { createMemoryProvider, type MemoryProvider } from '../providers/memory.fixture.js';
import type { Provider } from '../providers/provider.js';
import { ourLabels } from '../providers/provider.js';
import { sayings } from '../providers/provider.errors.js';
import type { Operation } from '../server/life-state.js';
import { workAtProvider, type Outcome, type Work } from './provider-operation.js';

const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
const { signal } = new AbortController();
const say = sayings('Memory');

interface Case { readonly kind: OperationKind; readonly wish?: Operation['wish']; readonly off?: true; readonly snapshot?: true }
const CASES: readonly Case[] = [
  { kind: 'power-on', off: true }, { kind: 'power-off' }, { kind: 'shutdown' }, { kind: 'reboot' }, { kind: 'reset' }, { kind: 'resize', wish: { type: 'm2', grow_disk: false }, off: true },
  { kind: 'rebuild', wish: { image: 'ubuntu-24.04' } }, { kind: 'create-snapshot', wish: { description: 'before' } }, { kind: 'delete-snapshot', snapshot: true },
];

interface World { readonly memory: MemoryProvider; readonly ref: string; readonly wish: Operation['wish'] }
const makeWorld = async ({ off, snapshot, wish = {} }: Case, slow: boolean): Promise<World> => {
  const memory = createMemoryProvider({ slow });
  const { server } = await memory.createServer({ name: 'web-1', location: 'here', type: 'm1', image: 'ubuntu-24.04', ssh_keys: [], user_data: '', labels: ourLabels('acme', SERVER) }, signal);
  memory.finish();
  if (off) memory.change(server.ref, { status: 'off' });
  if (!snapshot) return { memory, ref: server.ref, wish };
  const made = await memory.snapshot(server.ref, { description: 'old', labels: ourLabels('acme', SERVER) }, signal);
  memory.finish();
  return { memory, ref: server.ref, wish: { snapshot: made.ref } };
};

class Crash extends Error {}
/** Ends the run at one place: before or after the nth thing that it does outside. */
const crashAt = (place: number) => {
  let count = 0;
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (count++ === place) throw new Crash();
    const result = await run();
    if (count++ === place) throw new Crash();
    return result;
  };
};

/** As the runner does: what was noted is kept, everything else is lost with the run. */
const drive = async ({ memory, ref, wish }: World, kind: OperationKind, around: <T>(run: () => Promise<T>) => Promise<T>): Promise<{ outcome: Outcome; crashes: number }> => {
  let operation: Operation = { id: newId(), kind, way: 'provider', wish, before: { power: 'running' } };
  const provider = Object.fromEntries(Object.entries(memory).map(([name, part]: [string, unknown]) => [name, typeof part !== 'function' || name === 'awaitAction' ? part : (...given: unknown[]) => around(() => (part as (...g: unknown[]) => Promise<unknown>)(...given))])) as unknown as Provider;
  const waited: Provider['awaitAction'] = (action, s, told) => around(async () => {
    const end = memory.awaitAction(action, s, told);
    memory.finish();
    await end;
  });
  const work = (): Work => ({
    tenant: 'acme', server: SERVER, operation, signal, pace: 1, pause: async () => { memory.finish(); }, userData: async () => undefined,
    note: news => around(async () => { operation = { ...operation, ...news }; }),
  });
  for (let crashes = 0; ; crashes++) {
    try {
      return { outcome: await workAtProvider({ provider: { ...provider, awaitAction: waited }, ref }, work()), crashes };
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof Refusal && error.retryable && crashes < 5)) throw error;
    }
  }
};

const check = ({ memory, ref }: World, { kind }: Case, { snapshot }: Outcome): void => {
  const machine = memory.world.servers.get(ref);
  expect(machine?.locked).toBe(false);
  expect(machine?.status).toBe(['power-off', 'shutdown', 'resize'].includes(kind) ? 'off' : 'running');
  if (kind === 'resize') expect(machine?.type).toBe('m2');
  if (kind === 'delete-snapshot') expect(memory.world.snapshots.size).toBe(0);
  if (kind === 'create-snapshot') {
    expect([...memory.world.snapshots.keys()]).toEqual([snapshot?.id]);
    expect(snapshot?.size_bytes).toBeGreaterThan(0);
  }
};
/** Where asking twice would do harm or cost money. */
const ONCE: Readonly<Partial<Record<OperationKind, keyof Provider>>> = { 'create-snapshot': 'snapshot', resize: 'resize' };

describe.each([['at once', false], ['slowly', true]] as const)('a provider that does it %s', (_how, slow) => {
  it.each(CASES)('$kind: ended by force at every boundary', async (one) => {
    for (let place = 0; ; place++) {
      const world = await makeWorld(one, slow);
      const from = world.memory.world.calls.length;
      const { outcome, crashes } = await drive(world, one.kind, crashAt(place));
      check(world, one, outcome);
      const once = ONCE[one.kind];
      if (once) expect([place, world.memory.world.calls.slice(from).filter(c => c === once).length]).toEqual([place, 1]);
      if (crashes === 0) break;
      expect(place).toBeLessThan(60);
    }
  });
});

describe('faults of a provider', () => {
  const plain = <T>(run: () => Promise<T>): Promise<T> => run();

  it.each(CASES)('$kind: an answer that was lost', async (one) => {
    const world = await makeWorld(one, true);
    const method = ({ resize: 'resize', rebuild: 'rebuild', 'create-snapshot': 'snapshot', 'delete-snapshot': 'deleteSnapshot' } as const)[one.kind as string] ?? 'power';
    world.memory.fault(method, { refusal: say.timeout(), after: true });
    check(world, one, (await drive(world, one.kind, plain)).outcome);
    expect(world.memory.world.calls.filter(c => c === method).length).toBeLessThanOrEqual(one.kind === 'delete-snapshot' ? 2 : 1);
  });

  it('busy with something else is waited for', async () => {
    const world = await makeWorld({ kind: 'power-off' }, true);
    await world.memory.power(world.ref, 'reboot', signal);
    await expect(drive({ ...world, memory: { ...world.memory, finish: () => undefined } }, 'power-off', plain)).rejects.toMatchObject({ code: 'PROVIDER.LOCKED', retryable: true });
    world.memory.finish();
    check(world, { kind: 'power-off' }, (await drive(world, 'power-off', plain)).outcome);
  });

  it.each([
    ['the machine is gone', 'PROVIDER.NOT_FOUND', (w: World) => w.memory.change(w.ref, 'gone')],
    ['the key was revoked', 'PROVIDER.KEY_REFUSED', (w: World) => w.memory.revokeKey(true)],
    ['the type is sold out', 'PROVIDER.SOLD_OUT', (w: World) => w.memory.sellOut('m2')],
  ])('%s', async (_name, code, prepare) => {
    const world = await makeWorld({ kind: 'resize', off: true, wish: { type: 'm2' } }, false);
    prepare(world);
    await expect(drive(world, 'resize', plain)).rejects.toMatchObject({ code });
  });

  it('an action that fails says why; a machine that ignores the shutdown too', async () => {
    const world = await makeWorld({ kind: 'resize', off: true, wish: { type: 'm2' } }, true);
    const failing = { ...world.memory, finish: () => world.memory.failAction('no room on the host') };
    await expect(drive({ ...world, memory: failing }, 'resize', plain)).rejects.toMatchObject({ code: 'PROVIDER.ACTION_FAILED', message: expect.stringContaining('no room') });
    const deaf = await makeWorld({ kind: 'shutdown' }, false);
    await expect(drive({ ...deaf, memory: { ...deaf.memory, power: async () => null } }, 'shutdown', plain)).rejects.toMatchObject({ code: 'SERVER.DID_NOT_SHUT_DOWN' });
  });
});
