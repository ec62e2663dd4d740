/** The product as `npm start` runs it keeps every promise of its gateway: the black-box suite, with a driver behind it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { natsDriver, ROWS, runConformance, type NatsDriver, type Result } from '@xanthus/conformance';
import { initOperator, operatorFiles } from '@xanthus/deploy';
import { startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { startPlatform, type Platform } from './testing-platform.js';

/** Parts that nobody has from outside: auth gives its own sign of life, NATS and the number of gateways are the product's. */
const NOBODYS = ['heartbeat', 'outage', 'gateways'] as const;
/** Rows that wait for a clock longer than this are tried on the gateway alone, where the clock goes faster. */
const PATIENCE = 20;

let folder: TempDir;
let nats: TestNats;
let platform: Platform;
let driver: NatsDriver;
beforeAll(async () => {
  folder = await tempDir('xanthus-conformance-');
  await initOperator(folder.path);
  // A NATS that lets everybody do everything, so that the driver can play what is behind the gateway; the product has users of its own all the same.
  nats = await startNats();
  platform = await startPlatform({ env: { XANTHUS_NATS_URL: nats.url, XANTHUS_NATS_CREDENTIALS: operatorFiles(folder.path).credsDir } });
  await platform.setUp();
  driver = await natsDriver(await nats.connect());
});
afterAll(async () => {
  await driver?.stop();
  await platform?.stop();
  await nats?.stop();
  await folder?.remove();
});

it('keeps every promise that can be tried from outside', async () => {
  const results = await runConformance({ url: platform.url, driver, rows: ROWS, patience: PATIENCE });
  const named = (...outcomes: Result['outcome'][]): Result[] => results.filter(r => outcomes.includes(r.outcome));
  expect(named('failed', 'not offered')).toEqual([]);
  expect(named('skipped').map(r => r.name)).toEqual(ROWS.filter(r => r.needs.some(part => NOBODYS.some(one => one === part)) || (r.seconds ?? 0) > PATIENCE).map(r => r.name));
  expect(named('passed').length).toBeGreaterThan(100);
});
