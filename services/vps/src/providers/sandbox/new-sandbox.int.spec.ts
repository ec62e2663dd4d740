/** A new server at the sandbox, as everybody can try it without an account: no key, and no setting that allows addresses of this machine. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunningService } from '@xanthus/nest';
import { connectProvider, createServer, deleteServer, disconnectProvider, providerKinds } from '@xanthus/proto/vps';
import { startControlApi, startSandboxHost, type ControlApi, type SandboxHost } from '@xanthus/sandbox';
import { eventually, tempDir, type TempDir } from '@xanthus/testing';
import { startVps } from '../../index.js';
import { startTestGround, TENANT, type TestGround } from '../../vps.fixtures.js';

let folder: TempDir;
let host: SandboxHost;
let control: ControlApi;
let ground: TestGround;
let vps: RunningService;

beforeAll(async () => {
  folder = await tempDir('xanthus-new-sandbox-');
  host = await startSandboxHost({ folder: join(folder.path, 'host'), delay: 0 });
  control = await startControlApi(host, folder.path);
  const file = join(folder.path, 'sandbox.json');
  await writeFile(file, JSON.stringify({ control: { url: control.url, token: control.token } }));
  ground = await startTestGround();
  vps = await startVps({ ...ground.env('vps'), XANTHUS_SANDBOX_FILE: file, XANTHUS_METRICS_INTERVAL_MS: '300' });
});
afterAll(async () => {
  await vps?.stop();
  await ground?.stop();
  await control?.stop();
  await host?.stop();
  await folder?.remove();
});

it('is made without a key, reached where its host says, and gone again', async () => {
  expect((await ground.asOwner(providerKinds, { id: 'all', input: {} })).kinds.find(k => k.kind === 'sandbox')).toMatchObject({ available: true, key: null });
  const { id: provider } = await ground.asOwner(connectProvider, { input: { kind: 'sandbox', name: 'Sandbox' } });
  await eventually(() => ground.views.get(`${TENANT}.providers.${provider}`));
  await expect(ground.asOwner(connectProvider, { input: { kind: 'sandbox', name: 'Another' } })).rejects.toMatchObject({ code: 'PROVIDER.KEY_IN_USE' });

  const { id } = await ground.asOwner(createServer, { input: { provider, name: 'play-1', location: 'here', type: 'sandbox-2', ssh_port: 2_222 } });
  const server = await ground.server(id, r => r.lifecycle === 'ready' && r.status === 'reachable');
  expect(server).toMatchObject({ provider: 'sandbox', provider_id: provider, name: 'play-1' });
  expect(host.list()).toMatchObject([{ name: 'play-1', address: server.host, ssh_port: server.port, labels: { xanthus_server: id } }]);
  await expect(ground.asOwner(disconnectProvider, { id: provider, input: {} })).rejects.toMatchObject({ code: 'PROVIDER.IN_USE' });

  await ground.asOwner(deleteServer, { id, input: { confirm_name: 'play-1' } });
  await eventually(async () => (await ground.views.get(`${TENANT}.servers.${id}`)) === undefined, { timeout: 60_000 });
  expect(host.list()).toEqual([]);
  await ground.asOwner(disconnectProvider, { id: provider, input: {} });
});
