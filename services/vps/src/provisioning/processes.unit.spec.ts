import { describe, expect, it } from '@jest/globals';
import { SET_UP_STEPS, type SetUpStep } from '@xanthus/proto/vps';
import { sayings } from '../providers/provider.errors.js';
import { expectNothingUnlisted } from './invariants.fixture.js';
import { startProcesses, type MachineFaults, type Processes } from './processes.fixture.js';

const say = sayings('Memory');

const started = (faults: MachineFaults = {}): Processes => {
  const p = startProcesses();
  Object.assign(p.faults, faults);
  p.startRunner();
  return p;
};
const types = (p: Processes, id: string): string[] => p.events(id).map(e => e.type);
const expectNoTrace = async (p: Processes, id: string, name = 'web-1'): Promise<void> => {
  expect([p.row(id), p.setUp(id), p.provider.world.servers.size, p.provider.world.keys.size, p.secrets.size]).toEqual([undefined, undefined, 0, 0, 0]);
  expect(await p.holds(name)).toBe(false);
  await expectNothingUnlisted(p);
};
/** Kills the runner when it has just begun this step. */
const killAt = (p: Processes, step: SetUpStep): void => {
  p.onPoint = ({ what, when }) => what === 'append StepStarted' && when === 'after' && (p.store.all().at(-1)?.data as { readonly step?: string } | undefined)?.step === step;
};

describe('making a server', () => {
  it('takes every step once, and ends with one machine that is ready', async () => {
    const p = started();
    const id = await p.create('web-1');
    await p.time.run();
    expect(p.row(id)).toMatchObject({ lifecycle: 'ready', status: 'reachable', host: '192.0.2.1', provider_ref: expect.any(String), facts: { k3s: expect.any(String) } });
    expect(p.setUp(id)).toMatchObject({ state: 'finished', next: [], problem: null, step: null });
    expect(p.setUp(id)?.steps.map(s => [s.name, s.state, s.attempt])).toEqual(SET_UP_STEPS.map(s => [s, 'done', 1]));
    expect(p.provider.world.calls.filter(c => c === 'createServer')).toHaveLength(1);
    expect(types(p, id).filter(t => t === 'StepStarted')).toHaveLength(SET_UP_STEPS.length);
    await expectNothingUnlisted(p);
  });

  it('goes on by itself after what passes, and says when', async () => {
    const p = started();
    const retry_at = new Date(p.time.now() + 90_000).toISOString();
    p.provider.fault('ensureSshKey', { refusal: say.rateLimited(retry_at) });
    p.provider.fault('createServer', { refusal: say.unavailable('503'), times: 2 });
    p.provider.fault('server', { refusal: say.unreadable('GET /servers/1') });
    const id = await p.create('web-1');
    await p.time.run(() => p.setUp(id)?.retry_at !== null && p.setUp(id)?.retry_at !== undefined);
    expect(p.setUp(id)).toMatchObject({ state: 'running', retry_at, problem: { code: 'PROVIDER.RATE_LIMITED' }, next: ['cancel'] });
    await p.time.run();
    expect(p.row(id)?.lifecycle).toBe('ready');
    const [failed] = p.events(id).filter(e => e.type === 'StepFailed');
    const again = p.events(id).find(e => e.type === 'StepStarted' && e.seq > (failed?.seq ?? 0));
    expect(again?.occurred_at.localeCompare(retry_at)).toBeGreaterThanOrEqual(0);
    await expectNothingUnlisted(p);
  });

  it('finds its machine when the answer to the order was lost', async () => {
    const p = started();
    p.provider.fault('createServer', { refusal: say.timeout(), after: true });
    const id = await p.create('web-1');
    await p.time.run();
    expect(p.row(id)?.lifecycle).toBe('ready');
    expect(p.provider.world.servers.size).toBe(1);
  });

  it('waits for a machine that lets nobody in yet, and for one that is lost for a while', async () => {
    const p = started({ ssh: { code: 'SERVER.REFUSED', times: 12 } });
    const id = await p.create('web-1');
    await p.time.run(() => p.setUp(id)?.step === 'k3s');
    p.faults.ssh = { code: 'SERVER.DISCONNECTED', times: 8 };
    await p.time.run();
    expect(p.row(id)?.lifecycle).toBe('ready');
  });

  it('starts a script that ended without a word once more', async () => {
    const p = started({ dies: 'INSTALLING_HELM' });
    const id = await p.create('web-1');
    await p.time.run();
    expect(p.row(id)?.lifecycle).toBe('ready');
    expect(p.events(id).filter(e => e.type === 'StepFailed').map(e => (e.data as { code: string }).code)).toEqual(['SETUP.INTERRUPTED']);
  });
});

describe('what fails', () => {
  const rows: readonly [string, (p: Processes) => void, SetUpStep, string, RegExp][] = [
    ['a type that is sold out', p => p.provider.sellOut('m1'), 'server', 'PROVIDER.SOLD_OUT', /Choose another/],
    ['a limit of the account', p => p.provider.fault('createServer', { refusal: say.quota('server limit') }), 'server', 'PROVIDER.QUOTA_REACHED', /higher limit/],
    ['an unknown type', p => p.provider.fault('createServer', { refusal: say.unknownType('m1') }), 'server', 'PROVIDER.UNKNOWN_TYPE', /Choose another/],
    ['a name that somebody else has there', p => p.provider.fault('createServer', { refusal: say.nameTaken('web-1') }), 'server', 'PROVIDER.NAME_TAKEN', /another name/],
    ['a key that is revoked', p => p.provider.revokeKey(true), 'key', 'PROVIDER.KEY_REFUSED', /Make a new one/],
    ['a provider that is down for long', p => p.provider.fault('ensureSshKey', { refusal: say.unavailable('503'), times: 10 }), 'key', 'PROVIDER.UNAVAILABLE', /try again/],
    ['a limit that ends tomorrow', p => p.provider.fault('ensureSshKey', { refusal: say.rateLimited(new Date(p.time.now() + 86_400_000).toISOString()) }), 'key', 'PROVIDER.RATE_LIMITED', /until/],
    ['an API that answers HTML', p => p.provider.fault('createServer', { refusal: say.unreadable('POST /servers'), times: 10 }), 'server', 'PROVIDER.UNREADABLE', /not its API/],
    ['a machine that never listens', p => { p.faults.ssh = { code: 'SERVER.REFUSED', times: 1e6 }; }, 'ssh', 'SERVER.SET_UP_TIMEOUT', /Try again, or delete/],
    ['a machine that answers nothing at all', p => { p.faults.hangs = true; }, 'ssh', 'SERVER.SET_UP_TIMEOUT', /Try again, or delete/],
    ['another host key', p => { p.faults.otherKey = true; }, 'ssh', 'SERVER.HOST_KEY_CHANGED', /not the one that it was given/],
    ['K3s that never gets ready', p => { p.faults.stuck = 'WAITING_K3S'; }, 'k3s', 'SERVER.SET_UP_TIMEOUT', /node is ready/],
    ['K3s that says why', p => { p.faults.fails = { step: 'k3s', code: 'NODE_NOT_READY', times: 9 }; }, 'k3s', 'SETUP.NODE_NOT_READY', /more memory/],
    ['a full disk', p => { p.faults.fails = { step: 'prepare', code: 'DISK_FULL', times: 9 }; }, 'prepare', 'SETUP.DISK_FULL', /Free at least/],
    ['a clock that is wrong', p => { p.faults.fails = { step: 'prepare', code: 'CLOCK_SKEW', times: 9 }; }, 'prepare', 'SETUP.CLOCK_SKEW', /time synchronisation/],
    ['a system that is not known', p => { p.faults.fails = { step: 'prepare', code: 'UNKNOWN_OS', times: 9 }; }, 'prepare', 'SETUP.UNKNOWN_OS', /Ubuntu/],
    ['downloads that fail', p => { p.faults.fails = { step: 'helm', code: 'DOWNLOAD', times: 9 }; }, 'helm', 'SETUP.DOWNLOAD', /firewall or proxy/],
    ['Traefik that does not come', p => { p.faults.fails = { step: 'traefik', code: 'TRAEFIK_NOT_READY', times: 9 }; }, 'traefik', 'SETUP.TRAEFIK_NOT_READY', /pods/],
  ];

  it.each(rows)('%s: is a clear state at its step, and goes on from there when it is mended', async (_name, breakIt, step, code, words) => {
    const p = started();
    breakIt(p);
    const id = await p.create('web-1');
    await p.time.run();
    expect(p.row(id)).toMatchObject({ lifecycle: 'failed', setup_step: step, lifecycle_problem: { code, message: expect.stringMatching(words) } });
    expect(p.setUp(id)).toMatchObject({ state: 'failed', step, problem: { code }, next: ['retry', 'cancel'], retry_at: null });
    await expectNothingUnlisted(p);

    p.provider.revokeKey(false);
    p.provider.sellOut('m1', false);
    for (const name of Object.keys(p.faults)) delete p.faults[name as keyof MachineFaults];
    if (code === 'SERVER.HOST_KEY_CHANGED') await p.tell(id, { type: 'AcceptHostKey', data: { fingerprint: `SHA256:${'b'.repeat(43)}` } });
    await p.retry(id);
    await p.time.run();
    expect(p.row(id)?.lifecycle).toBe('ready');
    expect(p.provider.world.servers.size).toBe(1);
    await expectNothingUnlisted(p);
  });

  it('a machine that vanished is ordered again when somebody says so', async () => {
    const p = started();
    killAt(p, 'boot');
    const id = await p.create('web-1');
    await p.time.run(() => p.runners() === 0);
    for (const ref of p.provider.world.servers.keys()) p.provider.change(ref, 'gone');
    p.onPoint = () => false;
    p.startRunner();
    await p.time.run();
    expect(p.row(id)).toMatchObject({ lifecycle: 'failed', setup_step: 'boot', lifecycle_problem: { code: 'SERVER.VANISHED' } });
    await p.retry(id, 'server');
    await p.time.run();
    expect(p.row(id)?.lifecycle).toBe('ready');
    await expectNothingUnlisted(p);
  });
});

describe('cancelling', () => {
  it.each(SET_UP_STEPS)('at the step %s leaves nothing behind, and frees the name', async step => {
    const p = started();
    killAt(p, step);
    const id = await p.create('web-1');
    await p.time.run(() => p.runners() === 0);
    await p.cancel(id);
    p.onPoint = () => false;
    p.startRunner();
    await p.time.run();
    await expectNoTrace(p, id);
    const told = types(p, id);
    expect(told.slice(-2)).toEqual(['ProvisioningCancelled', 'ServerDeleted']);
    expect(told.indexOf('ProvisioningCancelRequested')).toBeLessThan(told.indexOf('RemovalFinished'));
  });

  it('before a runner has come to it', async () => {
    const p = startProcesses();
    const id = await p.create('web-1');
    await p.cancel(id);
    p.startRunner();
    await p.time.run();
    await expectNoTrace(p, id);
    expect(p.provider.world.calls).toEqual([]);
  });

  it('while the order is on its way takes the machine away that comes of it', async () => {
    const p = started();
    const order = p.provider.hold('createServer');
    const id = await p.create('web-1');
    void order.reached.then(() => p.cancel(id)).then(() => order.release());
    await p.time.run();
    await expectNoTrace(p, id);
  });

  it('a set-up that is no creation stops the script and leaves the server', async () => {
    const p = started();
    const id = await p.create('web-1');
    await p.time.run();
    await p.install(id);
    await p.time.run(() => p.setUp(id)?.step === 'k3s');
    expect(p.row(id)?.lifecycle).toBe('setting-up');
    await p.cancel(id);
    await p.time.run();
    expect([p.row(id)?.lifecycle, p.setUp(id)?.state, p.provider.world.servers.size, p.pending()]).toEqual(['ready', 'cancelled', 1, []]);
  });
});

describe('installing K3s on a server that is there', () => {
  it('that fails is tried again or put aside, and the server stays', async () => {
    const p = started();
    const id = await p.create('web-1');
    await p.time.run();
    p.faults.fails = { step: 'traefik', code: 'UNKNOWN_OS', times: 1 };
    await p.install(id);
    await p.time.run();
    expect([p.row(id)?.lifecycle, p.setUp(id)?.state, p.setUp(id)?.next]).toEqual(['failed', 'failed', ['retry', 'cancel']]);
    await p.retry(id);
    await p.time.run();
    expect([p.row(id)?.lifecycle, p.setUp(id)?.state, p.setUp(id)?.kind]).toEqual(['ready', 'finished', 'install']);
    p.faults.fails = { step: 'traefik', code: 'UNKNOWN_OS', times: 1 };
    await p.install(id);
    await p.time.run();
    await p.cancel(id);
    await p.time.run();
    expect([p.row(id)?.lifecycle, p.setUp(id)?.state, p.provider.world.servers.size, p.pending()]).toEqual(['ready', 'cancelled', 1, []]);
  });

  it('waits for a server that is not made to its end', async () => {
    const p = started();
    const id = await p.create('web-1');
    await p.time.run(() => p.setUp(id)?.step === 'k3s');
    await expect(p.install(id)).rejects.toMatchObject({ code: 'SERVER.NOT_ALLOWED_NOW' });
    p.faults.fails = { step: 'k3s', code: 'UNKNOWN_OS', times: 9 };
    await p.time.run();
    await p.retry(id);
    await p.time.run();
    await expect(p.install(id)).rejects.toMatchObject({ code: 'SERVER.NOT_ALLOWED_NOW' });
    await p.cancel(id);
    await p.time.run();
    await expectNoTrace(p, id);
  });
});

describe('deleting', () => {
  const ready = async (): Promise<{ p: Processes; id: string }> => {
    const p = started();
    const id = await p.create('web-1');
    await p.time.run();
    return { p, id };
  };
  const remove = { type: 'Delete', data: { confirm_name: 'web-1' } } as const;

  it('a ready server takes all of it away, and frees the name', async () => {
    const { p, id } = await ready();
    await p.tell(id, remove);
    await p.time.run();
    await expectNoTrace(p, id);
    expect(types(p, id).at(-1)).toBe('ServerDeleted');
  });

  it('a ready server leaves a copy alone that somebody made of it outside, labels and all', async () => {
    const { p, id } = await ready();
    const [own] = [...p.provider.world.servers.values()];
    if (!own) throw new Error('there is no machine');
    p.provider.world.servers.set('copy', { ...own, ref: 'copy', name: 'web-1-copy' });
    await p.tell(id, remove);
    await p.time.run();
    expect(p.row(id)).toBeUndefined();
    expect([...p.provider.world.servers.values()].map(s => s.name)).toEqual(['web-1-copy']);
  });

  it('a server that is still being made stops that first', async () => {
    const p = started();
    const id = await p.create('web-1');
    await p.time.run(() => p.setUp(id)?.step === 'k3s');
    await p.tell(id, remove);
    await p.time.run();
    await expectNoTrace(p, id);
  });

  it('a server whose making failed, and one whose machine somebody deleted already', async () => {
    const p = started({ fails: { step: 'k3s', code: 'NODE_NOT_READY', times: 9 } });
    const id = await p.create('web-1');
    await p.time.run();
    for (const ref of p.provider.world.servers.keys()) p.provider.change(ref, 'gone');
    await p.tell(id, remove);
    await p.time.run();
    await expectNoTrace(p, id);
  });

  it('a server whose account was disconnected in the moment of its order comes to its end', async () => {
    const p = started({ disconnected: true });
    const id = await p.create('web-1');
    await p.time.run();
    expect(p.row(id)).toMatchObject({ lifecycle: 'failed', lifecycle_problem: { code: 'PROVIDER.NOT_CONNECTED' } });
    await p.cancel(id);
    await p.time.run();
    await expectNoTrace(p, id);
  });

  it('that fails stays listed with the reason, and goes on when somebody says so', async () => {
    const { p, id } = await ready();
    p.provider.revokeKey(true);
    await p.tell(id, remove);
    await p.time.run();
    expect(p.row(id)).toMatchObject({ lifecycle: 'removal-failed', lifecycle_problem: { code: 'PROVIDER.KEY_REFUSED', message: expect.stringContaining('costing money') } });
    expect(p.setUp(id)).toMatchObject({ state: 'removal-failed', next: ['delete'] });
    await expectNothingUnlisted(p);
    p.provider.revokeKey(false);
    await p.tell(id, remove);
    await p.time.run();
    await expectNoTrace(p, id);
  });

  it('is seen to be gone: a machine that is still there keeps the server listed', async () => {
    const { p, id } = await ready();
    p.provider.fault('deleteServer', { refusal: say.locked(), times: 99 });
    await p.tell(id, remove);
    await p.time.run();
    expect(p.row(id)).toMatchObject({ lifecycle: 'removal-failed', lifecycle_problem: { code: 'PROVIDER.LOCKED' } });
    expect(p.provider.world.servers.size).toBe(1);
    await expectNothingUnlisted(p);
  });
});
