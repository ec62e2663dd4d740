import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BackedMachine, MachineSpec } from './backing.js';
import { asking, at, KEY, WEB, type Ask } from './client.fixture.js';
import { startHetznerEmulator, type HetznerEmulator } from './emulator.js';

// What the document doesn't say: time, state, stock, prices, limits and faults.

let clock = Date.UTC(2026, 10, 21);
let h: HetznerEmulator;
let ask: Ask;
beforeEach(async () => { clock = Date.UTC(2026, 10, 21); h = await startHetznerEmulator({ now: () => clock, actionTime: Infinity }); ask = asking(h); });
afterEach(() => h.stop());

const code = async (reply: ReturnType<Ask>): Promise<unknown> => { const r = await reply; return [r.status, at(r, 'error', 'code')]; };
const made = async (more: object = {}): Promise<number> => { const id = Number(at(await ask('POST', '/servers', { ...WEB, ...more }), 'server', 'id')); await h.finishActions(); return id; };
const does = (id: number, verb: string, body?: object) => ask('POST', `/servers/${id}/actions/${verb}`, body);
const names = async (path: string, list = 'servers'): Promise<unknown> => ((at(await ask('GET', path), list) ?? []) as { name: string }[]).map(s => s.name);

describe('a server over time', () => {
  it('is initializing and locked until its actions have ended, one behind the other', async () => {
    const reply = await ask('POST', '/servers', WEB);
    const id = Number(at(reply, 'server', 'id'));
    expect([at(reply, 'server', 'status'), at(reply, 'server', 'locked'), at(reply, 'action', 'command'), at(reply, 'next_actions', 0, 'command')]).toEqual(['initializing', true, 'create_server', 'start_server']);
    expect(at(reply, 'root_password')).toEqual(expect.any(String));
    expect(await code(does(id, 'reboot'))).toEqual([423, 'locked']);
    expect(await code(ask('DELETE', `/servers/${id}`))).toEqual([423, 'locked']);
    await h.finishActions();
    expect(h.server(id)).toMatchObject({ status: 'running', locked: false });
    expect(at(await ask('GET', `/servers/${id}/actions?status=success`), 'meta', 'pagination', 'total_entries')).toBe(2);
  });

  it('actions show progress by the clock and end by themselves', async () => {
    h.setActionTime(60_000);
    const id = Number(at(await ask('POST', '/servers', WEB), 'action', 'id'));
    clock += 30_000;
    const half = await ask('GET', `/actions/${id}`);
    expect([at(half, 'action', 'status'), at(half, 'action', 'progress'), at(half, 'action', 'finished')]).toEqual(['running', 50, null]);
    await h.finishActions();
    expect(at(await ask('GET', `/actions?id=${id}&id=1`), 'actions', 0, 'progress')).toBe(100);
  });

  it('a failed action says why; what was to follow fails with it', async () => {
    h.failAction({ command: 'create_server', code: 'server_error', message: 'disk broke' });
    const id = await made();
    const actions = at(await ask('GET', `/servers/${id}/actions`), 'actions');
    expect(actions).toMatchObject([{ status: 'error', error: { code: 'server_error', message: 'disk broke' } }, { status: 'error', error: { code: 'action_failed' } }]);
    expect(h.server(id)).toMatchObject({ status: 'off', locked: false });
  });

  it('is switched, reset, resized when off, rebuilt and deleted', async () => {
    const id = await made();
    expect(await code(does(id, 'change_type', { server_type: 'cx33', upgrade_disk: false }))).toEqual([422, 'server_not_stopped']);
    for (const [verb, during, after] of [['poweroff', 'stopping', 'off'], ['poweron', 'starting', 'running'], ['shutdown', 'running', 'off']] as const) {
      expect([(await does(id, verb)).status, h.server(id)?.status]).toEqual([201, during]);
      await h.finishActions();
      expect(h.server(id)?.status).toBe(after);
    }
    expect(await code(does(id, 'reboot'))).toEqual([409, 'conflict']);
    expect((await does(id, 'change_type', { server_type: 'cx33', upgrade_disk: true })).status).toBe(201);
    await h.finishActions();
    expect(h.server(id)).toMatchObject({ type: 'cx33', status: 'off' });
    expect(await code(does(id, 'change_type', { server_type: 'cx23', upgrade_disk: false }))).toEqual([422, 'invalid_server_type']);
    expect(await code(does(id, 'change_type', { server_type: 'cax21', upgrade_disk: false }))).toEqual([422, 'invalid_server_type']);
    await does(id, 'rebuild', { image: 'debian-13' });
    await h.finishActions();
    expect(at(await ask('GET', `/servers/${id}`), 'server', 'image', 'name')).toBe('debian-13');
    expect(at(await ask('DELETE', `/servers/${id}`), 'action', 'command')).toBe('delete_server');
    await h.finishActions();
    expect(await code(ask('GET', `/servers/${id}`))).toEqual([404, 'not_found']);
  });

  it('a snapshot is an image that a server can start with, and can be deleted; a system image cannot', async () => {
    const id = await made();
    const image = Number(at(await does(id, 'create_image', { description: 'before', labels: { of: 'web' } }), 'image', 'id'));
    expect(at(await ask('GET', '/images?type=snapshot'), 'images', 0)).toMatchObject({ id: image, status: 'creating', image_size: null });
    await h.finishActions();
    expect(at(await ask('GET', '/images?type=snapshot&label_selector=of%3Dweb'), 'images', 0)).toMatchObject({ status: 'available', image_size: 2.3, created_from: { id } });
    expect((await does(id, 'rebuild', { image: String(image) })).status).toBe(201);
    expect((await ask('DELETE', `/images/${image}`)).status).toBe(204);
    expect(await code(ask('DELETE', '/images/161547269'))).toEqual([403, 'forbidden']);
  });
});

describe('lists', () => {
  it('pages of at most 50, with their neighbours', async () => {
    for (let i = 0; i < 60; i++) await h.addServerOutside({ name: `s-${i}` });
    const second = await ask('GET', '/servers?page=2&per_page=100');
    expect(at(second, 'meta', 'pagination')).toEqual({ page: 2, per_page: 50, previous_page: 1, next_page: null, last_page: 2, total_entries: 60 });
    expect(at(await ask('GET', '/servers?sort=name:desc'), 'servers', 0, 'name')).toBe('s-9');
  });

  it.each([
    ['env=prod', ['a']], ['env==prod', ['a']], ['env!=prod', ['b', 'c']], ['env', ['a', 'b']], ['!env', ['c']], ['env in (prod, test),team', ['a']], ['env notin (prod)', ['b', 'c']], ['env=prod,!team', []],
  ])('label_selector %s', async (selector, expected) => {
    await h.addServerOutside({ name: 'a', labels: { env: 'prod', team: '' } });
    await h.addServerOutside({ name: 'b', labels: { env: 'test' } });
    await h.addServerOutside({ name: 'c' });
    expect(await names(`/servers?label_selector=${encodeURIComponent(selector)}`)).toEqual(expected);
    expect(await code(ask('GET', `/servers?label_selector=${encodeURIComponent('a=(')}`))).toEqual([422, 'invalid_input']);
  });

  it('images are one per name and architecture; old ones only if asked for', async () => {
    expect(await names('/images?type=system&name=ubuntu-24.04', 'images')).toHaveLength(2);
    expect(await names('/images?architecture=arm&name=ubuntu-20.04', 'images')).toEqual([]);
    expect(await names('/images?architecture=arm&name=ubuntu-20.04&include_deprecated=true', 'images')).toEqual(['ubuntu-20.04']);
  });

  it('keys are found by fingerprint, and are unique by name and body', async () => {
    const made_ = await ask('POST', '/ssh_keys', { name: 'laptop', public_key: KEY });
    expect(at(await ask('GET', `/ssh_keys?fingerprint=${String(at(made_, 'ssh_key', 'fingerprint'))}`), 'ssh_keys', 0, 'name')).toBe('laptop');
    expect(at(made_, 'ssh_key', 'fingerprint')).toMatch(/^(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(await code(ask('POST', '/ssh_keys', { name: 'other', public_key: KEY }))).toEqual([409, 'uniqueness_error']);
    expect(await code(ask('POST', '/ssh_keys', { name: 'x', public_key: 'ssh-ed25519 AAAA' }))).toEqual([422, 'invalid_input']);
  });
});

describe('what it refuses', () => {
  it.each([
    [{ name: '-web' }, 422, 'invalid_input'], [{ name: 'a b' }, 422, 'invalid_input'], [{ server_type: 'cx99' }, 422, 'invalid_input'], [{ location: 'mars' }, 422, 'invalid_input'], [{ location: 'ash' }, 422, 'invalid_input'],
    [{ server_type: 'cx22' }, 422, 'invalid_input'], [{ image: 'windows-95' }, 422, 'invalid_input'], [{ server_type: 'cax11', image: '161547269' }, 422, 'invalid_input'], [{ user_data: 'x'.repeat(32_769) }, 422, 'invalid_input'],
    [{ ssh_keys: ['nobody'] }, 404, 'not_found'], [{ public_net: { enable_ipv4: false, enable_ipv6: false } }, 422, 'invalid_input'], [{ labels: { 'a/b/c': 'x' } }, 422, 'invalid_input'],
  ])('to create with %j', async (more, status, expected) => {
    expect(await code(ask('POST', '/servers', { ...WEB, ...more }))).toEqual([status, expected]);
    expect(h.servers()).toEqual([]);
  });

  it('a second name, more than the quota, what is sold out; each until it is not so any more', async () => {
    await made();
    expect(await code(ask('POST', '/servers', WEB))).toEqual([409, 'uniqueness_error']);
    h.setStock('cx23', false, 'fsn1');
    expect(await code(ask('POST', '/servers', { ...WEB, name: 'web-2' }))).toEqual([412, 'resource_unavailable']);
    const available = async (): Promise<unknown> => at(await ask('GET', '/datacenters?name=fsn1-dc14'), 'datacenters', 0, 'server_types', 'available');
    expect(await available()).not.toContain(114);
    h.setStock('cx23', true);
    expect(await available()).toContain(114);
    h.setLimit(1);
    expect(await code(ask('POST', '/servers', { ...WEB, name: 'web-2' }))).toEqual([403, 'resource_limit_exceeded']);
    h.setLimit(2);
    expect(await made({ name: 'web-2' })).toEqual(expect.any(Number));
  });

  it('tokens: revoked half-way, of another project, read-only', async () => {
    const id = await made();
    const other = h.addToken({ project: h.addProject('Other') });
    expect(await code(ask('GET', `/servers/${id}`, undefined, other))).toEqual([404, 'not_found']);
    expect((await ask('POST', '/servers', WEB, other)).status).toBe(201);
    expect(await code(ask('POST', '/servers', WEB, h.addToken({ access: 'read' })))).toEqual([403, 'token_readonly']);
    h.revoke(h.token);
    expect(await code(ask('GET', '/servers'))).toEqual([401, 'unauthorized']);
    expect(await code(ask('GET', '/servers', undefined, ''))).toEqual([401, 'unauthorized']);
  });

  it('protected servers', async () => {
    const id = await made();
    h.protectOutside(id, true);
    expect(await code(ask('DELETE', `/servers/${id}`))).toEqual([423, 'protected']);
  });
});

describe('prices', () => {
  it('are net and gross to the last digit, in the types and in the list of prices', async () => {
    h.setPrice('cx23', { hourly: '0.0056', monthly: '3.49' }, 'fsn1');
    const price = { location: 'fsn1', price_hourly: { net: '0.0056000000', gross: '0.0066640000000000' }, price_monthly: { net: '3.4900000000', gross: '4.1531000000000000' }, included_traffic: 20 * 1024 ** 4 };
    expect(at(await ask('GET', '/server_types?name=cx23'), 'server_types', 0, 'prices', 0)).toMatchObject(price);
    expect(at(await ask('GET', '/pricing'), 'pricing', 'server_types', 0, 'prices', 0)).toMatchObject(price);
    h.setIpv4Price({ hourly: '0.0010', monthly: '0.60' });
    expect(at(await ask('GET', '/pricing'), 'pricing', 'primary_ips', 0, 'prices', 0)).toMatchObject({ price_monthly: { net: '0.6000000000', gross: '0.7140000000000000' } });
  });

  it('a type that goes away is sold until that day', async () => {
    h.setDeprecation('cx33', { announced: '2026-11-01T00:00:00+00:00', unavailable_after: '2026-11-22T00:00:00+00:00' });
    expect(at(await ask('GET', '/server_types/115'), 'server_type', 'deprecated')).toBe(true);
    expect((await ask('POST', '/servers', { ...WEB, server_type: 'cx33' })).status).toBe(201);
    clock += 86_400_000;
    expect(await code(ask('POST', '/servers', { ...WEB, server_type: 'cx33', name: 'late' }))).toEqual([422, 'invalid_input']);
  });
});

describe('limits and faults', () => {
  it('the budget is counted down, refused at its end and refilled by the clock', async () => {
    h.setRateLimit({ limit: 3, window_s: 3 });
    const first = await ask('GET', '/locations');
    expect([first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining'), first.headers.get('ratelimit-reset')]).toEqual(['3', '2', String(clock / 1000 + 1)]);
    await ask('GET', '/locations');
    await ask('GET', '/locations');
    expect(await code(ask('GET', '/locations'))).toEqual([429, 'rate_limit_exceeded']);
    clock += 1_000;
    expect((await ask('GET', '/locations')).status).toBe(200);
  });

  it('pages instead of answers, cut connections, silence, garbage, until healed', async () => {
    h.fail({ status: 200 });
    expect((await ask('GET', '/locations')).body).toMatch(/^<!DOCTYPE html>/);
    h.fail({ garbage: 'shape' });
    expect((await ask('GET', '/locations')).body).toEqual({ answer: 42 });
    h.fail({ cut: 'after', method: 'POST', path: /^\/servers$/ });
    await expect(ask('POST', '/servers', WEB)).rejects.toThrow();
    expect(h.servers()).toHaveLength(1);
    h.fail({ hang: 'before', path: /^\/locations$/ }); // of this path alone: on a busy machine the time-out may come before the request does
    await expect(fetch(`${h.url}/locations`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    h.outage();
    expect([(await ask('GET', '/servers')).status, (await ask('GET', '/pricing')).status]).toEqual([502, 502]);
    h.heal();
    expect((await ask('GET', '/servers')).status).toBe(200);
  });

  it('changes from outside are seen by the API', async () => {
    const id = await made();
    h.renameOutside(id, 'other');
    h.resizeOutside('other', 'cx43');
    await h.powerOutside(id, 'off');
    expect(at(await ask('GET', `/servers/${id}`), 'server')).toMatchObject({ name: 'other', status: 'off', server_type: { name: 'cx43' } });
    await h.removeOutside(id);
    expect(await names('/servers')).toEqual([]);
  });
});

describe('a real machine behind it', () => {
  it('is made with the keys and user_data, follows power and rebuild, and is removed; a dead one gets none', async () => {
    const log: string[] = [];
    let spec: MachineSpec | undefined;
    const create = async (given: MachineSpec): Promise<BackedMachine> => {
      spec = given;
      const note = (what: string) => async (): Promise<void> => { log.push(what); };
      return { address: '127.0.5.1', boot: note('boot'), halt: async hard => { log.push(hard ? 'plug' : 'halt'); }, rebuild: async image => { log.push(`rebuild ${image}`); }, remove: note('remove') };
    };
    const backed = await startHetznerEmulator({ actionTime: Infinity, backing: { create } });
    const askBacked = asking(backed);
    await askBacked('POST', '/ssh_keys', { name: 'laptop', public_key: KEY });
    const reply = await askBacked('POST', '/servers', { ...WEB, ssh_keys: ['laptop'], user_data: '#cloud-config' });
    expect(at(reply, 'server', 'public_net', 'ipv4', 'ip')).toBe('127.0.5.1');
    expect(at(reply, 'root_password')).toBeNull();
    expect(spec).toMatchObject({ name: 'web-1', image: 'ubuntu-24.04', user_data: '#cloud-config', ssh_keys: [KEY] });
    expect(log).toEqual([]);
    // Two at once with one name: one of them gets it, however long its machine takes.
    const both = await Promise.all([1, 2].map(() => askBacked('POST', '/servers', { ...WEB, name: 'twin' })));
    expect(both.map(r => r.status).sort()).toEqual([201, 409]);
    await backed.finishActions();
    log.length = 0;
    const path = `/servers/${String(at(reply, 'server', 'id'))}`;
    for (const verb of ['reboot', 'reset', 'rebuild', 'shutdown']) { await askBacked('POST', `${path}/actions/${verb}`, verb === 'rebuild' ? { image: 'debian-12' } : undefined); await backed.finishActions(); }
    await askBacked('DELETE', path);
    await backed.finishActions();
    expect(log).toEqual(['halt', 'boot', 'plug', 'boot', 'plug', 'rebuild debian-12', 'boot', 'halt', 'remove']);
    backed.neverBoot();
    const dead = await askBacked('POST', '/servers', { ...WEB, name: 'dead' });
    await backed.finishActions();
    expect([at(dead, 'server', 'public_net', 'ipv4', 'ip'), backed.server('dead')?.status, log.length]).toEqual(['198.18.0.2', 'running', 9]);
    await backed.stop();
  });
});
