/** Starting and stopping: sentences when something does not fit, a good-bye to every client at the end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway } from './index.js';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
beforeAll(async () => { t = await startTestGateway(); });
afterAll(async () => { await t?.stop(); });

const environment = (more: Record<string, string>): Record<string, string> => ({ ...t.environment, ...more });

describe('starting', () => {
  it.each<[string, () => Record<string, string>, RegExp]>([
    ['a port that is taken', () => ({ XANTHUS_PORT: String(t.gateway.port) }), /^Port \d+ of 127\.0\.0\.1 is taken/],
    ['a host of elsewhere', () => ({ XANTHUS_HOST: '192.0.2.1', XANTHUS_PUBLIC_URL: 'http://192.0.2.1' }), /no address of this machine/],
    ['a public host without its address', () => ({ XANTHUS_HOST: '0.0.0.0' }), /XANTHUS_PUBLIC_URL is needed/],
    ['no key', () => ({ XANTHUS_SERVICE_KEY_FILE: '/nowhere/gateway.jwk' }), /Cannot read the private key/],
    ['a port that is none', () => ({ XANTHUS_PORT: 'http' }), /XANTHUS_PORT .* does not fit/],
  ])('%s is told in a sentence', async (_name, more, sentence) => {
    await expect(Promise.resolve().then(() => startGateway(environment(more())))).rejects.toThrow(sentence);
  });
});

describe('stopping', () => {
  it('says good-bye, ends soon and leaves the port', async () => {
    const second = await startGateway(environment({ XANTHUS_PORT: '0' }));
    const socket = await Socket.live(second.url, await t.token(await t.person('acme')));
    await socket.ask({ op: 'sub', target: 'sig.acme.>' });
    const kept = await fetch(`${second.url}/health`);
    await kept.text();
    const began = performance.now();
    await Promise.all([second.stop(), second.stop()]);
    expect(performance.now() - began).toBeLessThan(4_500);
    expect((await socket.end()).code).toBe(4009);
    expect(socket.frames.at(-1)).toMatchObject({ op: 'error', data: { code: 'DRAINING', retryable: true } });
    await expect(fetch(`${second.url}/health`)).rejects.toThrow();
  });
});
