/** Where messages go in specs: a real mail server and a real HTTP server, which keep what they get. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail { readonly from: string; readonly to: readonly string[]; readonly raw: string }
export interface TestMailServer { readonly port: number; readonly mails: readonly Mail[]; stop(): Promise<void> }

export const startMailServer = async (user: string, password: string): Promise<TestMailServer> => {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true, allowInsecureAuth: true, disabledCommands: ['STARTTLS'], logger: false,
    onAuth: (auth, _session, done) => (auth.username === user && auth.password === password ? done(null, { user }) : done(new Error('no such user or wrong password'))),
    onRcptTo: (address, _session, done) => (address.address.startsWith('nobody@') ? done(Object.assign(new Error('there is no nobody here'), { responseCode: 550 })) : done()),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => parts.push(chunk));
      stream.on('end', () => {
        mails.push({ from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(r => r.address), raw: Buffer.concat(parts).toString() });
        done(null, 'kept');
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return { port: (listening.address() as AddressInfo).port, mails, stop: () => new Promise(resolve => { server.close(() => resolve()); }) };
};

export interface Hit { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string; readonly json: { readonly type: string; readonly delivery: string; readonly notices: readonly { readonly kind: string; readonly what: string; readonly text: string; readonly thing: { readonly id: string; readonly name?: string } | null; readonly url: string }[]; readonly blocks: unknown } }
export interface TestReceiver {
  readonly url: string;
  readonly hits: readonly Hit[];
  of(path: string): readonly Hit[];
  /** What a path answers from now on; null: nothing, the connection stays. */
  answer(path: string, status: number | null, headers?: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

export const startReceiver = async (): Promise<TestReceiver> => {
  const hits: Hit[] = [];
  const answers = new Map<string, { readonly status: number | null; readonly headers: Readonly<Record<string, string>> }>();
  const held = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      hits.push({ path: request.url ?? '', headers: request.headers, body, json: JSON.parse(body) as Hit['json'] });
      const { status, headers } = answers.get(request.url ?? '') ?? { status: 204, headers: {} };
      if (status === null) held.add(response);
      else response.writeHead(status, headers).end(status === 204 ? undefined : 'said so');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits, of: path => hits.filter(h => h.path === path),
    answer: (path, status, headers = {}) => void answers.set(path, { status, headers }),
    stop: () => new Promise((resolve) => {
      for (const response of held) response.destroy();
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};
