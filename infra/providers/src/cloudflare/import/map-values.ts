import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { z } from 'zod';
import { nameKey, type NamedKey } from './keys.js';
import type { ImportItem, ImportSecrets } from './preview.js';
import { jsonString, openSealedValue } from './sealed-value.js';
import * as shapes from './shapes.js';

interface Mapped { readonly item: ImportItem; readonly secrets?: ImportSecrets }
type Mapping = (named: NamedKey, value: string, tokens: readonly string[]) => Mapped;

/** What a namespace holds, in the order of its keys: pure. A value is undefined where none could be read. */
export const mapValues = (values: ReadonlyMap<string, string | undefined>, tokens: readonly string[]): { readonly items: readonly ImportItem[]; readonly secrets: ImportSecrets } => {
  const mapped = [...joinParts(values)].map(([key, value]) => {
    const named = nameKey(key);
    return value === undefined ? { item: unreadable(named, 'Cloudflare lists the key but gives no value. It may have been written or deleted just now: read it again in a minute.') } : MAPPINGS[named.kind](named, value, tokens);
  });
  const items = mapped.map(m => m.item);
  return { items, secrets: Object.assign({}, ...mapped.map(m => m.secrets)) as ImportSecrets };
};

/** The earlier layout, two plain keys, is read as the later one unless that exists. */
const joinParts = (values: ReadonlyMap<string, string | undefined>): ReadonlyMap<string, string | undefined> => {
  const csr = values.get('csr');
  const key = values.get('private_key');
  if (csr === undefined || key === undefined || values.has('config:ssl:csr')) return values;
  const rest = [...values].filter(([name]) => name !== 'csr' && name !== 'private_key');
  return new Map([['config:ssl:csr', JSON.stringify({ csr: jsonString(csr), private_key: jsonString(key) })], ...rest]);
};

const unreadable = (named: NamedKey, why: string): ImportItem => ({ key: named.key, kind: named.kind, state: 'unreadable', ...(named.about !== undefined && { name: named.about }), summary: {}, why });

/** Of keys and tokens, which are random: enough to recognise one. Never of a password, which could be found by trying. */
const fingerprint = (secret: string | Buffer): string => createHash('sha256').update(secret).digest('hex').slice(0, 16);

/** Only what is there. */
const facts = (given: Record<string, string | number | boolean | readonly string[] | null | undefined>): ImportItem['summary'] =>
  Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string | number | boolean | readonly string[]] => entry[1] !== undefined && entry[1] !== null));

const later = (named: NamedKey, item: Pick<ImportItem, 'summary' | 'why'> & { readonly name?: string | undefined; readonly fingerprint?: string }): Mapped => {
  const name = item.name ?? named.about;
  return { item: { key: named.key, kind: named.kind, state: 'later', summary: item.summary, ...(name !== undefined && { name }), ...(item.fingerprint !== undefined && { fingerprint: item.fingerprint }), ...(item.why !== undefined && { why: item.why }) } };
};

/** A JSON record of that shape, or why not: the paths that don't fit, never a value. */
const parsed = <T extends z.ZodType>(named: NamedKey, value: string, shape: T, map: (data: z.output<T>) => Mapped): Mapped => {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return { item: unreadable(named, 'The value is no JSON.') };
  }
  const result = shape.safeParse(json);
  if (result.success) return map(result.data);
  const paths = [...new Set(result.error.issues.map(issue => issue.path.join('.') || 'the value'))];
  return { item: unreadable(named, `Not the record that belongs under this key: ${paths.join(', ')}.`) };
};

const ENCRYPTED_OTHERWISE = 'Encrypted with another token than the one given. Give the token that was in use when it was stored, or enter the secret anew.';
const NOT_YET = { app: 'Applications are taken over when they can be adopted.', server: 'Add the server in Servers; its address and user are the ones here.', dns: 'Taken over with the domain.' } as const;

const MAPPINGS: Readonly<Record<NamedKey['kind'], Mapping>> = {
  'certificate-request': (named, value) => parsed(named, value, shapes.certificateRequest, ({ csr, private_key, created_at }) => {
    const checked = checkRequest(csr, private_key);
    if ('wrong' in checked) return { item: unreadable(named, checked.wrong) };
    const secret = { csr, private_key, ...(created_at !== undefined && { created_at }) };
    return { item: { key: named.key, kind: named.kind, state: 'importable', summary: facts({ created_at }), fingerprint: checked.fingerprint }, secrets: { certificate_request: secret } };
  }),
  'certificate-request-part': named => ({ item: unreadable(named, 'One half of a certificate request: the other is missing, or config:ssl:csr holds the one in use.') }),
  'hetzner-key': (named, value, tokens) => {
    const key = openSealedValue(value, tokens);
    if (key === undefined) return { item: unreadable(named, ENCRYPTED_OTHERWISE) };
    return { item: { key: named.key, kind: named.kind, state: 'importable', summary: {}, fingerprint: fingerprint(key) }, secrets: { hetzner_key: key } };
  },
  'oci-token': (named, value) => {
    const stored = jsonString(value.trim());
    return parsed(named, Buffer.from(stored, 'base64').toString('utf8'), shapes.ociToken, token => ({
      item: { key: named.key, kind: named.kind, state: 'importable', name: token.tenancy, summary: facts({ region: token.region, user: token.user }), fingerprint: fingerprint(token.private_key), why: 'It is stored there in clear: make a new key at Oracle when nothing else uses this one.' },
      secrets: { oci_token: stored },
    }));
  },
  'domain-certificate': (named, value) => parsed(named, value, shapes.domainCertificate, d =>
    later(named, {
      name: d.domain, why: NOT_YET.dns, ...(d.private_key && { fingerprint: fingerprint(d.private_key) }),
      summary: facts({ zone_id: d.zone_id, certificate_id: d.certificate_id, ssl_mode: d.ssl_mode, always_use_https: d.always_use_https, page_rule_created: d.page_rule_created, configured_at: d.configured_at, ...certificateFacts(d.certificate, d.private_key) }),
    })),
  server: (named, value) => parsed(named, value, shapes.server, ({ name, ssh_port, server_id, ...s }) =>
    later(named, { name, why: NOT_YET.server, summary: facts({ ...s, ssh_port, server_id: server_id === undefined || server_id === null ? undefined : String(server_id) }) })),
  'server-ssh-key': (named, value) => parsed(named, value, shapes.serverSshKey, ({ private_key, ...s }) =>
    later(named, { name: s.vps_name, why: 'Taken over with its server. It is stored there in clear: replace it then.', summary: facts({ provider: s.provider, created_at: s.created_at, public_key: s.public_key }), fingerprint: fingerprint(private_key) })),
  'app-password': (named, value, tokens) => {
    const password = openSealedValue(value, tokens);
    if (password === undefined) return { item: unreadable(named, ENCRYPTED_OTHERWISE) };
    return later(named, { summary: {}, why: `${NOT_YET.app} It can be read with this token only: keep the token until then, or change the password in the application.` });
  },
  'app-port-forwards': (named, value) => parsed(named, value, shapes.portForwards, list =>
    later(named, { why: NOT_YET.app, summary: facts({ forwards: list.map(f => (f.subdomain === undefined ? String(f.port) : `${f.port} ${f.subdomain}`)) }) })),
  app: (named, value) => parsed(named, value, shapes.app, ({ name, vps_id, ...a }) =>
    later(named, { name, why: NOT_YET.app, summary: facts({ ...a, vps_id: vps_id === undefined || vps_id === null ? undefined : String(vps_id) }) })),
  unknown: named => ({ item: { key: named.key, kind: 'unknown', state: 'unknown', summary: {}, why: 'Not a key that Xanthus writes; it is left alone.' } }),
};

/** Does the key belong to the request? The request carries its public half byte for byte; the fingerprint is that half's. */
const checkRequest = (csr: string, privateKey: string): { readonly fingerprint: string } | { readonly wrong: string } => {
  const [, body] = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(csr) ?? [];
  if (body === undefined) return { wrong: 'The certificate request is not in PEM form.' };
  try {
    const half = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
    return Buffer.from(body.replace(/\s/g, ''), 'base64').includes(half) ? { fingerprint: fingerprint(half) } : { wrong: 'The key does not belong to the certificate request.' };
  } catch {
    return { wrong: 'The key of the certificate request is not a private key in PEM form.' };
  }
};

const certificateFacts = (certificate: string | undefined, privateKey: string | undefined): Record<string, string | boolean | readonly string[] | undefined> => {
  if (certificate === undefined) return {};
  try {
    const x509 = new X509Certificate(certificate);
    return {
      hostnames: (x509.subjectAltName ?? '').split(', ').filter(n => n.startsWith('DNS:')).map(n => n.slice(4)), expires_at: new Date(x509.validTo).toISOString(),
      ...(privateKey !== undefined && { key_fits: keyFits(x509, privateKey) }),
    };
  } catch {
    return { certificate: 'not readable' };
  }
};

const keyFits = (certificate: X509Certificate, privateKey: string): boolean => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
};
