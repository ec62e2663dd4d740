/** Ports of a real sshd's machine, opened through a real service and a real gateway beside a real auth. For specs. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, request as httpRequest, type Server as HttpServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TENANT, type TestGround } from '@xanthus/auth/test-ground';
import type { RunningGateway } from '@xanthus/gateway';
import type { InputOf, OutputOf } from '@xanthus/proto';
import { assignRole, inviteMember } from '@xanthus/proto/auth';
import { closeForward, openForward } from '@xanthus/proto/terminals';
import type { TestSshd } from '@xanthus/testing';
import { SERVER, startServiceGround } from '../service-ground.fixture.js';

export const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface Answer { readonly status: number; readonly headers: IncomingHttpHeaders; readonly raw: readonly string[]; readonly body: Buffer }
export interface Ask { readonly host?: string; readonly path?: string; readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer | string; /** Gets the answer instead of its bytes. */ readonly take?: (answer: IncomingMessage) => void }
/** Somebody who is logged in, with the cookies of their browser. */
export interface Somebody { readonly id: string; readonly cookie: string; readonly token: string }
export interface Entered { readonly id: string; /** `p-….localhost:7700` */ readonly host: string; readonly origin: string; readonly cookie: string }

export interface ForwardGround {
  readonly ground: TestGround;
  readonly gateway: RunningGateway;
  readonly sshd: TestSshd;
  readonly ada: Somebody;
  ask(o: Ask): Promise<Answer>;
  open(input: Partial<InputOf<typeof openForward>> & { readonly port: number }): Promise<OutputOf<typeof openForward>>;
  close(id: string): Promise<unknown>;
  /** Where the way from the console leads. */
  ticket(id: string, who?: Somebody, path?: string): Promise<{ readonly host: string; readonly path: string }>;
  enter(id: string, who?: Somebody): Promise<Entered>;
  /** A request of the browser that entered. */
  get(at: Entered, o?: Ask): Promise<Answer>;
  /** Ada, in another browser. */
  logIn(): Promise<Somebody>;
  /** Another member. */
  invite(email: string, role: string): Promise<Somebody>;
  assign(who: Somebody, role: string): Promise<unknown>;
  serve(listener: RequestListener, over?: 'tls'): Promise<{ readonly port: number; readonly server: HttpServer }>;
  stop(): Promise<void>;
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(body.length < 128 ? [tag, body.length] : [tag, 0x82, body.length >> 8, body.length & 255]), body]);
};
/** A certificate that nobody vouches for, and its key. */
const selfSigned = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const ed25519 = der(0x30, Buffer.from('06032b6570', 'hex'));
  const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('spec')))));
  const valid = der(0x30, ...['200101000000Z', '491231235959Z'].map(time => der(0x17, Buffer.from(time))));
  const signed = der(0x30, der(0xa0, Buffer.from('020102', 'hex')), der(0x02, Buffer.from([1])), ed25519, name, valid, name, publicKey.export({ type: 'spki', format: 'der' }));
  const cert = der(0x30, signed, ed25519, der(0x03, Buffer.from([0]), sign(null, signed, privateKey)));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: `-----BEGIN CERTIFICATE-----\n${cert.toString('base64')}\n-----END CERTIFICATE-----\n` };
};

const PASSWORD = 'vlinder-kaas-fiets';

export const startForwardGround = async (): Promise<ForwardGround> => {
  const base = await startServiceGround();
  const { ground, sshd, gateway } = base;
  const console = `localhost:${gateway.port}`;
  const servers: HttpServer[] = [];
  const sockets = new Set<Socket>();

  const ask = ({ host = console, path = '/', method = 'GET', headers = {}, body, take }: Ask): Promise<Answer> => new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: gateway.port, path, method, headers: { host, ...headers }, agent: false }, (answer) => {
      if (take !== undefined) return take(answer);
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, raw: answer.rawHeaders, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
  const somebody = async (path: string, body: object): Promise<Somebody> => {
    const answer = await ask({ path, method: 'POST', headers: { 'content-type': 'application/json', origin: `http://${console}` }, body: JSON.stringify(body) });
    const cookie = (answer.headers['set-cookie'] ?? []).map(c => c.split(';', 1)[0] ?? '').join('; ');
    const token = /xanthus_access=([^;]+)/.exec(cookie)?.[1] ?? '';
    if (answer.status !== 200) throw new Error(`log-in: ${answer.status} ${answer.body.toString()}`);
    return { cookie, token, id: (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub };
  };
  const logIn = (): Promise<Somebody> => somebody('/api/auth/login', { email: 'ada@example.com', password: PASSWORD, tenant: TENANT });
  const ada = await logIn();

  const ticket: ForwardGround['ticket'] = async (id, who = ada, path = `/api/forwards/${id}/enter`) => {
    const answer = await ask({ path, headers: { cookie: who.cookie, 'sec-fetch-site': 'same-origin' } });
    if (answer.status !== 303) throw new Error(`no ticket: ${answer.status} ${answer.body.toString()}`);
    const to = new URL(answer.headers.location ?? '');
    return { host: to.host, path: to.pathname + to.search };
  };
  return {
    ground, gateway, sshd, ada, ask, ticket, logIn,
    open: input => ground.asOwner(openForward, { input: { server: SERVER, ...input } }),
    close: id => ground.asOwner(closeForward, { id, input: {} }),
    async enter(id, who) {
      const { host, path } = await ticket(id, who);
      const answer = await ask({ host, path });
      const [cookie = ''] = (answer.headers['set-cookie'] ?? []).map(c => c.split(';', 1)[0] ?? '');
      if (answer.status !== 303) throw new Error(`not let in: ${answer.status} ${answer.body.toString()}`);
      return { id, host, origin: `http://${host}`, cookie };
    },
    get: (at, o = {}) => ask({ host: at.host, ...o, headers: { cookie: at.cookie, ...o.headers } }),
    async invite(email, role) {
      const { token } = await ground.asOwner(inviteMember, { input: { email, role } });
      return somebody('/api/auth/invitations/accept', { token, name: email, password: PASSWORD });
    },
    assign: (who, role) => ground.asOwner(assignRole, { id: who.id, input: { role } }),
    async serve(listener, over) {
      const server = over === 'tls' ? createTlsServer(selfSigned(), listener) : createServer({ requestTimeout: 0 }, listener);
      server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { port: (server.address() as AddressInfo).port, server };
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
      await base.stop();
    },
  };
};
