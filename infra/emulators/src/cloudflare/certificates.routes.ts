/** The origin certificate authority: certificates of 7 days to 15 years for a zone's names, signed with a key of the emulator's own. */
import { webcrypto } from 'node:crypto';
import type { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { reachesZone } from './access.js';
import { paged, refuse, type Answer } from './answer.js';
import { holds } from './permissions.js';
import { jsonBody, param, type Call, type Route } from './route.js';
import { newHex, type OriginCertificate, type Zone } from './state.js';

const crypto = webcrypto as unknown as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1] & typeof webcrypto;
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };
const DAYS = [7, 30, 90, 365, 730, 1_095, 5_475];
const DAY = 86_400_000;

/** Loaded when it is first needed: it wants `reflect-metadata` there before it. */
const x509 = async () => {
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

const makeAuthority = async () => {
  const { BasicConstraintsExtension, X509CertificateGenerator } = await x509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'C=US, O=Emulated, OU=Origin SSL Certificate Authority', keys, signingAlgorithm: ALGORITHM, notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 20 * 365 * DAY), extensions: [new BasicConstraintsExtension(true)],
  }, crypto);
  return { key: keys.privateKey, certificate };
};
let authority: ReturnType<typeof makeAuthority> | undefined;

const zonesOf = (call: Call, kind: 'Read' | 'Write'): Zone[] => {
  if (!holds(call.token.permissions, `SSL and Certificates ${kind}`)) refuse(403, 10000, 'Authentication error');
  return [...call.state.zones.values()].filter(zone => reachesZone(call.state, call.token, zone));
};

const create = async (call: Call): Promise<Answer> => {
  const zones = zonesOf(call, 'Write');
  const { csr, hostnames, request_type = 'origin-rsa', requested_validity = 5_475 } = jsonBody(call) as { csr?: unknown; hostnames?: unknown; request_type?: unknown; requested_validity?: unknown };
  if (!Array.isArray(hostnames) || hostnames.length === 0 || hostnames.length > 200 || !hostnames.every(h => typeof h === 'string')) return refuse(400, 1004, 'The hostnames are invalid.');
  const names = hostnames as string[];
  const covering = names.map(name => zones.find(zone => name === zone.name || name.endsWith(`.${zone.name}`)));
  if (covering.includes(undefined)) return refuse(400, 1010, `This zone is either not part of your account, or you do not have access to it. Please contact support if using a multi-user organization.`);
  if (!DAYS.includes(Number(requested_validity))) return refuse(400, 1006, 'The requested validity is invalid.');
  if (request_type !== 'origin-rsa' && request_type !== 'origin-ecc') return refuse(400, 1003, 'The request type is invalid.');
  const { SubjectAlternativeNameExtension, X509CertificateGenerator } = await x509();
  const request = await readRequest(csr);
  const { key, certificate: issuer } = await (authority ??= makeAuthority());
  const [notBefore, notAfter] = [new Date(call.state.now()), new Date(call.state.now() + Number(requested_validity) * DAY)];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newHex(), subject: 'O=Emulated, OU=Origin CA, CN=Origin Certificate', issuer: issuer.subject, notBefore, notAfter, publicKey: await request.publicKey.export(crypto), signingKey: key, signingAlgorithm: ALGORITHM,
    extensions: [new SubjectAlternativeNameExtension(names.map(value => ({ type: 'dns' as const, value })))],
  }, crypto);
  const made: OriginCertificate = {
    id: newHex(), certificate: `${certificate.toString('pem')}\n`, csr: csr as string, hostnames: names, request_type, requested_validity: Number(requested_validity), expires_on: notAfter.toISOString(),
    zones: [...new Set(covering.map(zone => (zone as Zone).id))],
  };
  call.state.certificates.set(made.id, made);
  return { result: shown(made) };
};

const readRequest = async (csr: unknown): Promise<Pkcs10CertificateRequest> => {
  const { Pkcs10CertificateRequest: Request } = await x509();
  try {
    return new Request(csr as string);
  } catch {
    return refuse(400, 1003, 'Failed to parse the certificate request.');
  }
};

const shown = ({ zones: _zones, ...certificate }: OriginCertificate): object => certificate;

const mine = (call: Call, kind: 'Read' | 'Write'): OriginCertificate => {
  const zones = zonesOf(call, kind).map(zone => zone.id);
  const found = call.state.certificates.get(param(call, 'certificate'));
  return found?.zones.some(id => zones.includes(id)) ? found : refuse(404, 1101, 'Failed to read certificate from Database');
};

export const certificateRoutes: readonly Route[] = [
  { method: 'POST', pattern: '/certificates', handle: create },
  {
    method: 'GET', pattern: '/certificates',
    handle: call => {
      const zones = zonesOf(call, 'Read').map(zone => zone.id);
      const wanted = call.query.get('zone_id') ?? refuse(400, 1001, 'The zone_id is required.');
      const found = [...call.state.certificates.values()].filter(c => c.revoked_at === undefined && zones.includes(wanted) && c.zones.includes(wanted));
      return paged(found.map(shown), call.query, { preset: 20, min: 5, max: 50 });
    },
  },
  { method: 'GET', pattern: '/certificates/:certificate', handle: call => ({ result: shown(mine(call, 'Read')) }) },
  {
    method: 'DELETE', pattern: '/certificates/:certificate',
    handle: call => {
      const certificate = mine(call, 'Write');
      if (certificate.revoked_at !== undefined) return refuse(400, 1107, 'This certificate has already been revoked.');
      certificate.revoked_at = new Date(call.state.now()).toISOString();
      return { result: { id: certificate.id, revoked_at: certificate.revoked_at } };
    },
  },
];
