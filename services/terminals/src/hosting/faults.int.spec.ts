/** Machines that refuse, each told apart and in words, and those that are odd: the shell is left as it comes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from '@xanthus/ssh';
import { eventually, freePort, startSshd, type TestSshd } from '@xanthus/testing';
import { startHostGround, TENANT, type Ground } from './host-ground.fixture.js';
import { TtyViewer } from './viewer.fixture.js';

let on: Ground;
let odd: TestSshd;
const set = async (line: string): Promise<void> => {
  await odd?.stop();
  odd = await startSshd({ config: line });
  on.target = { port: odd.port, pinned: odd.hostKey.fingerprint, privateKey: odd.privateKey };
};
beforeAll(async () => { on = await startHostGround(); });
afterAll(async () => {
  await on?.stop();
  await odd?.stop();
});

describe('a host that refuses', () => {
  it.each([
    ['nobody listens', 'SERVER.REFUSED', /refused port/, async () => ({ port: await freePort() })],
    ['it knows no such key', 'SERVER.AUTH_FAILED', /did not let/, async () => ({ privateKey: generateKeyPair('x').privateKey })],
    ['it shows another host key', 'SERVER.HOST_KEY_CHANGED', /host key/, async () => ({ pinned: `SHA256:${'a'.repeat(43)}` })],
  ] as const)('%s: %s', async (_what, problem, words, target) => {
    on.target = await target();
    // Another server: what is shared with the one before would still be open.
    const session = on.start({ server: `01jd3x8e2v5y9w4z7q6r1s0t${problem.length.toString(36).padStart(2, '0').replace(/[ilou]/, 'z')}` });
    const token = await on.gateway.token(on.person);
    // Who comes before it is served comes again, and who comes after its end is told of it at the door.
    const told = await eventually(async () => {
      const viewer = new TtyViewer({ url: on.gateway.gateway.url, session, token });
      const word = await eventually(() => viewer.said('exit') ?? viewer.said('error'), { every: 5 });
      viewer.close();
      return word['code'] === 'NO_RESPONDERS' ? undefined : word;
    });
    expect(told).toMatchObject({ message: expect.stringMatching(words) });
    expect(await on.noted(session, 'ended')).toMatchObject({ how: 'failed', problem });
    on.target = {};
  });
});

describe('a host that is odd', () => {
  it('gives no terminal', async () => {
    await set('PermitTTY no');
    const session = on.start({ server: 'no-tty', integration: true });
    const viewer = await on.viewer(session);
    expect(await viewer.until('exit')).toMatchObject({ reason: 'failed', problem: 'SERVER.NO_TERMINAL' });
  });

  it('runs its own command: as it comes, and what is shown is what it says', async () => {
    await set('ForceCommand echo "only this:$SSH_ORIGINAL_COMMAND"; read -r answer; echo "you said $answer"; exit 9');
    // The probe for marks gets the same, and is not taken for an answer.
    const session = on.start({ server: 'forced', integration: true });
    const viewer = await on.viewer(session);
    await viewer.shows('only this:\r\n');
    viewer.type('hello\r');
    await viewer.shows('you said hello');
    expect(await viewer.until('exit')).toMatchObject({ reason: 'exit', code: 9 });
  });

  it('has an account without a shell: it ends at once, with a word about it', async () => {
    await set('ForceCommand echo "This account is currently not available."; exit 1');
    const session = on.start({ server: 'nologin' });
    const viewer = await on.viewer(session);
    expect(await viewer.until('exit')).toMatchObject({ reason: 'exit', code: 1, message: expect.stringMatching(/log-in shell/) });
    await viewer.shows('currently not available');
    const durable = on.start({ server: 'nologin', durable: true });
    expect(await on.noted(durable, 'ended')).toMatchObject({ how: 'failed', problem: 'SESSION.NO_TMUX', message: expect.stringMatching(/Install it/) });
  });

  it('opens few channels: a further connection is made', async () => {
    await set('Match all\n  MaxSessions 2');
    const shells = [await on.shell({ server: 'few' }), await on.shell({ server: 'few' }), await on.shell({ server: 'few' }), await on.shell({ server: 'few' }), await on.shell({ server: 'few' })];
    for (const [i, { viewer }] of shells.entries()) {
      viewer.type(`echo "shell-$((${i} + 10))"\r`);
      await viewer.shows(`shell-${i + 10}`);
    }
    // It writes that line in its own time.
    await eventually(() => odd.log().split('Accepted publickey').length - 1 >= 3);
    expect(odd.log().split('Accepted publickey').length - 1).toBe(3);
  });

  it('goes away: the session is lost, and says so within a second of what SSH knows', async () => {
    const { session, viewer } = await on.shell({ server: 'few' });
    await odd.dropConnections();
    expect(await viewer.until('exit')).toMatchObject({ reason: 'lost', problem: 'SERVER.DISCONNECTED' });
    expect(await on.noted(session, 'ended')).toMatchObject({ how: 'lost' });
    await eventually(() => !on.host.has(TENANT, session));
    on.target = {};
  });
});

describe('a gateway that is killed', () => {
  it('leaves the shell where it is: who comes back goes on at the byte', async () => {
    const { session, viewer } = await on.shell({ server: 'back' });
    viewer.type('seq 1 20000; echo fin-$((1 + 1))\r');
    await eventually(() => viewer.bytes > 20_000, { every: 5 });
    // As of a gateway that is gone: it says no goodbye to the service.
    const { bytes } = viewer;
    const text = viewer.text;
    viewer.ws.terminate();
    const again = await on.viewer(session, { offset: viewer.offset ?? 0 });
    // A fast machine may have shown all of it before.
    await eventually(() => { again.check(); return (text + again.text).includes('fin-2'); });
    expect(again.markers).toEqual([]);
    const whole = text + again.text;
    expect(bytes).toBeGreaterThan(0);
    expect(whole).toContain(Array.from({ length: 20_000 }, (_, i) => String(i + 1)).join('\r\n'));
  });
});
