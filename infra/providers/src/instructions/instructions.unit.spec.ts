import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { memoryStore } from '../budget/store.js';
import type { CallFor, ProviderCalls } from '../calls/provider-calls.js';
import { createInstructions, type InstructionStore } from './instructions.js';
import { defineBrowserQuestion } from './question.js';

const releases = defineBrowserQuestion({
  name: 'releases', provider: 'github', origin: 'https://api.github.com', accept: 'application/vnd.github+json', maxBytes: 1_000,
  url: ({ repository }: { repository: string }) => `https://api.github.com/repos/${repository.split('/').map(encodeURIComponent).join('/')}/releases`,
  answer: z.array(z.object({ tag_name: z.string().max(100) })).max(10),
});

const ASKER = { tenant: 'acme', person: 'ada' };
const GOOD = { status: 200, body: '[{"tag_name":"v1","other":1}]' };
let clock = 0;
let asked: string[] = [];
let reserved: CallFor[] = [];
let fromProvider = { status: 200, body: '[{"tag_name":"v2"}]' };
const calls: ProviderCalls = {
  fetchFor: () => async url => { asked.push(String(url)); return new Response(fromProvider.body, { status: fromProvider.status }); },
  reserve: async call => { reserved.push(call); },
  status: async () => { throw new Error('not asked'); },
  stop: async () => undefined,
};
const store: InstructionStore = memoryStore();
const instructions = createInstructions({ calls, store, now: () => clock });
const issue = () => instructions.issue(releases, { repository: 'k3s-io/k3s' }, ASKER);
beforeEach(() => { asked = []; reserved = []; clock = 0; fromProvider = { status: 200, body: '[{"tag_name":"v2"}]' }; });

describe('a browser instruction', () => {
  it('says what to fetch, until when, for which share of the budget, and carries no credential', async () => {
    expect(await issue()).toEqual({
      id: expect.any(String), provider: 'github', method: 'GET', url: 'https://api.github.com/repos/k3s-io/k3s/releases', headers: { accept: 'application/vnd.github+json' }, expires_at: '1970-01-01T00:00:15.000Z', calls: 1,
    });
    expect(reserved).toEqual([{ tenant: 'acme', provider: 'github' }]);
  });

  it('takes an answer that fits, without calling', async () => {
    const { id } = await issue();
    expect(await instructions.settle(releases, id, ASKER, GOOD)).toEqual({ by: 'browser', data: [{ tag_name: 'v1' }] });
    expect(asked).toEqual([]);
  });

  it.each([
    ['nothing', undefined, 'no answer came'], ['a failure', { failed: 'TypeError: <b>blocked</b>' }, 'the browser could not ask'], ['another status', { status: 403, body: '' }, 'the status was 403'],
    ['no JSON', { status: 200, body: '<html>' }, 'the answer was no JSON'], ['another shape', { status: 200, body: '[{"tag":"x"}]' }, 'the answer was not of the agreed shape'],
    ['too much', { status: 200, body: JSON.stringify([{ tag_name: 'x', filler: 'x'.repeat(1_000) }]) }, 'the answer was larger than 1000 bytes'],
  ] as const)('%s: calls itself and says why', async (_, answer, why) => {
    const { id, url } = await issue();
    expect(await instructions.settle(releases, id, ASKER, answer)).toEqual({ by: 'server', data: [{ tag_name: 'v2' }], why });
    expect(asked).toEqual([url]);
  });

  it('an answer that comes late is not taken', async () => {
    const { id } = await issue();
    clock = 15_001;
    expect(await instructions.settle(releases, id, ASKER, GOOD)).toMatchObject({ by: 'server', why: 'the answer came too late' });
  });

  it('is answered once, by the one who was asked, in the tenant, for that question', async () => {
    const { id } = await issue();
    const others = [{ ...ASKER, person: 'eve' }, { ...ASKER, tenant: 'globex' }];
    for (const other of others) await expect(instructions.settle(releases, id, other, GOOD)).rejects.toMatchObject({ code: 'INSTRUCTION.UNKNOWN' });
    await expect(instructions.settle({ ...releases, name: 'other' }, id, ASKER, GOOD)).rejects.toMatchObject({ code: 'INSTRUCTION.UNKNOWN' });
    const both = await Promise.allSettled([instructions.settle(releases, id, ASKER, GOOD), instructions.settle(releases, id, ASKER, GOOD)]);
    expect(both.map(r => r.status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const never of ['', '../x', '>', '01kxanthvs0000000000000000']) await expect(instructions.settle(releases, never, ASKER, GOOD)).rejects.toMatchObject({ code: 'INSTRUCTION.UNKNOWN' });
  });

  it('a provider whose own answer does not fit is an error, without its words', async () => {
    fromProvider = { status: 200, body: '{"message":"canary"}' };
    const { id } = await issue();
    const error = await instructions.settle(releases, id, ASKER, undefined).then(() => undefined, (e: Error) => e);
    expect(error).toMatchObject({ code: 'PROVIDER.ANSWER_UNEXPECTED', retryable: true });
    expect(String(error)).not.toContain('canary');
  });

  it('never leads anywhere but to the origin of its question', async () => {
    const bent = { ...releases, url: ({ repository }: { repository: string }) => `https://api.github.com${repository}` };
    for (const repository of ['@evil.example/', '.evil.example/', ':444/']) await expect(instructions.issue(bent, { repository }, ASKER)).rejects.toThrow('instead of');
    await expect(instructions.issue({ ...releases, url: () => 'http://api.github.com/' }, { repository: 'x' }, ASKER)).rejects.toThrow('instead of');
    expect((await instructions.issue(releases, { repository: '../../user?x#' }, ASKER)).url).toMatch(/^https:\/\/api\.github\.com\//);
  });
});
