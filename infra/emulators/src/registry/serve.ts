import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultList, type Fault } from '../hetzner/faults.js';

/** What a place where versions are published does wrong with the next requests. */
export type RegistryFault = Omit<Fault, 'code' | 'message' | 'method'>;

export interface RegistryRequest { readonly path: string; readonly query: URLSearchParams; readonly headers: IncomingMessage['headers'] }
export interface RegistryAnswer { readonly status: number; readonly body: Buffer | string | object; readonly headers?: Readonly<Record<string, string>> }
export interface SeenRegistryRequest { readonly path: string; readonly query: string; readonly status: number }

export interface Registry {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRegistryRequest[];
  fault(fault: RegistryFault): void;
  heal(): void;
  stop(): Promise<void>;
}

/** A server of GET requests on a free port of loopback, with faults: what the emulators of GitHub, Docker Hub and Helm repositories have in common. */
export const serveRegistry = async (answerOf: (request: RegistryRequest) => RegistryAnswer): Promise<Registry> => {
  const faults = faultList();
  const seen: SeenRegistryRequest[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const note = (status: number): void => { seen.push({ path: url.pathname, query: url.search, status }); };
    const fault = faults.next('GET', url.pathname);
    if (fault?.hang !== undefined) { note(0); return; }
    if (fault?.cut === 'before') { note(0); request.socket.destroy(); return; }
    const answer: RegistryAnswer = request.method !== 'GET' ? { status: 405, body: { message: 'Method Not Allowed' } }
      : fault?.status !== undefined ? { status: fault.status, body: '<!DOCTYPE html><h1>Error</h1>', headers: { 'content-type': 'text/html', ...(fault.retryAfter !== undefined && { 'retry-after': String(fault.retryAfter) }) } }
      : answerOf({ path: url.pathname, query: url.searchParams, headers: request.headers });
    const whole = fault?.garbage === 'text' ? '<html>OK</html>' : fault?.garbage === 'shape' ? '{"answer":42}' : typeof answer.body === 'string' || Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body);
    const bytes = Buffer.from(whole);
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
    if (answer.status === 200 && request.headers['if-none-match'] === etag) { note(304); response.writeHead(304, { etag }).end(); return; }
    note(answer.status);
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length, etag, ...answer.headers });
    if (fault?.cut === 'after') { response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => { request.socket.destroy(); }); return; }
    response.end(bytes);
  };
  const server = createServer(handle);
  await new Promise<void>((done, fail) => { server.once('error', fail); server.listen(0, '127.0.0.1', done); });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`, port, seen,
    fault: faults.add, heal: faults.clear,
    stop: () => new Promise<void>(done => { server.close(() => done()); server.closeAllConnections(); }),
  };
};
