/** The life of a rented server, at the emulator of Hetzner's API: each long work to its end, over a restart, with what goes wrong there. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { JetStreamEventStore } from '@xanthus/jetstream';
import { handleCommand, newId } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import {
  cancelSetUp, connectProvider, createSnapshot, deleteSnapshot, powerOffServer, powerOnServer, rebootServer, rebuildServer, resetServer, resizeServer, serverSnapshots, shutdownServer, type OperationKind,
} from '@xanthus/proto/vps';
import { eventually } from '@xanthus/testing';
import { startVps } from '../index.js';
import { ourLabels } from '../providers/provider.js';
import { serverType, type ServerCommand } from '../server/server.decide.js';
import type { OperationsRow } from '../views/operations.js';
import { startTestGround, TENANT, type TestGround } from '../vps.fixtures.js';

let ground: TestGround;
let vps: RunningService;
let h: HetznerEmulator;
const id = newId();
const env = (): Record<string, string> => ({ ...ground.env('vps'), XANTHUS_HETZNER_URL: h.url, XANTHUS_METRICS_INTERVAL_MS: '200' });

/** A server that was made here and is ready, without the way there. */
const place = async (commands: readonly ServerCommand[]): Promise<void> => {
  const store = new JetStreamEventStore(await ground.as('vps'), 'vps');
  for (const command of commands) await handleCommand(store, serverType, { tenant: TENANT, id, actor: { kind: 'service', id: 'vps' }, now: new Date().toISOString(), command_id: newId(), correlation_id: 'spec' }, command);
};
const item = async (operation: string) => (await ground.views.get<OperationsRow>(`${TENANT}.operations.${id}`))?.data.items.find(i => i.id === operation);
const ended = (operation: string) => eventually(async () => {
  const found = await item(operation);
  return found && found.state !== 'running' ? found : undefined;
}, { every: 30 });

beforeAll(async () => {
  h = await startHetznerEmulator({ actionTime: 30 });
  ground = await startTestGround();
  vps = await startVps(env());
  const account = await ground.asOwner(connectProvider, { input: { kind: 'hetzner', name: 'Shop', key: { value: h.token } } });
  const machine = await h.addServerOutside({ name: 'web-1', type: 'cx23', labels: ourLabels(TENANT, id) });
  const key = { type: 'ssh-ed25519', fingerprint: `SHA256:${'a'.repeat(43)}` };
  await place([
    { type: 'Request', data: { name: 'web-1', provider: 'hetzner', provider_id: account.id, location: 'fsn1', type: 'cx23', image: 'ubuntu-24.04', user: 'root', port: 22, credential: { kind: 'private_key', secret: 'none' }, public_key: 'x', host_key: key, host_key_secret: 'none', authorized_keys: [], time_zone: 'Etc/UTC', price: null } },
    { type: 'Place', data: { host: machine.address, port: 22, provider_ref: String(machine.id) } },
    { type: 'MarkReady', data: { round: 1 } },
  ]);
});
afterAll(async () => {
  await vps?.stop();
  await ground?.stop();
  await h?.stop();
});

const machine = () => h.server('web-1');

describe('power', () => {
  it('goes off and on, as the provider says', async () => {
    const { operation } = await ground.asOwner(shutdownServer, { id, input: {} });
    expect(await ended(operation)).toMatchObject({ kind: 'shutdown', state: 'finished', percent: 100, started_by: { kind: 'person' } });
    expect(machine()?.status).toBe('off');
    await ground.server(id, r => r.power === 'off' && r.operation === undefined);
    await expect(ground.asOwner(powerOffServer, { id, input: {} })).rejects.toMatchObject({ code: 'SERVER.NOT_ALLOWED_NOW' });
    expect(await ended((await ground.asOwner(powerOnServer, { id, input: {} })).operation)).toMatchObject({ state: 'finished' });
    expect(machine()?.status).toBe('running');
    for (const command of [rebootServer, resetServer, powerOffServer]) expect(await ended((await ground.asOwner(command, { id, input: {} })).operation)).toMatchObject({ state: 'finished' });
    await ground.server(id, r => r.power === 'off');
  });
});

describe('another type', () => {
  it('is given, with what it was before; a sold-out one is said at once', async () => {
    h.setStock('cx43', false);
    expect(await ended((await ground.asOwner(resizeServer, { id, input: { type: 'cx43' } })).operation)).toMatchObject({ state: 'failed', reason: { code: expect.stringMatching(/^PROVIDER\.(SOLD_OUT|UNKNOWN_TYPE)$/) } });
    expect(await ended((await ground.asOwner(resizeServer, { id, input: { type: 'cx33' } })).operation)).toMatchObject({ state: 'finished', before: { power: 'off', type: 'cx23' }, wish: { type: 'cx33' } });
    expect(machine()).toMatchObject({ type: 'cx33', status: 'off' });
    await expect(ground.asOwner(resizeServer, { id, input: { type: 'cx33' } })).rejects.toMatchObject({ code: 'SERVER.SAME_TYPE' });
  });
});

describe('snapshots', () => {
  it('are made once, also when the service is restarted in the middle, and deleted', async () => {
    h.setActionTime(Number.POSITIVE_INFINITY);
    const { operation } = await ground.asOwner(createSnapshot, { id, input: { description: 'before the upgrade' } });
    await eventually(() => h.snapshots().length === 1);
    await expect(ground.asOwner(powerOnServer, { id, input: {} })).rejects.toMatchObject({ code: 'SERVER.BUSY' });
    await vps.stop();
    await h.finishActions();
    h.setActionTime(30);
    vps = await startVps(env());
    expect(await ended(operation)).toMatchObject({ kind: 'create-snapshot', state: 'finished' });
    expect(h.snapshots()).toHaveLength(1);
    const { supported, items } = await ground.asOwner(serverSnapshots, { id, input: {} });
    expect([supported, items]).toMatchObject([true, [{ description: 'before the upgrade' }]]);
    await expect(ground.asOwner(deleteSnapshot, { id, input: { snapshot: '1' } })).rejects.toMatchObject({ code: 'SERVER.SNAPSHOT_UNKNOWN' });
    expect(await ended((await ground.asOwner(deleteSnapshot, { id, input: { snapshot: items[0]?.id ?? '' } })).operation)).toMatchObject({ state: 'finished' });
    expect(h.snapshots()).toEqual([]);
  });
});

describe('a rebuild', () => {
  it('asks for the name, and makes it anew', async () => {
    await expect(ground.asOwner(rebuildServer, { id, input: { image: 'debian-12', confirm_name: 'web-2' } })).rejects.toMatchObject({ code: 'SERVER.NAME_NOT_CONFIRMED' });
    expect(await ended((await ground.asOwner(rebuildServer, { id, input: { image: 'debian-12', confirm_name: 'web-1' } })).operation)).toMatchObject({ kind: 'rebuild' satisfies OperationKind, state: 'finished', before: { image: 'ubuntu-24.04' } });
    expect(machine()?.status).toBe('running');
    await ground.server(id, r => r.image === 'debian-12');
    // An empty disk is set up again; here nobody answers at its address.
    await eventually(async () => await ground.views.get(`${TENANT}.setup.${id}`) !== undefined);
    await ground.asOwner(cancelSetUp, { id, input: {} });
  });
});

describe('what belongs to somebody else in the same account', () => {
  it('is no image to rebuild from: a snapshot of another server is its disk', async () => {
    const other = await h.addServerOutside({ name: 'other-1', type: 'cx23', labels: ourLabels('other-tenant', newId()) });
    const made = await fetch(`${h.url}/servers/${other.id}/actions/create_image`, {
      method: 'POST', headers: { authorization: `Bearer ${h.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ type: 'snapshot', description: 'theirs', labels: other.labels }),
    });
    const { image } = await made.json() as { readonly image: { readonly id: number } };
    await expect(ground.asOwner(rebuildServer, { id, input: { image: String(image.id), confirm_name: 'web-1' } })).rejects.toMatchObject({ code: 'SERVER.IMAGE_UNKNOWN' });
    await h.removeOutside('other-1');
  });
});

describe('what goes wrong at the provider', () => {
  it('is waited for where that may help, and said', async () => {
    h.fail({ status: 503, times: 40 });
    const { operation } = await ground.asOwner(rebootServer, { id, input: {} });
    await eventually(async () => /try again|tried again/i.test((await item(operation))?.text ?? ''));
    h.heal();
    expect(await ended(operation)).toMatchObject({ state: 'finished' });
  });

  it('ends the work where it does not: the action failed, the key was revoked, the machine is gone', async () => {
    h.failAction();
    expect(await ended((await ground.asOwner(rebootServer, { id, input: {} })).operation)).toMatchObject({ state: 'failed', reason: { code: 'PROVIDER.ACTION_FAILED' } });
    await h.removeOutside('web-1');
    expect(await ended((await ground.asOwner(rebootServer, { id, input: {} })).operation)).toMatchObject({ state: 'failed', reason: { code: 'PROVIDER.NOT_FOUND' } });
    h.revoke(h.token);
    const last = await ground.asOwner(rebootServer, { id, input: {} });
    expect(await ended(last.operation)).toMatchObject({ state: 'failed', reason: { code: 'PROVIDER.KEY_REFUSED' } });
  });
});
