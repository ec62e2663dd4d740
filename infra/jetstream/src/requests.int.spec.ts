import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { eventually, startNats, type TestNats } from '@xanthus/testing';
import { ConnectionLost, Requests, requestsOf } from './requests.js';

const USERS = 'authorization { users [{ user: all, password: all }, { user: few, password: few, permissions: { publish: { deny: "secret" }, subscribe: "_INBOX_few.>" } }] }';
let nats: TestNats;
let nc: NatsConnection;
const as = (user: string, inboxPrefix?: string): Promise<NatsConnection> => nats.connect({ user, pass: user, ...(inboxPrefix === undefined ? {} : { inboxPrefix }) });

beforeAll(async () => {
  nats = await startNats({ jetstream: false, config: USERS });
  nc = await as('all');
});
afterAll(() => nats.stop());

describe('requests on one inbox', () => {
  it('gives each the answer to its own, whatever the order', async () => {
    const held: (() => void)[] = [];
    nc.subscribe('echo', {
      callback: (_, message) => {
        held.push(() => message.respond(`${message.headers?.get('n')}:${message.string()}`));
        if (held.length === 3) for (const answer of held.toReversed()) answer();
      },
    });
    await nc.flush();
    const answers = await Promise.all(['a', 'b', 'c'].map((text, i) => {
      const hdrs = headers();
      hdrs.set('n', String(i));
      return requestsOf(nc).ask('echo', text, { timeout: 30_000, headers: hdrs });
    }));
    expect(answers.map((answer) => answer.string())).toEqual(['0:a', '1:b', '2:c']);
    expect(requestsOf(nc)).toBe(requestsOf(nc));
  });

  it('fails as the client does: nobody listens, no answer, no subject', async () => {
    await expect(requestsOf(nc).ask('nobody', '', { timeout: 30_000 })).rejects.toMatchObject({ name: 'RequestError', cause: { name: 'NoResponders' } });
    nc.subscribe('silent', { callback: () => undefined });
    await nc.flush();
    await expect(requestsOf(nc).ask('silent', '', { timeout: 20 })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(requestsOf(nc).ask('no subject', '', { timeout: 20 })).rejects.toMatchObject({ name: 'InvalidSubjectError' });
  });

  it('uses the inbox that its user may hear, and says at once what may not be sent', async () => {
    const few = await as('few', '_INBOX_few');
    nc.subscribe('open', { callback: (_, message) => void message.respond('yes') });
    await nc.flush();
    expect((await requestsOf(few).ask('open', '', { timeout: 30_000 })).string()).toBe('yes');
    await expect(requestsOf(few).ask('secret', '', { timeout: 30_000 })).rejects.toMatchObject({ name: 'RequestError', cause: { name: 'PermissionViolationError' } });
  });

  it('gives up what waits, and when the connection closes', async () => {
    const own = await as('all');
    const requests = new Requests(own);
    nc.subscribe('later', { callback: () => undefined });
    await nc.flush();
    const first = requests.ask('later', '', { timeout: 30_000 });
    const gone = new Error('gone');
    requests.giveUp(gone);
    await expect(first).rejects.toMatchObject({ name: 'RequestError', cause: gone });
    const second = requests.ask('later', '', { timeout: 30_000 });
    await own.close();
    await expect(second).rejects.toMatchObject({ name: 'RequestError', message: 'connection closed' });
  });

  it('gives up at once what was under way when NATS went, and sends what is asked meanwhile when it is back', async () => {
    const own = await nats.connect({ user: 'all', pass: 'all', reconnectTimeWait: 50, maxReconnectAttempts: -1 });
    let isAway = false;
    void (async () => {
      for await (const { type } of own.status()) if (type === 'disconnect' || type === 'reconnect') isAway = type === 'disconnect';
    })();
    const requests = new Requests(own);
    own.subscribe('once', { callback: () => undefined });
    own.subscribe('greet', { callback: (_, message) => void message.respond('hello') });
    await own.flush();
    const under_way = requests.ask('once', '', { timeout: 30_000 }).catch((error: unknown) => error);
    await own.flush();
    await nats.kill9();
    expect(await under_way).toMatchObject({ name: 'RequestError', cause: expect.any(ConnectionLost) });
    await eventually(() => isAway);
    const meanwhile = requests.ask('greet', '', { timeout: 30_000 });
    const late = requests.ask('greet', '', { timeout: 20 }).catch((error: unknown) => error);
    expect(await late).toMatchObject({ name: 'TimeoutError' });
    await nats.restart();
    expect((await meanwhile).string()).toBe('hello');
    await own.close();
  });
});
