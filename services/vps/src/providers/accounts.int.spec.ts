/** Accounts at providers on real servers: connected, asked, refused and accepted again, disconnected. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { JetStreamEventStore, Views } from '@xanthus/jetstream';
import { handleCommand, newId, Refusal } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import type { DataOf, InputOf } from '@xanthus/proto';
import { putSecret, type secretView } from '@xanthus/proto/auth';
import {
  checkProvider, connectProvider, disconnectProvider, type accountBudgetView, providerImages, providerKinds, providerLocations, renameProvider, replaceProviderKey, serverTypes, validateName,
} from '@xanthus/proto/vps';
import { eventually } from '@xanthus/testing';
import { startVps } from '../index.js';
import { serverType, type ServerCommand } from '../server/server.decide.js';
import type { ProviderRow } from '../views/providers.js';
import { startTestGround, TENANT, type TestGround } from '../vps.fixtures.js';

let ground: TestGround;
let vps: RunningService;
let h: HetznerEmulator;
let auth: Views;

beforeAll(async () => {
  h = await startHetznerEmulator({ actionTime: 5 });
  ground = await startTestGround();
  auth = new Views(await ground.as('gateway'), 'auth');
  vps = await startVps({ ...ground.env('vps'), XANTHUS_HETZNER_URL: h.url, XANTHUS_PROVIDER_VERIFY_SECONDS: '1' });
});
afterAll(async () => {
  await vps?.stop();
  await auth?.stop();
  await ground?.stop();
  await h?.stop();
});

let count = 0;
const connect = (more: Partial<InputOf<typeof connectProvider>> = {}, key?: string) =>
  ground.asOwner(connectProvider, { input: { kind: 'hetzner', name: `account ${++count}`, key: { value: h.addToken({ project: h.addProject(`p${count}`) }) }, ...more }, ...(key !== undefined && { idempotency_key: key }) });
const row = (id: string, fits: (row: ProviderRow) => boolean = () => true): Promise<ProviderRow> => eventually(async () => {
  const found = (await ground.views.get<ProviderRow>(`${TENANT}.providers.${id}`))?.data;
  return found && fits(found) ? found : undefined;
}, { every: 50 });
const gone = (id: string) => eventually(async () => (await ground.views.get(`${TENANT}.providers.${id}`)) === undefined);
const disconnect = async (id: string): Promise<void> => {
  await ground.asOwner(disconnectProvider, { id, input: {} });
  await gone(id);
};
const refused = async (work: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await work.then(() => undefined, (e: unknown) => e);
  if (!(error instanceof Refusal)) throw new Error('it was not refused', { cause: error });
  return error;
};
/** Names in vps's vault under which there is a value now. */
const keysKept = async (): Promise<string[]> => {
  const nc = await ground.as('vps');
  const { state } = (await nc.request('$JS.API.STREAM.INFO.KV_vault', JSON.stringify({ subjects_filter: `$KV.vault.${TENANT}.vps.>` }))).json<{ state: { subjects?: Record<string, number> } }>();
  const names = Object.keys(state.subjects ?? {}).filter(name => name.includes('.provider-'));
  const present = await Promise.all(names.map(async subject => ((await nc.request(`$JS.API.DIRECT.GET.KV_vault.${subject}`)).data.length > 0 ? [subject] : [])));
  return present.flat();
};

describe('connecting', () => {
  it('says what can be connected here, and where a key is made', async () => {
    const { kinds } = await ground.asOwner(providerKinds, { id: 'all', input: {} });
    expect(kinds.find(k => k.kind === 'hetzner')).toMatchObject({ title: 'Hetzner', available: true, key: { secret_kind: 'hetzner-token' }, capabilities: { create: true } });
    expect(kinds.find(k => k.kind === 'sandbox')).toMatchObject({ available: false, key: null, reason: expect.stringContaining('sandbox') });
  });

  it('tries the key, keeps it in the vault and shows its ends only', async () => {
    const key = h.addToken({ project: h.addProject('shown') });
    const { id } = await connect({ name: 'Shown', key: { value: `  ${key}\n` } });
    const shown = await row(id);
    expect(shown).toMatchObject({ kind: 'hetzner', name: 'Shown', state: 'connected', reason: null, hint: `${key.slice(0, 4)}…${key.slice(-4)}` });
    // neither in the stream nor in what the vault stores
    const nc = await ground.as('vps');
    const { state } = (await nc.request('$JS.API.STREAM.INFO.VPS')).json<{ state: { first_seq: number; last_seq: number } }>();
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) expect((await nc.request('$JS.API.DIRECT.GET.VPS', JSON.stringify({ seq }))).data.toString()).not.toContain(key);
    const [kept = ''] = (await keysKept()).filter(k => k.includes(id));
    expect((await nc.request(`$JS.API.DIRECT.GET.KV_vault.${kept}`)).data.toString()).not.toContain(key);
    expect(JSON.stringify(shown)).not.toContain(key);
    await disconnect(id);
  });

  it('a retry finds itself; the name and the key are taken', async () => {
    const key = h.addToken({ project: h.addProject('once') });
    const first = await connect({ name: 'Once', key: { value: key } }, 'the-same');
    const again = await connect({ name: 'Once', key: { value: key } }, 'the-same');
    expect(again).toEqual(first);
    await row(first.id);
    expect((await refused(connect({ name: 'once' }))).code).toBe('PROVIDER.NAME_TAKEN');
    expect((await refused(connect({ key: { value: key } }))).code).toBe('PROVIDER.KEY_IN_USE');
    await disconnect(first.id);
    // both are free again
    const { id } = await eventually(() => connect({ name: 'Once', key: { value: key } }));
    await disconnect(id);
  });

  it('of several at once with the same key one is connected', async () => {
    const key = h.addToken({ project: h.addProject('race') });
    const results = await Promise.allSettled([1, 2, 3].map(n => connect({ name: `Race ${n}`, key: { value: key } })));
    const made = results.flatMap(r => (r.status === 'fulfilled' ? [r.value.id] : []));
    expect(made).toHaveLength(1);
    expect(results.flatMap(r => (r.status === 'rejected' ? [(r.reason as Refusal).code] : []))).toEqual(['PROVIDER.KEY_IN_USE', 'PROVIDER.KEY_IN_USE']);
    await row(made[0] ?? '');
    await disconnect(made[0] ?? '');
  });

  it('refuses what can\'t work, with what to do, and keeps nothing of it', async () => {
    const before = await keysKept();
    const cases: readonly (readonly [string, Partial<InputOf<typeof connectProvider>>])[] = [
      ['PROVIDER.KIND_UNKNOWN', { kind: 'nimbus' }], ['PROVIDER.KIND_UNAVAILABLE', { kind: 'sandbox' }], ['PROVIDER.KEY_NEEDED', { key: undefined }], ['PROVIDER.KEY_MALFORMED', { key: { value: 'two words' } }],
      ['PROVIDER.KEY_REFUSED', { key: { value: 'x'.repeat(64) } }], ['PROVIDER.KEY_READ_ONLY', { key: { value: h.addToken({ access: 'read' }) } }],
      ['PROVIDER.SECRET_UNKNOWN', { key: { secret: '01jd3x8e2v5y9w4z7q6r1s0txx' } }],
    ];
    for (const [code, more] of cases) {
      const refusal = await refused(connect(more));
      expect(refusal.code).toBe(code);
      expect(refusal.message).toMatch(/^[A-Z].*\.$/s);
    }
    h.outage('html');
    expect((await refused(connect())).code).toBe('PROVIDER.UNAVAILABLE');
    h.heal();
    expect(await keysKept()).toEqual(before);
  });

  it('takes a key that the tenant keeps as a secret, also one that an import left', async () => {
    const key = h.addToken({ project: h.addProject('kept') });
    const secret = await ground.asOwner(putSecret, { input: { name: `hetzner-${randomBytes(2).toString('hex')}`, kind: 'hetzner-token', value: key } });
    const other = await ground.asOwner(putSecret, { input: { name: 'registry', kind: 'generic', value: key } });
    expect((await refused(connect({ key: { secret: other.id } }))).code).toBe('PROVIDER.SECRET_UNKNOWN');
    const { id } = await connect({ key: { secret: secret.id } });
    expect((await row(id)).hint).toBe(`${key.slice(0, 4)}…${key.slice(-4)}`);
    // its use is in the owner's books
    const used = await eventually(async () => (await auth.get<DataOf<typeof secretView>>(`${TENANT}.secrets.${secret.id}`))?.data.last_used);
    expect(used).toMatchObject({ service: 'vps', reason: 'connect Hetzner' });
    await disconnect(id);
  });
});

describe('a key', () => {
  it('that is withdrawn is noticed, says what to do, and is used again when it is back', async () => {
    const key = h.addToken({ project: h.addProject('withdrawn') });
    const { id } = await connect({ key: { value: key } });
    await row(id);
    h.revoke(key);
    const shown = await row(id, r => r.state === 'refused');
    expect(shown.reason).toMatchObject({ code: 'PROVIDER.KEY_REFUSED', message: expect.stringContaining('Make a new one') });
    expect((await refused(ground.asOwner(serverTypes, { id: 'all', input: { provider: id } }))).code).toBe('PROVIDER.KEY_REFUSED');
    h.restore(key);
    await row(id, r => r.state === 'connected' && r.reason === null);
    await disconnect(id);
  });

  it('can be replaced; the old one is destroyed', async () => {
    const project = h.addProject('replaced');
    const { id } = await connect({ key: { value: h.addToken({ project }) } });
    await row(id);
    const [before] = (await keysKept()).filter(k => k.includes(id));
    const next = h.addToken({ project });
    expect((await refused(ground.asOwner(replaceProviderKey, { id, input: { key: { value: 'y'.repeat(64) } } }))).code).toBe('PROVIDER.KEY_REFUSED');
    await ground.asOwner(replaceProviderKey, { id, input: { key: { value: next } } });
    await row(id, r => r.hint === `${next.slice(0, 4)}…${next.slice(-4)}`);
    const kept = await eventually(async () => { const now = (await keysKept()).filter(k => k.includes(id)); return now.length === 1 && now[0] !== before ? now : undefined; });
    expect(kept).toHaveLength(1);
    expect(await ground.asOwner(checkProvider, { id, input: {} })).toMatchObject({ id, state: 'connected' });
    await ground.asOwner(renameProvider, { id, input: { name: 'Renamed' } });
    await row(id, r => r.name === 'Renamed');
    await disconnect(id);
    await eventually(async () => (await keysKept()).every(k => !k.includes(id)));
    for (const work of [() => ground.asOwner(disconnectProvider, { id, input: {} }), () => ground.asOwner(checkProvider, { id, input: {} }), () => ground.asOwner(serverTypes, { id: 'all', input: { provider: id } })]) {
      expect((await refused(work())).code).toBe('PROVIDER.NOT_CONNECTED');
    }
  });
});

describe('a key of another project', () => {
  it('does not take the place of one whose machines it cannot see', async () => {
    const project = h.addProject('with a server');
    const { id } = await connect({ key: { value: h.addToken({ project }) } });
    await row(id);
    const machine = await h.addServerOutside({ name: 'kept-1', type: 'cx23', project });
    const server = newId();
    const store = new JetStreamEventStore(await ground.as('vps'), 'vps');
    const decide = (command: ServerCommand) => handleCommand(store, serverType, { tenant: TENANT, id: server, actor: { kind: 'service', id: 'vps' }, now: new Date().toISOString(), command_id: newId(), correlation_id: 'spec' }, command);
    const host_key = { type: 'ssh-ed25519', fingerprint: `SHA256:${'a'.repeat(43)}` };
    await decide({ type: 'Request', data: { name: 'kept-1', provider: 'hetzner', provider_id: id, location: 'fsn1', type: 'cx23', image: 'ubuntu-24.04', user: 'root', port: 22, credential: { kind: 'private_key', secret: 'none' }, public_key: 'x', host_key, host_key_secret: 'none', authorized_keys: [], time_zone: 'Etc/UTC', price: null } });
    // also in the moment of its order, before any view shows it
    expect((await refused(ground.asOwner(disconnectProvider, { id, input: {} }))).code).toBe('PROVIDER.IN_USE');
    await decide({ type: 'Place', data: { host: machine.address, port: 22, provider_ref: String(machine.id) } });
    await ground.server(server, r => r.provider_ref === String(machine.id));
    expect((await refused(ground.asOwner(replaceProviderKey, { id, input: { key: { value: h.addToken({ project: h.addProject('another') }) } } }))).code).toBe('PROVIDER.OTHER_ACCOUNT');
    await ground.asOwner(replaceProviderKey, { id, input: { key: { value: h.addToken({ project }) } } });
    expect((await refused(ground.asOwner(disconnectProvider, { id, input: {} }))).code).toBe('PROVIDER.IN_USE');
    for (const command of [{ type: 'CancelCreation' }, { type: 'FinishRemoval' }] as const) await decide(command);
    await eventually(async () => await ground.views.get(`${TENANT}.servers.${server}`) === undefined);
    await disconnect(id);
  });
});

describe('what is sold', () => {
  it('is asked live, shared for a moment, and of the only account if none is named', async () => {
    expect((await refused(ground.asOwner(providerLocations, { id: 'all', input: {} }))).code).toBe('PROVIDER.NOT_CONNECTED');
    const { id } = await connect();
    await row(id);
    const before = h.requests.filter(r => r.path === '/server_types' && r.query.includes('page=1')).length;
    const [types, again] = await Promise.all([1, 2].map(() => ground.asOwner(serverTypes, { id: 'all', input: {} })));
    expect(types?.provider).toBe(id);
    expect(again).toEqual(types);
    expect(types?.types.find(t => t.name === 'cx23')?.offers.find(o => o.location === 'fsn1')).toMatchObject({ available: true });
    expect(types?.pricing.currency).toBe('EUR');
    expect(h.requests.filter(r => r.path === '/server_types' && r.query.includes('page=1') && r.query.includes('per_page=50')).length).toBeGreaterThan(0);
    expect(h.requests.filter(r => r.path === '/server_types' && r.query.includes('per_page=50')).length).toBeLessThanOrEqual(before + 2);
    // what was used of the provider's hour is shown, for accounts only that are connected
    const budget = await eventually(async () => (await ground.views.get<DataOf<typeof accountBudgetView>>(`${TENANT}.account-budgets.${id}`))?.data);
    expect(budget).toMatchObject({ id, kind: 'hetzner', limit: 3_600, circuit: 'closed' });
    const { locations } = await ground.asOwner(providerLocations, { id: 'all', input: {} });
    expect(locations.map(l => l.name)).toContain('fsn1');
    const { images } = await ground.asOwner(providerImages, { id: 'all', input: {} });
    expect(images.some(i => i.ref === 'ubuntu-24.04' && i.supported)).toBe(true);
    const second = await connect();
    await row(second.id);
    expect((await refused(ground.asOwner(providerLocations, { id: 'all', input: {} }))).code).toBe('PROVIDER.CHOICE_NEEDED');
    await disconnect(id);
    await disconnect(second.id);
    await eventually(async () => (await ground.views.list(TENANT, 'account-budgets')).length === 0);
  });

  it('a name is looked at while it is typed', async () => {
    expect(await ground.asOwner(validateName, { id: 'all', input: { name: 'web-1' } })).toEqual({ valid: true });
    expect(await ground.asOwner(validateName, { id: 'all', input: { name: 'Bücher Regal 1!' } })).toMatchObject({ valid: false, code: 'SERVER.NAME_INVALID', suggestion: 'Bucher-Regal-1' });
  });
});
