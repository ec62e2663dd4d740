import { describe, expect, it } from '@jest/globals';
import { adoptServer, testConnection } from '@xanthus/proto/vps';
import { deriveId } from './derived-id.js';
import { EMPTY, missing, notYet, readAddress, reduce, suggestName, toTarget, typedAddress, type AdoptChange, type AdoptState, type TestResult } from './adopt-form.js';

const FINGERPRINT = 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs';
const result = (status: 'passed' | 'failed' = 'passed'): TestResult => ({ stages: [{ name: 'auth', status, ms: 3 }], host_key: { type: 'ssh-ed25519', fingerprint: FINGERPRINT } });
const play = (...changes: AdoptChange[]): AdoptState => changes.reduce(reduce, EMPTY);
const filled: AdoptChange = { type: 'edited', change: { host: 'web-1.example.com', method: 'password', password: 'x' } };
const tested: AdoptChange[] = [filled, { type: 'test_started', at: 0 }, { type: 'test_done', run: 1, result: result() }];

describe('the adopt wizard', () => {
  it('says what is missing, one thing at a time', () => {
    expect(notYet(EMPTY)).toMatch(/address/);
    expect(missing({ ...EMPTY.form, host: 'h', method: 'private_key' })).toMatch(/private key/);
    expect(notYet(play(filled))).toMatch(/Test the connection/);
    expect(notYet(play(...tested))).toMatch(/host key/);
    expect(notYet(play(...tested, { type: 'host_key_confirmed', yes: true }))).toBeUndefined();
  });
  it('takes a pasted address apart at once, and leaves one that is being typed alone', () => {
    expect(typedAddress('', 'deploy@web-1.example.com:2222')).toEqual({ host: 'web-1.example.com', user: 'deploy', port: '2222' });
    let host = '';
    for (const letter of 'deploy@10.0.0.7:2222') host = typedAddress(host, host + letter).host ?? '';
    expect(readAddress(host)).toEqual({ host: '10.0.0.7', user: 'deploy', port: '2222' });
  });
  it('does not adopt what the test could not reach', () =>
    expect(notYet(play(filled, { type: 'test_started', at: 0 }, { type: 'test_done', run: 1, result: result('failed') }, { type: 'host_key_confirmed', yes: true }))).toMatch(/problem/));
  it('forgets the test and the confirmed key when the target changes, but not for another name', () => {
    const ready = play(...tested, { type: 'host_key_confirmed', yes: true });
    expect(reduce(ready, { type: 'edited', change: { port: '2222' } })).toMatchObject({ test: { status: 'none' }, confirmed: undefined });
    expect(reduce(ready, { type: 'edited', change: { name: 'other' } })).toMatchObject({ test: { status: 'done' }, confirmed: FINGERPRINT });
  });
  it('ignores the answer to an older test', () => {
    const state = play(filled, { type: 'test_started', at: 0 }, { type: 'edited', change: { host: 'other' } }, { type: 'test_started', at: 1 }, { type: 'test_done', run: 1, result: result() });
    expect(state.test.status).toBe('running');
  });
  it('confirms only a key that a test showed', () => expect(play({ type: 'host_key_confirmed', yes: true }).confirmed).toBeUndefined());
  it('keeps a confirmed key over another test only if the machine shows it again', () => {
    const again = (fingerprint: string): AdoptState => play(...tested, { type: 'host_key_confirmed', yes: true }, { type: 'test_started', at: 1 }, { type: 'test_done', run: 2, result: { ...result(), host_key: { type: 'ssh-ed25519', fingerprint } } });
    expect(again(FINGERPRINT).confirmed).toBe(FINGERPRINT);
    expect(again('SHA256:other').confirmed).toBeUndefined();
  });
  it('wants the test to go on when it stopped at the host key', () => {
    const stopped: TestResult = { stages: [{ name: 'host_key', status: 'warning', ms: 1, code: 'SERVER.HOST_KEY_UNCONFIRMED' }, { name: 'auth', status: 'skipped', ms: 0 }], host_key: result().host_key };
    expect(notYet(play(filled, { type: 'test_started', at: 0 }, { type: 'test_done', run: 1, result: stopped }, { type: 'host_key_confirmed', yes: true }))).toMatch(/Test again/);
  });
  it('shows stages of the running test as they come, each once', () => {
    const stage = { name: 'resolve', status: 'passed', ms: 1 } as const;
    const state = play(filled, { type: 'test_started', at: 0 }, { type: 'stage_told', run: 1, stage }, { type: 'stage_told', run: 1, stage }, { type: 'stage_told', run: 7, stage: { ...stage, name: 'connect' } });
    expect(state.test).toMatchObject({ status: 'running', stages: [stage] });
  });
  it('knows the id that a command will get', async () => expect(await deriveId('acme', 'person:01jd3x8e2v5y9w4z7q6r1s0tcd', 'key-ü')).toBe('4zyryp3btywg3zytxd8zbk07vz'));
  it('takes a pasted address apart', () => {
    expect(readAddress('deploy@web-1.example.com:2222')).toEqual({ user: 'deploy', host: 'web-1.example.com', port: '2222' });
    expect(readAddress(' ssh://root@192.0.2.7 ')).toEqual({ user: 'root', host: '192.0.2.7' });
    expect(readAddress('2001:db8::1')).toEqual({ host: '2001:db8::1' });
  });
  it('suggests a name', () => expect(['web-1.example.com', '192.0.2.7', 'x.y', ''].map(suggestName)).toEqual(['web-1', 'server-192-0-2-7', '', '']));
  it.each([
    ['password', { password: 'x' }], ['private_key', { private_key: '-----BEGIN', passphrase: '' }], ['ssh_key', { ssh_key: '01jd3x8e2v5y9w4z7q6r1s0tkk' }],
  ] as const)('makes what the contract takes, with %s', (method, change) => {
    const target = toTarget({ ...EMPTY.form, host: 'web-1.example.com', method, ...change }, FINGERPRINT);
    expect(adoptServer.input.safeParse(target).error).toBeUndefined();
    expect(testConnection.input.safeParse(target).error).toBeUndefined();
    expect(target).toMatchObject({ name: 'web-1', port: 22, user: 'root', host_key: FINGERPRINT });
  });
});
