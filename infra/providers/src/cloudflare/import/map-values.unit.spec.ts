import { describe, expect, it } from '@jest/globals';
import { mapValues } from './map-values.js';
import { newRequest, oldNamespace, sealLikeXanthus, SECRETS } from './old-xanthus.fixtures.js';
import type { ImportItem } from './preview.js';
import { openSealedValue } from './sealed-value.js';

const TOKEN = 'T'.repeat(40);
const map = (values: Record<string, string | undefined>, tokens = [TOKEN]) => mapValues(new Map(Object.entries(values)), tokens);
const only = (values: Record<string, string | undefined>, tokens?: string[]): ImportItem | undefined => map(values, tokens).items[0];

describe('a sealed value', () => {
  it('opens with the token it was sealed with, as a JSON string or plain, and with an earlier token', () => {
    const sealed = sealLikeXanthus('s3cret', TOKEN);
    expect(openSealedValue(sealed, [TOKEN])).toBe('s3cret');
    expect(openSealedValue(JSON.parse(sealed) as string, ['new', TOKEN])).toBe('s3cret');
  });

  it.each([
    ['another token', sealLikeXanthus('s3cret', 'other')], ['a byte changed', sealLikeXanthus('s3cret', TOKEN).replace(/^"(.)/, (_, c: string) => `"${c === 'A' ? 'B' : 'A'}`)],
    ['cut short', '"AAAA"'], ['no base64', '"not base64 !"'], ['nothing', ''],
  ])('does not open: %s', (_, sealed) => {
    expect(openSealedValue(sealed, [TOKEN])).toBeUndefined();
  });
});

describe('an existing namespace', () => {
  const { values, request } = oldNamespace(TOKEN);
  const { items, secrets } = map(values);
  const at = (key: string): ImportItem | undefined => items.find(item => item.key === key);

  it('says of every key what it is and what happens with it', () => {
    expect(items.map(({ key, kind, state }) => [key, kind, state])).toEqual([
      ['config:ssl:csr', 'certificate-request', 'importable'], ['config:hetzner:api_key', 'hetzner-key', 'importable'], ['oci_token', 'oci-token', 'importable'],
      ['domain:example.com:ssl_config', 'domain-certificate', 'later'], ['vps:101:config', 'server', 'later'], ['vps:-77:config', 'server', 'later'], ['vps:-77:ssh', 'server-ssh-key', 'later'],
      ['app:app-1751900000', 'app', 'later'], ['app:app-1751900000:password', 'app-password', 'later'], ['app:app-1751900000:port-forwards', 'app-port-forwards', 'later'], ['something:else', 'unknown', 'unknown'],
    ]);
    expect(items.filter(item => item.state !== 'importable').every(item => item.why)).toBe(true);
  });

  it('takes the certificate request, the Hetzner key and the Oracle token', () => {
    expect(secrets).toEqual({ certificate_request: { ...request, created_at: '2025-07-01T10:00:00.000Z' }, hetzner_key: SECRETS.hetzner, oci_token: values['oci_token'] });
  });

  it('shows no secret', () => {
    const shown = JSON.stringify(items);
    for (const secret of [...Object.values(SECRETS), request.private_key, TOKEN]) expect(shown).not.toContain(secret);
    expect(shown).not.toContain('PRIVATE KEY');
    expect(at('vps:-77:ssh')?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    // a password could be found by trying
    expect(at('app:app-1751900000:password')).not.toHaveProperty('fingerprint');
  });

  it('tells servers, domains and applications by what matters, without empty fields', () => {
    expect(at('vps:101:config')).toMatchObject({ name: 'web-1', summary: { public_ipv4: '192.0.2.7', ssh_user: 'root', ssh_port: 22, provider: 'Hetzner', server_id: '101' } });
    expect(at('vps:-77:config')?.summary).toEqual({ provider: 'OCI', server_id: '-77' });
    expect(at('domain:example.com:ssl_config')?.summary).toMatchObject({ hostnames: ['example.com', '*.example.com'], ssl_mode: 'strict', key_fits: false, configured_at: '2025-07-02T10:00:00.123Z' });
    expect(at('app:app-1751900000')?.summary).toMatchObject({ app_type: 'code-server', subdomain: 'code', vps_id: '101' });
    expect(at('app:app-1751900000:port-forwards')?.summary).toEqual({ forwards: ['3000 dev'] });
  });

  it('is the same the second time', () => {
    expect(map(values).items).toEqual(items);
  });
});

describe('what cannot be read', () => {
  it('says that another token sealed it', () => {
    const { items, secrets } = map({ 'config:hetzner:api_key': sealLikeXanthus('x', 'old'), 'app:a:password': sealLikeXanthus('x', 'old') });
    expect(items.map(item => item.state)).toEqual(['unreadable', 'unreadable']);
    expect(items[0]?.why).toContain('another token');
    expect(secrets).toEqual({});
  });

  it('names the fields of a broken record, never their values', () => {
    expect(only({ 'vps:1:config': '{"ssh_port":"s3cret"}' })).toMatchObject({ state: 'unreadable', why: 'Not the record that belongs under this key: name, ssh_port.' });
    expect(only({ 'vps:1:config': 'not json' })?.why).toBe('The value is no JSON.');
    expect(only({ 'app:x': '[1]' })?.state).toBe('unreadable');
    expect(only({ 'vps:1:config': undefined })?.why).toContain('in a minute');
  });

  it('does not take a certificate request with the key of another', () => {
    const [one, two] = [newRequest(), newRequest()];
    const { items, secrets } = map({ 'config:ssl:csr': JSON.stringify({ csr: one.csr, private_key: two.private_key }) });
    expect(items[0]).toMatchObject({ state: 'unreadable', why: 'The key does not belong to the certificate request.' });
    expect(secrets.certificate_request).toBeUndefined();
  });

  it('reads the earlier layout of two keys, and prefers the later one', () => {
    const [old, now] = [newRequest(), newRequest()];
    expect(map({ csr: old.csr, private_key: old.private_key }).secrets.certificate_request).toEqual(old);
    const both = map({ csr: old.csr, private_key: old.private_key, 'config:ssl:csr': JSON.stringify(now) });
    expect(both.secrets.certificate_request).toEqual(now);
    expect(both.items.filter(item => item.state === 'unreadable').map(item => item.key)).toEqual(['csr', 'private_key']);
  });
});
