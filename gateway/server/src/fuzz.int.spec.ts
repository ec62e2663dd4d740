/**
 * 100,000 inputs that nobody should send. Each is answered with a listed error or ends its connection with a listed close; nothing crashes, nothing is kept.
 * A failure prints the seed of its connection: `FUZZ_SEED=<seed> FUZZ_RUNS=1` sends the same bytes again. `FUZZ_RUNS` alone sets how many connections.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CLOSE_CODES, ERROR_CODES, type Problem } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { badHandshake, byBytes, byGrammar, BREAK_NAMES, encode, random, TEXT, type Script } from './fuzz-inputs.fixture.js';
import { handshake, talk, type Heard } from './raw-peer.fixture.js';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type TestGateway } from './testing.fixture.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = process.env['FUZZ_RUNS'] === undefined ? undefined : Number(process.env['FUZZ_RUNS']);
const SENTENCES = 44;
const AT_ONCE = 12;
const MIB = 1024 * 1024;

let t: TestGateway;
let token: string;
beforeAll(async () => {
  const high = '100000000';
  t = await startTestGateway({
    XANTHUS_WS_HANDSHAKES_PER_SECOND: high, XANTHUS_WS_FRAMES_PER_SECOND: high, XANTHUS_WS_BURST: high, XANTHUS_WS_BYTES_IN_PER_SECOND: high,
    XANTHUS_WS_COMMANDS_PER_SECOND: high, XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: high,
  });
  const person = await t.person('acme');
  token = await t.token(person);
  for (let n = 0; n < 20; n++) await t.event('acme', `s${n}`, n);
  await (await Socket.live(t.gateway.url, token)).close();
});
afterAll(async () => { await t?.stop(); });

const OPS = new Set(['hello', 'cap_update', 'msg', 'reply', 'error', 'pong', 'drain', 'auth_expiring']);
const CLOSES = new Set<number>(Object.values(CLOSE_CODES));
const answered = (heard: Heard): ReadonlySet<unknown> => new Set(heard.frames.filter(f => f.op !== 'msg').map(f => f.inbox));

/** Why the gateway did wrong; undefined: all is well. */
const fault = (heard: Heard, script: Script): string | undefined => {
  if (heard.wrong !== undefined) return `it sent ${heard.wrong}`;
  for (const frame of heard.frames) {
    if (!OPS.has(frame.op)) return `an op that is not listed: ${JSON.stringify(frame)}`;
    if (frame.op !== 'error') continue;
    const { code, retryable, message } = frame.data as Problem;
    const listed = (ERROR_CODES as Record<string, { retryable: boolean } | undefined>)[code];
    if (listed === undefined || code === 'INTERNAL' || typeof retryable !== 'boolean' || typeof message !== 'string') return `a wrong error: ${JSON.stringify(frame)}`;
  }
  if (heard.silent) return `silence; not answered: ${script.owed.filter(name => !answered(heard).has(name)).join(' ')}`;
  if (heard.close !== undefined) {
    if (CLOSES.has(heard.close)) return script.leaves || heard.frames.some(f => f.op === 'error') ? undefined : `close ${heard.close} without a reason`;
    return script.leaves ? undefined : `a close that is not listed: ${heard.close}`;
  }
  return heard.ended && script.whole ? 'the socket ended without a close' : undefined;
};

const converse = async (seed: number, make: (r: ReturnType<typeof random>) => Script): Promise<number> => {
  const r = random(seed);
  const script = make(r);
  const bytes = script.whole ? Buffer.concat([script.bytes, encode(r, TEXT, Buffer.from('{"op":"ping","inbox":"end"}'))]) : script.bytes;
  const heard = await talk({
    port: t.gateway.port, head: handshake(token), bytes, pieces: r.pick([1, 1, 2, 5, 20]), early: script.whole && r() < 0.05, finish: !script.whole,
    done: h => script.whole && answered(h).has('end') && script.owed.every(name => answered(h).has(name)),
  });
  const why = heard.status === 101 ? fault(heard, script) : `the handshake was answered with ${heard.status}`;
  if (why !== undefined) throw new Error(`FUZZ_SEED=${seed} FUZZ_RUNS=1: ${why}; ${heard.frames.length} frames, the last: ${JSON.stringify(heard.frames.slice(-3)).slice(0, 800)}, sent: ${script.bytes.toString('latin1').slice(0, 400)}`);
  // After a close nothing more was read: only what was answered counts.
  return heard.close !== undefined && script.owed.length > 0 ? answered(heard).size : script.inputs;
};

/** So many conversations, a few at a time; @returns how many inputs were sent. */
const many = async (count: number, make: (r: ReturnType<typeof random>) => Script, from = SEED): Promise<number> => {
  let [next, inputs] = [0, 0];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const sent = await converse(from + next++, make);
      inputs += sent;
    }
  }));
  return inputs;
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const used = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const gauge = async (name: string): Promise<number> => [...(await (await fetch(`${t.gateway.url}/metrics`)).text()).matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))].reduce((sum, m) => sum + Number(m[1]), 0);
const empty = (): Promise<unknown> => eventually(async () => (await gauge('xanthus_ws_connections')) + (await gauge('xanthus_ws_subscriptions')) === 0);

it('each way to break the WebSocket protocol is told and closed, or harmless', async () => {
  for (const name of BREAK_NAMES) await converse(SEED, r => byBytes(r, name)).catch((error: unknown) => { throw new Error(`${name}: ${String(error)}`); });
});

it('100,000 inputs: a listed answer to each, nothing crashes, nothing is kept', async () => {
  const [grammar, raw] = RUNS === undefined ? [2_360, 1_000] : [RUNS, RUNS];
  const first = Math.ceil(grammar / 5);
  const warm = await many(first, r => byGrammar(r, SENTENCES));
  await empty();
  const before = used();
  let inputs = warm;
  inputs += await many(grammar - first, r => byGrammar(r, SENTENCES), SEED + first);
  inputs += await many(raw, r => byBytes(r));
  await empty();
  // A connection that was kept holds about 15 KB (3,000 of them: 45 MB), a kept input some hundred bytes. What only waits for a timer or the next collection goes by itself.
  await eventually(() => used() - before < 16 * MIB, { every: 500 });
  if (RUNS === undefined) expect(inputs).toBeGreaterThanOrEqual(100_000);
});

it('half a handshake, or none, is refused or forgotten', async () => {
  const good = handshake(token);
  for (let n = 0; n < (RUNS ?? 300); n++) {
    const r = random(SEED + n);
    const heard = await talk({ port: t.gateway.port, head: badHandshake(r, good), finish: true, done: h => h.status !== undefined });
    if (heard.silent || (heard.status !== undefined && heard.status !== 101 && (heard.status < 400 || heard.status > 505 || heard.status === 500))) throw new Error(`FUZZ_SEED=${SEED + n} FUZZ_RUNS=1: ${JSON.stringify(heard)}`);
  }
  await empty();
});

it('others are served as ever', async () => {
  const socket = await Socket.live(t.gateway.url, token);
  expect(await socket.ask({ op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.>', start_seq: 1 } })).toMatchObject({ op: 'reply', data: { status: 'subscribed' } });
  expect((await socket.collect(20, f => f.op === 'msg' && f.data.seq !== undefined && f.data.kind === undefined))[19]).toMatchObject({ data: { payload: { n: 19 } } });
  socket.close();
});
