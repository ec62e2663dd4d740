import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { cloudflareClient } from '../client.js';
import { oldNamespace, SECRETS } from './old-xanthus.fixtures.js';
import { readImport, readNamespace } from './read-namespace.js';

let cf: CloudflareEmulator;
beforeAll(async () => { cf = await startCloudflareEmulator(); });
afterAll(() => cf.stop());
const at = (token: string) => cloudflareClient({ token, baseUrl: cf.url });

it('reads every key over pages and values a hundred at once, changes nothing, gives the same again', async () => {
  const { value: token } = cf.addToken({ permissions: ['Workers KV Storage Read'] });
  const namespace = cf.addNamespace('Xanthus').id;
  const { values, request } = oldNamespace(token);
  for (const [key, value] of Object.entries(values)) cf.putValue(namespace, key, value);
  for (let i = 0; i < 250; i++) cf.putValue(namespace, `vps:${1000 + i}:config`, JSON.stringify({ name: `many-${i}` }));
  const { preview, secrets } = await readImport(at(token), cf.account.id, namespace, token);
  expect(preview.counts).toEqual({ importable: 3, later: 257, unreadable: 0, unknown: 1 });
  expect(secrets).toMatchObject({ hetzner_key: SECRETS.hetzner, certificate_request: request });
  expect(await readNamespace(at(token), cf.account.id, namespace, token)).toEqual(preview);
  expect(cf.requests.filter(r => r.method !== 'GET').every(r => r.path.endsWith('/bulk/get'))).toBe(true);
});

it('asks again for values that are listed but not readable, and says which never were', async () => {
  const { value: token } = cf.addToken();
  const namespace = cf.addNamespace('fresh').id;
  const kv = at(token).kv.namespaces;
  cf.putValue(namespace, 'vps:1:config', JSON.stringify({ name: 'late' }));
  cf.putValue(namespace, 'vps:2:config', JSON.stringify({ name: 'gone' }));
  // one more read, the list, sees both; their values are not there any more
  cf.setConsistency({ reads: 1 });
  await kv.bulkDelete(namespace, { account_id: cf.account.id, body: ['vps:1:config', 'vps:2:config'] });
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => {
    pauses.push(ms);
    cf.putValue(namespace, 'vps:1:config', JSON.stringify({ name: 'late' }));
  };
  const { items } = await readNamespace(at(token), cf.account.id, namespace, token, { pause });
  expect(items).toMatchObject([{ name: 'late', state: 'later' }, { key: 'vps:2:config', state: 'unreadable' }]);
  expect(pauses).toEqual([2_000, 2_000]);
  cf.setConsistency({});
});

it('refuses a namespace that cannot be one of Xanthus, and passes on what Cloudflare refuses', async () => {
  const { value: token } = cf.addToken();
  const namespace = cf.addNamespace('huge').id;
  for (let i = 0; i <= 5_000; i++) cf.putValue(namespace, `k${i}`, '');
  await expect(readNamespace(at(token), cf.account.id, namespace, token)).rejects.toThrow('not one of Xanthus');
  const { value: blind } = cf.addToken({ permissions: ['Zone Read'] });
  await expect(readNamespace(at(blind), cf.account.id, namespace, blind)).rejects.toMatchObject({ status: 403 });
});
