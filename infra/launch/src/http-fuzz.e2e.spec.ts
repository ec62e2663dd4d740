/**
 * The HTTP API of the running product against what its own OpenAPI document lets one think of: no 500, no stack trace, always the envelope.
 * A failure names the request; `FUZZ_SEED=<seed>` sends the same ones again, `FUZZ_RUNS` sets how many at most.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { hostileInputs, type Input, type OpenApi } from './http-inputs.fixture.js';
import { startPlatform, type Platform } from './testing-platform.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 5_000);
const AT_ONCE = 16;

let platform: Platform;
type Who = 'viewer' | 'owner';
const persons: Record<Who, { email: string; password: string }> = {
  // of no example, else an input changes their password, or its guesses keep them out
  owner: { email: 'owner@fuzz.example', password: 'seven grey herons' },
  viewer: { email: 'viewer@fuzz.example', password: 'nine brown herons' },
};
const tokens: Partial<Record<Who, string>> = {};

const logIn = async (who: Who): Promise<void> => {
  const { status, text } = await send({ name: '', method: 'POST', path: '/api/auth/login', body: JSON.stringify(persons[who]) }, undefined);
  if (status === 200) tokens[who] = (JSON.parse(text) as { data: { access_token: string } }).data.access_token;
};

beforeAll(async () => {
  platform = await startPlatform({ env: { LOG_LEVEL: 'error', XANTHUS_WS_COMMANDS_PER_SECOND: '100000', XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: '100000' } });
  tokens.owner = (await platform.setUp(persons.owner)).access_token;
  await send({ name: '', method: 'POST', path: '/api/members?wait=view', body: JSON.stringify({ ...persons.viewer, name: 'Bob', role: 'viewer' }) }, tokens.owner);
  await logIn('viewer');
});
afterAll(async () => { await platform?.stop(); });

interface Answer { readonly status: number; readonly type: string; readonly text: string }

/** Not by `fetch`: it mends paths and refuses headers. */
const send = (input: Input, token: string | undefined): Promise<Answer> => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(platform.url);
  const asked = request({
    hostname, port, method: input.method, path: input.path, agent: false,
    headers: { ...(input.body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(input.body) }), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...input.headers },
  }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => { resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString() }); });
  });
  asked.on('error', (error: NodeJS.ErrnoException) => {
    // refused before all of it was sent
    if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve({ status: 413, type: '', text: '{"status":"error","code":"","message":""}' });
    else reject(error);
  });
  asked.end(input.body);
});

/** Why an answer is wrong; undefined: it is not. */
const fault = ({ status, type, text }: Answer, method: string): string | undefined => {
  if (status === 500 || status < 200) return `status ${status}: ${text.slice(0, 400)}`;
  if (/\bat .+:\d+:\d+|node_modules|Cannot read|is not a function/.test(text) && type.startsWith('application/json') && status >= 400) return `entrails: ${text.slice(0, 400)}`;
  if (status >= 400 && method !== 'HEAD') {
    const envelope = JSON.parse(text) as { status?: unknown; code?: unknown; message?: unknown };
    if (envelope.status !== 'error' || typeof envelope.code !== 'string' || typeof envelope.message !== 'string') return `no envelope: ${text.slice(0, 400)}`;
  }
  return undefined;
};

/** mulberry32 */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6D2B79F5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

it('answers each with a clear refusal, and goes on', async () => {
  const document = JSON.parse((await send({ name: '', method: 'GET', path: '/api/openapi.json' }, undefined)).text) as OpenApi;
  const r = random(SEED);
  const inputs = hostileInputs(document).map(input => ({ input, at: r() })).sort((a, b) => a.at - b.at).slice(0, RUNS).map(({ input }) => input);
  expect(inputs.length).toBeGreaterThan(Math.min(RUNS, 3_000) - 1);
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  const renewing: Partial<Record<Who, Promise<void>>> = {};
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let input = inputs[next++]; input !== undefined; input = inputs[next++]) {
      const who = (['owner', 'owner', 'viewer', undefined] as const)[Math.floor(r() * 4)];
      let answer = await send(input, who && tokens[who]);
      if (answer.status === 401 && who !== undefined && input.headers === undefined) {
        // an input before this one was a good log-out
        await (renewing[who] ??= logIn(who).finally(() => { delete renewing[who]; }));
        answer = await send(input, tokens[who]);
      }
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const why = fault(answer, input.method);
      if (why !== undefined) faults.push(`${who ?? 'nobody'}: ${input.name}: ${why}`);
    }
  }));
  expect({ seed: SEED, faults }).toEqual({ seed: SEED, faults: [] });
  // it was not all turned away at the first door: a quarter knows nobody, and whoever ends their own session is let in again
  expect(statuses.get(401)).toBeLessThan(inputs.length * 0.45);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404]));
  expect((await send({ name: '', method: 'GET', path: '/ready' }, undefined)).status).toBe(200);
  expect(platform.output()).not.toMatch(/uncaught|unhandled/i);
});
