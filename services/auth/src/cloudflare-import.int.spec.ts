import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { IdentitySigner, type ServiceKey } from '@xanthus/nest';
import { importFromCloudflare, linkCloudflare, previewCloudflareImport } from '@xanthus/proto/auth';
import { receiveSecret } from '@xanthus/vault';
import { readFile } from 'node:fs/promises';
import { makeCertificateRequest, type CertificateRequest } from './adapters/certificate-request.js';
import { startTestAuth, type TestAuth } from './auth.fixtures.js';

// A namespace as an older Xanthus left it, taken over by the tenant that links its account.

const SECRETS = { hetzner: 'canary-hetzner-key', oci: 'canary-oci-private-key', password: 'canary-app-password' };
const sealed = (plain: string, token: string): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', createHash('sha256').update(token).digest(), nonce);
  return JSON.stringify(Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64'));
};

let cf: CloudflareEmulator;
let t: TestAuth;
let owner: { person: string; tenant: string; session: string; proved: boolean };
let namespace: string;
let request: CertificateRequest;
let token: string;
const EARLIER = 'earlier'.padEnd(40, 'E');
beforeAll(async () => {
  cf = await startCloudflareEmulator();
  token = cf.addToken().value;
  namespace = cf.addNamespace('Xanthus').id;
  request = await makeCertificateRequest('2025-07-01T10:00:00.000Z');
  const oci = Buffer.from(JSON.stringify({ tenancy: 'ocid1.tenancy.oc1..a', user: 'ocid1.user.oc1..b', region: 'eu-frankfurt-1', fingerprint: 'aa:bb', private_key: SECRETS.oci })).toString('base64');
  const values = {
    'config:ssl:csr': JSON.stringify(request), 'config:hetzner:api_key': sealed(SECRETS.hetzner, EARLIER), oci_token: oci, 'vps:1:config': JSON.stringify({ name: 'web-1', public_ipv4: '192.0.2.7' }),
    'app:app-1:password': sealed(SECRETS.password, token), other: 'x',
  };
  for (const [key, value] of Object.entries(values)) cf.putValue(namespace, key, value);
  t = await startTestAuth({ XANTHUS_CLOUDFLARE_URL: cf.url });
  const session = await t.setUp('acme');
  owner = { person: session.user.id, tenant: 'acme', session: session.session, proved: true };
});
afterAll(async () => { await t.stop(); await cf.stop(); });

const preview = (input: { namespace?: string; earlier_token?: string } = {}) => t.asPerson(owner, previewCloudflareImport, { tenant: 'acme', id: cf.account.id, input });
const take = (input: { namespace?: string; earlier_token?: string } = {}) => t.asPerson(owner, importFromCloudflare, { tenant: 'acme', id: cf.account.id, input });

it('needs a linked account', async () => {
  await expect(preview()).rejects.toMatchObject({ code: 'CLOUDFLARE.NOT_LINKED' });
  await t.asPerson(owner, linkCloudflare, { tenant: 'acme', input: { token } });
});

it('previews every key with what happens to it, and no secret', async () => {
  const shown = await preview();
  expect(shown.namespace).toBe(namespace);
  expect(shown.items.map(({ key, state }) => [key, state])).toEqual([
    ['app:app-1:password', 'later'], ['config:hetzner:api_key', 'unreadable'], ['config:ssl:csr', 'importable'], ['oci_token', 'importable'], ['other', 'unknown'], ['vps:1:config', 'later'],
  ]);
  expect(shown.items.find(item => item.key === 'config:hetzner:api_key')?.why).toContain('another token');
  const known = await preview({ earlier_token: EARLIER });
  expect(known.counts).toEqual({ importable: 3, later: 2, unreadable: 0, unknown: 1 });
  for (const secret of [...Object.values(SECRETS), token, EARLIER, request.private_key.slice(100, 160)]) expect(JSON.stringify([shown, known])).not.toContain(secret);
});

it('takes what is here not yet, once: repeated, everything is kept as it is', async () => {
  const before = JSON.stringify(cf.requests.filter(r => r.method === 'PUT' || r.method === 'DELETE'));
  const first = await take({ earlier_token: EARLIER });
  expect(first.outcomes.map(({ key, outcome }) => [key, outcome])).toEqual([['config:hetzner:api_key', 'taken'], ['config:ssl:csr', 'kept'], ['oci_token', 'taken']]);
  const again = await take({ earlier_token: EARLIER });
  expect(again.outcomes.map(({ outcome }) => outcome)).toEqual(['kept', 'kept', 'kept']);
  expect(again.outcomes.map(({ secret }) => secret)).toEqual(first.outcomes.map(({ secret }) => secret));
  expect(again.seq).toBe(first.seq);
  // nothing was changed there
  expect(JSON.stringify(cf.requests.filter(r => r.method === 'PUT' || r.method === 'DELETE'))).toBe(before);
  const vps = new IdentitySigner({ service: 'vps', key: JSON.parse(await readFile(t.files.serviceKey('vps'), 'utf8')) as ServiceKey });
  const id = first.outcomes[0]?.secret ?? '';
  expect(await receiveSecret(await t.as('vps'), vps, { tenant: 'acme', id, reason: 'list server types', act: { kind: 'person', id: owner.person } })).toMatchObject({ kind: 'hetzner-token', value: SECRETS.hetzner });
});

it('replaces nothing: another value under the name, or another certificate request, is refused with the reason', async () => {
  const other = cf.addNamespace('another').id;
  cf.putValue(other, 'config:hetzner:api_key', sealed('another-key', token));
  cf.putValue(other, 'config:ssl:csr', JSON.stringify(await makeCertificateRequest('2025-01-01T00:00:00.000Z')));
  const { outcomes } = await take({ namespace: other });
  expect(outcomes).toMatchObject([{ outcome: 'refused', why: expect.stringContaining('name hetzner') }, { outcome: 'refused', why: expect.stringContaining('never replaced') }]);
});

it('asks for a fresh proof, and is nobody else\'s', async () => {
  await expect(t.asPerson({ ...owner, proved: false }, importFromCloudflare, { tenant: 'acme', id: cf.account.id, input: {} })).rejects.toMatchObject({ code: 'AUTH.PROOF_NEEDED' });
  await expect(t.asPerson({ ...owner, tenant: 'globex' }, previewCloudflareImport, { tenant: 'acme', id: cf.account.id, input: {} })).rejects.toMatchObject({ code: 'DENIED' });
});

it('says what Cloudflare refuses', async () => {
  await expect(preview({ namespace: 'f'.repeat(32) })).rejects.toMatchObject({ code: 'CLOUDFLARE.UNAVAILABLE' });
  const huge = cf.addNamespace('huge').id;
  for (let i = 0; i <= 5_000; i++) cf.putValue(huge, `k${i}`, '');
  await expect(preview({ namespace: huge })).rejects.toMatchObject({ code: 'CLOUDFLARE.IMPORT_NOT_XANTHUS' });
  cf.narrow(token, ['Zone Read']);
  await expect(preview()).rejects.toMatchObject({ code: 'CLOUDFLARE.PERMISSION_MISSING' });
});
