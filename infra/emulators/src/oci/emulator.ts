import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultList, type Fault } from '../hetzner/faults.js';
import { notFound, OciRefusal, refuse } from './answer.js';
import { add, computeRoutes, imageNamed } from './compute.routes.js';
import { networkRoutes } from './network.routes.js';
import type { Given } from './route.js';
import { fingerprintOf, verified } from './signature.js';
import { current, type Instance, type State, type Tags } from './state.js';

/** What a person puts into one JSON object, as Oracle shows it beside a new API key. */
export interface OciApiKey { readonly tenancy: string; readonly user: string; readonly region: string; readonly fingerprint: string; readonly private_key: string }
export interface SeenOciRequest { readonly method: string; readonly path: string; readonly status: number }
export interface EmulatedInstance { readonly id: string; readonly name: string; readonly state: string; readonly domain: string; readonly image: string; readonly size: Instance['shapeConfig']; readonly metadata: Tags; readonly tags: Tags }

export interface OciEmulator {
  readonly url: string;
  readonly key: OciApiKey;
  readonly domains: readonly string[];
  /** The key is taken away from its user, or given back. */
  revoke(revoked: boolean): void;
  /** Machines of that many cores in a domain. */
  setCapacity(domain: string, ocpus: number, there: boolean): void;
  setLimit(instances: number): void;
  fail(fault: Fault): void;
  heal(): void;
  instances(): readonly EmulatedInstance[];
  /** A machine of this name is not in the list yet, until the next call. */
  hide(name?: string): void;
  addInstanceOutside(name: string, tags: Tags): void;
  /** How many there are of `vcns`, `subnets`, `internetGateways`, `securityLists`. */
  count(kind: string): number;
  /** Rules of the one route table. */
  routes(): unknown;
  readonly requests: readonly SeenOciRequest[];
  stop(): Promise<void>;
}

const PREFIX = '/20160918';
const ROUTES = [...computeRoutes, ...networkRoutes];
const REGION = 'eu-frankfurt-1';

/** The part of Oracle's identity and core services that a machine needs, on a free port of loopback. Every request's signature is checked. @param o.step ms from one state to the next */
export const startOciEmulator = async (o: { readonly now?: () => number; readonly step?: number } = {}): Promise<OciEmulator> => {
  const now = o.now ?? Date.now;
  const domains = [1, 2].map(n => `Uocm:${REGION.toUpperCase()}-AD-${n}`);
  const state: State = { region: REGION, domains, now, keys: new Map(), instances: new Map(), parts: new Map(), full: new Set(), limit: 1_000, step: o.step ?? 10, nextAddress: 0, hidden: undefined };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const id = (kind: string): string => `ocid1.${kind}.oc1..${randomBytes(30).toString('hex')}`;
  const key: OciApiKey = { tenancy: id('tenancy'), user: id('user'), region: REGION, fingerprint: fingerprintOf(publicKey), private_key: privateKey };
  const apiKey = { tenancy: key.tenancy, user: key.user, fingerprint: key.fingerprint, publicKey, revoked: false };
  state.keys.set(`${key.tenancy}/${key.user}/${key.fingerprint}`, apiKey);
  const faults = faultList();
  const requests: { method: string; path: string; status: number }[] = [];
  const once = new Map<string, Given>();

  const answer = (request: IncomingMessage, url: URL, body: Buffer): Given => {
    verified(request, body, { now: now(), publicKey: wanted => { const found = state.keys.get(wanted); return found?.revoked === false ? found.publicKey : undefined; } });
    const path = url.pathname.slice(PREFIX.length);
    const route = ROUTES.find(r => r.method === request.method && r.path.test(path)) ?? notFound();
    const token = request.headers['opc-retry-token'];
    const mark = typeof token === 'string' && request.method === 'POST' ? `${path} ${token}` : undefined;
    const before = mark === undefined ? undefined : once.get(mark);
    if (before) {
      const { id: made } = (before.body ?? {}) as { id?: string };
      const i = state.instances.get(made ?? '');
      if (i && current(state, i).state === 'TERMINATED') return refuse(409, 'InvalidatedRetryToken', 'The provided retry token was used in an earlier request whose resource was deleted.');
      return before;
    }
    const given = route.handle({ state, params: route.path.exec(path)?.slice(1) ?? [], query: url.searchParams, body: body.length === 0 ? {} : parsed(body) });
    if (mark !== undefined) once.set(mark, given);
    return given;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const method = request.method ?? 'GET';
    const path = url.pathname.slice(PREFIX.length);
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const fault = faults.next(method, path);
    const note = (status: number): void => { requests.push({ method, path, status }); };
    if (fault?.cut === 'before') { note(0); request.socket.destroy(); return; }
    if (fault?.hang === 'before') { note(0); return; }
    const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      note(status);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (fault?.status !== undefined && fault.code === undefined) { note(fault.status); response.writeHead(fault.status, { 'content-type': 'text/html' }); response.end('<html>'); return; }
    try {
      if (fault?.code !== undefined) throw new OciRefusal(fault.status ?? 500, fault.code, fault.message ?? fault.code);
      const given = answer(request, url, Buffer.concat(parts));
      if (fault?.cut === 'after') { note(0); request.socket.destroy(); return; }
      if (given.list === undefined) send(given.status ?? 200, given.body);
      else {
        const limit = Number(url.searchParams.get('limit') ?? 50);
        const from = Number(url.searchParams.get('page') ?? 0);
        send(200, given.list.slice(from, from + limit), from + limit < given.list.length ? { 'opc-next-page': String(from + limit) } : {});
      }
    } catch (error) {
      const refusal = error instanceof OciRefusal ? error : new OciRefusal(500, 'InternalServerError', `emulator: ${(error as Error).message}`);
      send(refusal.status, { code: refusal.code, message: refusal.message }, fault?.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) });
    }
  };
  const server = createServer((request, response) => { void handle(request, response).catch(() => response.destroy()); });
  await new Promise<void>((done, fail) => { server.once('error', fail); server.listen(0, '127.0.0.1', done); });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key, domains, requests,
    revoke: (revoked) => { apiKey.revoked = revoked; },
    setCapacity: (domain, ocpus, there) => { if (there) state.full.delete(`${domain} ${ocpus}`); else state.full.add(`${domain} ${ocpus}`); },
    setLimit: (limit) => { state.limit = limit; },
    fail: faults.add, heal: faults.clear,
    instances: () => [...state.instances.values()].map(i => current(state, i)).map(i => ({ id: i.id, name: i.displayName, state: i.state, domain: i.availabilityDomain, image: imageNamed(i.imageId) ?? '', size: i.shapeConfig, metadata: i.metadata, tags: i.freeformTags })),
    hide: (name) => { state.hidden = name; },
    addInstanceOutside: (displayName, freeformTags) => { add(state, { displayName, freeformTags, availabilityDomain: domains[0] ?? '', shapeConfig: { ocpus: 1, memoryInGBs: 6 }, imageId: '', subnetId: '', publicIp: true, metadata: {}, compartmentId: key.tenancy }); },
    count: kind => [...state.parts.values()].filter(p => p.kind === kind).length,
    routes: () => [...state.parts.values()].find(p => p.kind === 'routeTables')?.more['routeRules'],
    stop: () => new Promise<void>(done => { server.close(() => done()); server.closeAllConnections(); }),
  };
};

const parsed = (body: Buffer): unknown => {
  try { return JSON.parse(body.toString('utf8')); } catch { return refuse(400, 'CannotParseRequest', 'Incorrectly formatted request.'); }
};
