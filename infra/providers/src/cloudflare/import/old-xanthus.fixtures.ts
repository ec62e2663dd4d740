import { createCipheriv, createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

/** An origin certificate of example.com and *.example.com (its key was thrown away). */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICAjCCAaigAwIBAgIUJNj9mcuBOswamThIGC57j7HryWcwCgYIKoZIzj0EAwIw
QzEZMBcGA1UECgwQQ2xvdWRGbGFyZSwgSW5jLjEmMCQGA1UEAwwdQ2xvdWRGbGFy
ZSBPcmlnaW4gQ2VydGlmaWNhdGUwHhcNMjYxMTIxMTA0OTMyWhcNNDExMTE3MTA0
OTMyWjBDMRkwFwYDVQQKDBBDbG91ZEZsYXJlLCBJbmMuMSYwJAYDVQQDDB1DbG91
ZEZsYXJlIE9yaWdpbiBDZXJ0aWZpY2F0ZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABB/Hp3EhtB5NxZrlgU08BUumXKpVyc8vBRAI3rTXpCmuKM1wYrk2KIaNFhCB
AaUJJI6ZIoyXN+xwrdPZ3lQBQS2jejB4MB0GA1UdDgQWBBR1gBMrHwp+QoBd0R4g
wLYdwFH/lTAfBgNVHSMEGDAWgBR1gBMrHwp+QoBd0R4gwLYdwFH/lTAPBgNVHRMB
Af8EBTADAQH/MCUGA1UdEQQeMByCC2V4YW1wbGUuY29tgg0qLmV4YW1wbGUuY29t
MAoGCCqGSM49BAMCA0gAMEUCIBGsMUwbQZKJEwBs/cUxhkRFrvkxdRJtIoTsKC1I
jA0aAiEA6Wbw6RnnjOZbPk2raPMiy6T0Y2teHMWTfHwOm2FlRvQ=
-----END CERTIFICATE-----
`;

/** As Xanthus stored it: AES-256-GCM under SHA-256 of the token, nonce ‖ ciphertext ‖ tag, base64, as a JSON string. */
export const sealLikeXanthus = (plain: string, token: string): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', createHash('sha256').update(token).digest(), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return JSON.stringify(sealed.toString('base64'));
};

const pem = (label: string, der: Buffer): string => `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

/** A key and a request that carries its public half; the rest of the request is not looked at. */
export const newRequest = (): { csr: string; private_key: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const half = publicKey.export({ type: 'spki', format: 'der' });
  return { csr: pem('CERTIFICATE REQUEST', Buffer.concat([randomBytes(40), half, randomBytes(40)])), private_key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
};

export const SECRETS = { hetzner: 'hetzner-canary-8S4kT0ken', password: 'app-canary-pa55word', oci: 'oci-canary-private-key', ssh: 'ssh-canary-private-key', domain: 'domain-canary-private-key' } as const;

/** A namespace as Xanthus 1.0.8 leaves it behind, every kind of key once or twice. */
export const oldNamespace = (token: string): { readonly values: Record<string, string>; readonly request: { readonly csr: string; readonly private_key: string } } => {
  const request = newRequest();
  return {
    request,
    values: {
      'config:ssl:csr': JSON.stringify({ ...request, created_at: '2025-07-01T10:00:00Z' }),
      'config:hetzner:api_key': sealLikeXanthus(SECRETS.hetzner, token),
      oci_token: Buffer.from(JSON.stringify({ tenancy: 'ocid1.tenancy.oc1..a', user: 'ocid1.user.oc1..b', region: 'eu-frankfurt-1', fingerprint: 'aa:bb', private_key: SECRETS.oci })).toString('base64'),
      'domain:example.com:ssl_config': JSON.stringify({
        domain: 'example.com', zone_id: 'a'.repeat(32), certificate_id: '1234', certificate: CERTIFICATE, private_key: SECRETS.domain, configured_at: '2025-07-02T10:00:00.123456789Z', ssl_mode: 'strict',
        always_use_https: true, page_rule_created: true,
      }),
      'vps:101:config': JSON.stringify({
        server_id: 101, name: 'web-1', server_type: 'cax11', location: 'nbg1', public_ipv4: '192.0.2.7', created_at: '2025-07-03T10:00:00Z', ssh_key_name: 'xanthus-key-1', ssh_user: 'root', ssh_port: 22,
        hourly_rate: 0.0053, monthly_rate: 3.29, timezone: 'Europe/Athens', provider: 'Hetzner', provider_instance_id: '', ocpu: 0, memory: 0, region: '', architecture: '',
      }),
      'vps:-77:config': JSON.stringify({ server_id: -77, name: 'oci-1', provider: 'OCI', created_at: '0001-01-01T00:00:00Z' }),
      'vps:-77:ssh': JSON.stringify({ private_key: SECRETS.ssh, public_key: 'ssh-rsa AAAA oci', vps_name: 'oci-1', provider: 'OCI', created_at: '2025-07-03T10:00:00Z' }),
      'app:app-1751900000': JSON.stringify({
        id: 'app-1751900000', name: 'Code', app_type: 'code-server', app_version: '4.1', subdomain: 'code', domain: 'example.com', vps_id: '101', vps_name: 'web-1', namespace: 'code-server', status: 'Running',
        error_msg: '', url: 'https://code.example.com', created_at: '2025-07-04T10:00:00Z', updated_at: '2025-07-04T10:00:00Z',
      }),
      'app:app-1751900000:password': sealLikeXanthus(SECRETS.password, token),
      'app:app-1751900000:port-forwards': JSON.stringify([{ id: 'pf-1', port: 3000, subdomain: 'dev', url: 'https://dev.example.com' }]),
      'something:else': 'somebody wrote that',
    },
  };
};
