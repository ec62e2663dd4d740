/** A NATS that somebody else runs: `npm start` takes its credentials from a folder, and needs nothing else to give tenants theirs. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { initOperator, natsServerConfig, operatorFiles } from '@xanthus/deploy';
import { startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { spawnLauncher, startPlatform, type Platform } from './testing-platform.js';
import { makeCredential } from './testing-tenant.js';

let folder: TempDir;
let nats: TestNats;
let platform: Platform;

beforeAll(async () => {
  folder = await tempDir('xanthus-own-nats-');
  await initOperator(folder.path);
  nats = await startNats({ configFor: o => natsServerConfig({ dir: folder.path, port: o.port, host: '127.0.0.1', storeDir: o.storeDir, sync: 'interval' }) });
});
afterAll(async () => {
  await platform?.stop();
  await nats?.stop();
  await folder?.remove();
});

it('says what it needs', async () => {
  const launcher = spawnLauncher(['--no-sandbox', '--data', `${folder.path}/none`, '--port', '0'], { XANTHUS_NATS_URL: nats.url });
  expect(await launcher.ended).toBe(1);
  expect(launcher.output()).toContain('XANTHUS_NATS_URL needs XANTHUS_NATS_CREDENTIALS');
});

it('is used instead of the embedded one, and tenants get credentials for it', async () => {
  const files = operatorFiles(folder.path);
  platform = await startPlatform({ env: { XANTHUS_NATS_URL: nats.url, XANTHUS_NATS_CREDENTIALS: files.credsDir, XANTHUS_OPERATOR_DIR: files.operatorDir } });
  expect(platform.output()).not.toContain('Starting nats-server');
  await platform.setUp();
  // from another terminal, which knows the data folder only
  const { creds } = await makeCredential(platform, 'acme', 'billing');
  const nc = await connect({ servers: nats.url, authenticator: credsAuthenticator(new TextEncoder().encode(creds)) });
  expect((await nc.request('qry.acme.vps.view.servers.all', '', { timeout: 30_000 })).json()).toMatchObject({ items: [] });
  await nc.close();

  await nats.kill9();
  const late = spawnLauncher(['credentials', 'acme', 'another', '--data', platform.dataDir]);
  expect(await late.ended).toBe(1);
  expect(late.output()).toContain(`NATS at ${nats.url} did not let us in within 20 s. ${platform.url}/ready says what is wrong.`);
});
