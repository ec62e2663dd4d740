/** Files of a real sshd's machine through a real service and a real gateway beside a real auth, as browsers ask for them. For specs and measurements. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TestGround } from '@xanthus/auth/test-ground';
import type { RunningGateway } from '@xanthus/gateway';
import { follow, readEvent } from '@xanthus/jetstream';
import type { RecordedEvent } from '@xanthus/kernel';
import { addMember } from '@xanthus/proto/auth';
import { eventually, type TestSshd } from '@xanthus/testing';
import { SERVER, startServiceGround } from '../service-ground.fixture.js';

export const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface Person { readonly id: string; readonly token: string }
export interface Answer { readonly status: number; readonly code: string | undefined; readonly message: string; readonly data: Record<string, unknown> }

export interface FilesGround {
  readonly ground: TestGround;
  readonly gateway: RunningGateway;
  readonly sshd: TestSshd;
  readonly ada: Person;
  /** In the home of the account. */
  at(name: string): string;
  member(name: string, role: string): Promise<Person>;
  /** A row of the API: `upload`, `part`, … */
  ask(who: Person, what: string, input: object): Promise<Answer>;
  list(who: Person, query: Record<string, string>): Promise<Answer>;
  http(who: Person | undefined, path: string, init?: RequestInit): Promise<Response>;
  rule(who: Person, rule: object): Promise<Answer>;
  /** The last event of a kind about the server's files. */
  event(type: string, fits: (data: Record<string, unknown>) => boolean): Promise<RecordedEvent>;
  stop(): Promise<void>;
}

const PASSWORD = 'sept pommes vertes';

export const startFilesGround = async (): Promise<FilesGround> => {
  const base = await startServiceGround();
  const { ground, sshd, gateway } = base;
  const events: RecordedEvent[] = [];
  const following = await follow(await ground.as('terminals'), {
    stream: 'TERMINALS', filters: ['evt.acme.terminals.files.*'], from: 1,
    onMessage: m => { events.push(readEvent('TERMINALS', { subject: m.subject, seq: m.seq, time: m.time.toISOString(), data: m.data })); }, onError: error => { throw error; },
  });

  const http: FilesGround['http'] = (who, path, init = {}) => fetch(gateway.url + path, { ...init, headers: { ...(who ? { authorization: `Bearer ${who.token}` } : {}), ...init.headers as Record<string, string> } });
  const answerOf = async (answer: Response): Promise<Answer> => {
    const { data, code, message = '' } = await answer.json() as { data?: Record<string, unknown>; code?: string; message?: string };
    return { status: answer.status, code, message, data: data ?? {} };
  };
  const post = async (who: Person | undefined, path: string, body: object): Promise<Answer> => answerOf(await http(who, path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }));
  const logIn = async (email: string, password: string): Promise<Person> => {
    const token = String((await post(undefined, '/api/auth/login', { email, password })).data['access_token']);
    return { token, id: (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub };
  };
  return {
    ground, gateway, sshd, http, ada: await logIn('ada@example.com', 'vlinder-kaas-fiets'),
    at: name => join(sshd.home, name),
    async member(name, role) {
      await ground.asOwner(addMember, { input: { email: `${name}@example.com`, name, role, password: PASSWORD } });
      return logIn(`${name}@example.com`, PASSWORD);
    },
    ask: (who, what, input) => post(who, `/api/files/${SERVER}/${what}`, input),
    list: async (who, query) => answerOf(await http(who, `/api/files/${SERVER}?${new URLSearchParams(query)}`)),
    rule: (who, rule) => post(who, '/api/file-rules/acme/set', rule),
    event: (type, fits) => eventually(() => events.findLast(e => e.type === type && fits(e.data as Record<string, unknown>)), { every: 20 }),
    async stop() {
      await following.stop();
      await base.stop();
    },
  };
};
