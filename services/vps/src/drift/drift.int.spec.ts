/** Costs and drift on real servers, against the emulated API of Hetzner: what somebody does there is found, and answered. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { JetStreamEventStore, KvSnapshotStore } from '@xanthus/jetstream';
import { AggregateCache, handle, newId, Refusal, type AggregateType } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import { acceptDrift, checkDrift, checkProvider, connectProvider, costReport, disconnectProvider, ignoreDrift, renameServer, revertDrift, type DriftKind } from '@xanthus/proto/vps';
import { eventually } from '@xanthus/testing';
import { startVps } from '../index.js';
import { ourLabels } from '../providers/provider.js';
import { serverDecider, serverType } from '../server/server.decide.js';
import { KEY } from '../server/server.fixtures.js';
import type { ServerEvent, ServerState } from '../server/server.js';
import type { CostRow } from '../views/costs.js';
import type { DriftRow } from '../views/drift.js';
import { startTestGround, TENANT, type TestGround } from '../vps.fixtures.js';
import { snapshotId } from './left-snapshots.js';
import { strangerId } from './reconcile.js';

const HOUR = 3_600_000;
const PATIENT = { timeout: 60_000, every: 50 };

let h: HetznerEmulator;
let ground: TestGround;
let vps: RunningService;
let provider: string;
let base: Parameters<typeof handle>[0];

/** Compares that often by itself, s. */
const start = (every: string): Promise<RunningService> => startVps({ ...ground.env('vps'), XANTHUS_HETZNER_URL: h.url, XANTHUS_DRIFT_SECONDS: every, XANTHUS_PROVIDER_VERIFY_SECONDS: '3600' });

beforeAll(async () => {
  h = await startHetznerEmulator({ actionTime: 5 });
  ground = await startTestGround();
  vps = await start('86400');
  const nc = await ground.as('vps');
  base = { store: new JetStreamEventStore(nc, 'vps'), snapshots: new KvSnapshotStore(nc, 'vps'), cache: new AggregateCache() };
  provider = (await ground.asOwner(connectProvider, { input: { kind: 'hetzner', name: 'Shop', key: { value: h.token } } })).id;
});
afterAll(async () => {
  await vps?.stop();
  await ground?.stop();
  await h?.stop();
});

/** Writes what happened, whatever anybody would have decided. */
const happened: AggregateType<ServerState, readonly ServerEvent[], ServerEvent> = { ...serverType, decider: { ...serverDecider, decide: (_state, events) => events } };

const write = (id: string, events: readonly ServerEvent[]): Promise<unknown> => {
  const at = newId();
  return handle(base, happened, { tenant: TENANT, id, actor: { kind: 'system', id: 'spec' }, now: new Date().toISOString(), command_id: at, correlation_id: at }, events);
};

/** A server that was made here some hours ago, with its machine. */
const made = async (name: string, hours = 1, called = name): Promise<{ readonly id: string; readonly ref: number }> => {
  const id = newId();
  const machine = await h.addServerOutside({ name: called, labels: ourLabels(TENANT, id), created: Date.now() - hours * HOUR });
  await write(id, [
    { type: 'ServerRequested', data: {
      name: called, provider: 'hetzner', provider_id: provider, location: 'fsn1', type: 'cx23', image: 'ubuntu-24.04', user: 'root', port: 22, credential: { kind: 'private_key', secret: `server-${id}-1` }, public_key: 'ssh-ed25519 AAAA',
      host_key: KEY, host_key_secret: `server-hostkey-${id}-1`, authorized_keys: [], time_zone: 'Etc/UTC', price: null,
    } },
    ...(called === name ? [] : [{ type: 'ServerRenamed', data: { name } } as const]),
    { type: 'ServerPlaced', data: { host: machine.address, port: 22, provider_ref: String(machine.id) } },
    { type: 'ServerBecameReady', data: {} },
  ]);
  await ground.server(id, r => r.lifecycle === 'ready' && r.provider_ref !== undefined);
  return { id, ref: machine.id };
};

const atHetzner = async (method: 'POST' | 'DELETE', path: string, body?: object): Promise<{ readonly image?: { readonly id: number } }> => {
  const answer = await fetch(`${h.url}${path}`, { method, headers: { authorization: `Bearer ${h.token}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return (answer.status === 204 ? {} : await answer.json()) as { readonly image?: { readonly id: number } };
};
const snapshot = async (ref: number, description: string, labels: Readonly<Record<string, string>>): Promise<number> => {
  const { image } = await atHetzner('POST', `/servers/${ref}/actions/create_image`, { type: 'snapshot', description, labels });
  await h.finishActions();
  return image?.id ?? 0;
};

const check = () => ground.asOwner(checkDrift, { input: {} });
const row = async (id: string): Promise<DriftRow | undefined> => (await ground.views.get<DriftRow>(`${TENANT}.drift.${id}`))?.data;
const findings = (id: string, ...kinds: DriftKind[]): Promise<DriftRow> => eventually(async () => {
  const found = await row(id);
  return found && found.findings.map(f => f.kind).join() === kinds.join() ? found : undefined;
}, PATIENT);
const settled = (id: string): Promise<unknown> => eventually(async () => await row(id) === undefined, PATIENT);
const costs = (id: string, fits: (row: CostRow) => boolean): Promise<CostRow> => eventually(async () => {
  const found = (await ground.views.get<CostRow>(`${TENANT}.costs.${id}`))?.data;
  return found && fits(found) ? found : undefined;
}, PATIENT);
const accept = (id: string, kind: DriftKind, actual: string | null) => ground.asOwner(acceptDrift, { id, input: { kind, actual } });
const revert = (id: string, kind: DriftKind, actual: string | null, confirm_name?: string) => ground.asOwner(revertDrift, { id, input: { kind, actual, ...(confirm_name !== undefined && { confirm_name }) } });
const refused = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (e: unknown) => e);
  if (!(error instanceof Refusal)) throw new Error('it was not refused', { cause: error });
  return error.code;
};

describe('costs', () => {
  it('a server is priced as soon as it is placed, from when it was made; the report adds up', async () => {
    const { id } = await made('cost-1', 3);
    const { periods, since } = await costs(id, () => true);
    expect(periods).toMatchObject([{ type: 'cx23', location: 'fsn1', currency: 'EUR', monthly: { net: '2.9900000000' }, ipv4: { monthly: { net: '0.5000000000' } }, to: null }]);
    expect(Date.now() - Date.parse(since)).toBeGreaterThan(2 * HOUR);
    const report = await ground.asOwner(costReport, { id: 'all', input: {} });
    expect(report.servers.find(s => s.id === id)).toMatchObject({ name: 'cost-1', type: 'cx23', monthly: { net: '3.4900' }, hourly: { net: '0.005600' } });
    const [total] = report.totals;
    expect(total?.currency).toBe('EUR');
    expect(report.days.reduce((all, d) => all + Math.round(Number(d.net) * 10_000), 0)).toBe(Math.round(Number(total?.forecast.net) * 10_000));
  });

  it('a new price is noted, and counts from then on', async () => {
    const { id } = await made('cost-2');
    await costs(id, () => true);
    h.setPrice('cx23', { hourly: '0.0064', monthly: '3.99' }, 'fsn1');
    await check();
    expect(await costs(id, r => r.periods.length === 2)).toMatchObject({ periods: [{ monthly: { net: '2.9900000000' }, to: expect.any(String) }, { monthly: { net: '3.9900000000' }, to: null }] });
    await check();
    expect((await costs(id, () => true)).periods).toHaveLength(2);
  });
});

describe('drift', () => {
  it('nothing differs: one list call, and nothing is written', async () => {
    const { id } = await made('calm');
    await costs(id, () => true);
    const before = h.requests.length;
    const { accounts } = await check();
    expect(accounts).toMatchObject([{ provider_id: provider, name: 'Shop', checked: true, findings: 0 }]);
    expect(h.requests.slice(before).filter(r => r.path.startsWith('/servers')).map(r => `${r.method} ${r.path}`)).toEqual(['GET /servers']);
    expect(await row(id)).toBeUndefined();
  });

  it('renamed: accepted, the server takes the name; reverted, its provider gives it back', async () => {
    const { id, ref } = await made('named');
    h.renameOutside(ref, 'other-name');
    await check();
    expect((await findings(id, 'renamed')).findings).toMatchObject([{ expected: 'named', actual: 'other-name', state: 'open', failed: null }]);
    expect(await refused(accept(id, 'renamed', 'something'))).toBe('DRIFT.CHANGED');
    await accept(id, 'renamed', 'other-name');
    await ground.server(id, r => r.name === 'other-name');
    await settled(id);
    h.renameOutside(ref, 'third-name');
    await check();
    await findings(id, 'renamed');
    await revert(id, 'renamed', 'third-name');
    expect(h.server(ref)?.name).toBe('other-name');
    await settled(id);
  });

  it('a name that is taken meanwhile is kept beside the finding', async () => {
    const { id, ref } = await made('wanted');
    h.renameOutside(ref, 'moved');
    await h.addServerOutside({ name: 'wanted' });
    await check();
    await findings(id, 'renamed');
    expect(await refused(revert(id, 'renamed', 'moved'))).toBe('PROVIDER.NAME_TAKEN');
    await eventually(async () => (await row(id))?.findings[0]?.failed?.code === 'PROVIDER.NAME_TAKEN', PATIENT);
    await accept(id, 'renamed', 'moved');
    await settled(id);
  });

  it('renamed here, it is renamed at its provider', async () => {
    const { id, ref } = await made('before');
    await ground.asOwner(renameServer, { id, input: { name: 'after' } });
    await eventually(() => h.server(ref)?.name === 'after', PATIENT);
    const hasty = await made('late', 1, 'early');
    await eventually(() => h.server(hasty.ref)?.name === 'late', PATIENT);
  });

  it('what was found in an account is forgotten with it', async () => {
    const project = h.addProject('Second');
    const other = await ground.asOwner(connectProvider, { input: { kind: 'hetzner', name: 'Second', key: { value: h.addToken({ project }) } } });
    const orphan = await h.addServerOutside({ name: 'left', labels: ourLabels(TENANT), project });
    const id = strangerId({ tenant: TENANT, id: other.id }, String(orphan.id));
    await eventually(async () => await ground.views.get(`${TENANT}.providers.${other.id}`), PATIENT);
    expect((await check()).accounts.map(a => [a.name, a.findings]).sort()).toEqual([['Second', 1], ['Shop', 0]]);
    await findings(id, 'unknown');
    await ground.asOwner(disconnectProvider, { id: other.id, input: {} });
    await settled(id);
    await eventually(async () => await ground.views.get(`${TENANT}.providers.${other.id}`) === undefined, PATIENT);
  });

  it('switched off: reverted, an operation switches it on again; accepted, it is known to be off', async () => {
    const { id, ref } = await made('power');
    await h.powerOutside(ref, 'off');
    await check();
    await findings(id, 'powered');
    await revert(id, 'powered', 'off');
    await eventually(() => h.server(ref)?.status === 'running', PATIENT);
    await settled(id);
    await ground.server(id, r => r.operation === undefined && r.power === 'running');
    await h.powerOutside(ref, 'off');
    await check();
    await findings(id, 'powered');
    await accept(id, 'powered', 'off');
    await ground.server(id, r => r.power === 'off');
    await settled(id);
    expect((await check()).accounts[0]?.findings).toBe(0);
  });

  it('resized: accepted, it is known by its type and costs its price; reverted once it is off', async () => {
    const { id, ref } = await made('size');
    await costs(id, () => true);
    h.resizeOutside(ref, 'cx33');
    await check();
    await findings(id, 'resized');
    expect(await refused(revert(id, 'resized', 'cx33'))).toBe('SERVER.NOT_ALLOWED_NOW');
    await accept(id, 'resized', 'cx33');
    await ground.server(id, r => r.type === 'cx33');
    await costs(id, r => r.periods.at(-1)?.type === 'cx33' && r.periods.at(-2)?.type === 'cx23');
    await settled(id);
    h.resizeOutside(ref, 'cx43');
    await h.powerOutside(ref, 'off');
    await check();
    await findings(id, 'resized', 'powered');
    await accept(id, 'powered', 'off');
    await ground.server(id, r => r.power === 'off');
    await revert(id, 'resized', 'cx43');
    await eventually(() => h.server(ref)?.type === 'cx33', PATIENT);
    await settled(id);
  });

  it('ignored, it is not told again until it changes; over by itself, it is gone', async () => {
    const { id, ref } = await made('quiet');
    h.renameOutside(ref, 'noise');
    await check();
    await findings(id, 'renamed');
    await ground.asOwner(ignoreDrift, { id, input: { kind: 'renamed', actual: 'noise' } });
    await eventually(async () => (await row(id))?.findings[0]?.state === 'ignored', PATIENT);
    await check();
    expect((await row(id))?.findings).toMatchObject([{ state: 'ignored' }]);
    h.renameOutside(ref, 'noisier');
    await check();
    await eventually(async () => (await row(id))?.findings[0]?.state === 'open', PATIENT);
    h.renameOutside(ref, 'quiet');
    await check();
    await settled(id);
  });

  it('missing: it can only be accepted, and is taken off the list', async () => {
    const { id, ref } = await made('lost');
    await h.removeOutside(ref);
    await check();
    await findings(id, 'missing');
    expect(await refused(revert(id, 'missing', null))).toBe('DRIFT.NOT_POSSIBLE');
    await accept(id, 'missing', null);
    await eventually(async () => { const server = (await ground.views.get<{ lifecycle?: string }>(`${TENANT}.servers.${id}`))?.data; return !server || server.lifecycle === 'deleting'; }, PATIENT);
  });

  it('unknown: deleted when its name is typed, or let go of; one that carries no label of ours is nobody\'s business', async () => {
    await h.addServerOutside({ name: 'private' });
    await h.addServerOutside({ name: 'globex-1', labels: ourLabels('globex', newId()) });
    const one = await h.addServerOutside({ name: 'orphan.1', labels: ourLabels(TENANT, newId()) });
    const two = await h.addServerOutside({ name: 'orphan-2', labels: { ...ourLabels(TENANT), team: 'a' } });
    const [first, second] = [one, two].map(m => strangerId({ tenant: TENANT, id: provider }, String(m.id))) as [string, string];
    await check();
    expect(await findings(first, 'unknown')).toMatchObject({ server: null, name: 'orphan.1', provider_ref: String(one.id) });
    await findings(second, 'unknown');
    expect((await ground.views.list<DriftRow>(TENANT, 'drift')).map(r => r.value.data.name).sort()).toEqual(['orphan-2', 'orphan.1']);
    expect(await refused(revert(first, 'unknown', 'orphan.1'))).toBe('DRIFT.NAME_NOT_CONFIRMED');
    await revert(first, 'unknown', 'orphan.1', 'orphan.1');
    expect(h.server(one.id)).toBeUndefined();
    await accept(second, 'unknown', 'orphan-2');
    expect(h.server(two.id)?.labels).toEqual({ team: 'a' });
    await settled(first);
    await settled(second);
    expect((await check()).accounts[0]?.findings).toBe(0);
  });

  it('a snapshot of a server that was deleted here: with its price, kept or deleted; those of others are left alone', async () => {
    const { id, ref } = await made('shot');
    await costs(id, () => true);
    const [one, two] = [await snapshot(ref, 'first', ourLabels(TENANT, id)), await snapshot(ref, 'second', ourLabels(TENANT, id))];
    await snapshot(ref, 'of-globex', ourLabels('globex', id));
    await snapshot(ref, 'private', {});
    expect((await check()).accounts[0]?.findings).toBe(0);
    await h.removeOutside(ref);
    await write(id, [{ type: 'ServerDeleted', data: {} }]);
    await eventually(async () => await ground.views.get(`${TENANT}.servers.${id}`) === undefined, PATIENT);
    expect((await check()).accounts[0]?.findings).toBe(2);
    const [first, second] = [one, two].map(s => snapshotId({ tenant: TENANT, id: provider }, String(s))) as [string, string];
    expect(await findings(first, 'snapshot')).toMatchObject({
      server: null, name: 'first', provider_ref: String(one),
      findings: [{ actual: 'first', state: 'open', snapshot: { of: 'shot', size_bytes: 2_300_000_000, price: { currency: 'EUR', monthly: { net: '0.0253', gross: '0.0301' } } } }],
    });
    await findings(second, 'snapshot');
    expect((await ground.views.list<DriftRow>(TENANT, 'drift')).map(r => r.value.data.name).sort()).toEqual(['first', 'second']);
    expect(await refused(accept(first, 'snapshot', 'first'))).toBe('DRIFT.NOT_POSSIBLE');
    expect(await refused(revert(first, 'snapshot', 'second'))).toBe('DRIFT.CHANGED');
    await revert(first, 'snapshot', 'first');
    await settled(first);
    expect(h.snapshots().map(s => s.description).sort()).toEqual(['of-globex', 'private', 'second']);
    await ground.asOwner(ignoreDrift, { id: second, input: { kind: 'snapshot', actual: 'second' } });
    await eventually(async () => (await row(second))?.findings[0]?.state === 'ignored', PATIENT);
    expect((await check()).accounts[0]?.findings).toBe(1);
    expect((await row(second))?.findings).toMatchObject([{ state: 'ignored', snapshot: { of: 'shot' } }]);
    await atHetzner('DELETE', `/images/${two}`);
    expect(await refused(revert(second, 'snapshot', 'second'))).toBe('DRIFT.NOT_FOUND');
    await check();
    await settled(second);
  });

  it('a server whose labels somebody took off is not missing', async () => {
    const { id, ref } = await made('bare');
    h.relabelOutside(ref, {});
    expect((await check()).accounts[0]?.findings).toBe(0);
    expect(await row(id)).toBeUndefined();
  });

  it('a server is nobody unknown to another key of its project, whatever its labels say', async () => {
    const { id, ref } = await made('twice');
    const second = await ground.asOwner(connectProvider, { input: { kind: 'hetzner', name: 'Shop again', key: { value: h.addToken() } } });
    await eventually(async () => (await ground.views.get(`${TENANT}.providers.${second.id}`)) !== undefined, PATIENT);
    h.relabelOutside(ref, ourLabels(TENANT));
    expect((await check()).accounts.map(a => a.findings)).toEqual([0, 0]);
    expect(await refused(revert(strangerId({ tenant: TENANT, id: second.id }, String(ref)), 'unknown', 'twice', 'twice'))).toBe('DRIFT.NOT_FOUND');
    expect(h.server(ref)).toBeDefined();
    await ground.asOwner(disconnectProvider, { id: second.id, input: {} });
    await eventually(async () => (await ground.views.get(`${TENANT}.providers.${second.id}`)) === undefined, PATIENT);
    expect(await row(id)).toBeUndefined();
  });

  it('an account that can\'t be asked says why, and nothing is concluded', async () => {
    const { id } = await made('safe');
    h.revoke(h.token);
    const { accounts: [shut] } = await check();
    expect(shut).toMatchObject({ checked: false, reason: { code: 'PROVIDER.KEY_REFUSED' }, findings: 0 });
    expect(await row(id)).toBeUndefined();
    h.restore(h.token);
    expect((await ground.asOwner(checkProvider, { id: provider, input: {} })).state).toBe('connected');
  });

  it('is found without being asked for, and over by itself; with a new price on the way', async () => {
    const { id, ref } = await made('alone');
    await costs(id, () => true);
    await vps.stop();
    h.setPrice('cx23', { hourly: '0.0072', monthly: '4.49' }, 'fsn1');
    h.renameOutside(ref, 'drifting');
    const before = h.requests.length;
    vps = await start('1');
    await findings(id, 'renamed');
    await costs(id, r => r.periods.at(-1)?.monthly.net === '4.4900000000');
    h.renameOutside(ref, 'alone');
    await settled(id);
    // snapshots at the first look, and then rarely
    const asked = (path: string): number => h.requests.slice(before).filter(r => r.method === 'GET' && r.path === path).length;
    const snapshots = asked('/images');
    expect(snapshots).toBeGreaterThan(0);
    expect(snapshots).toBeLessThanOrEqual(Math.ceil(asked('/servers') / 10));
  });
});
