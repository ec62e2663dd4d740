/** The model: whatever is published, delivered, lost, repeated, cut or made anew, a reader ends up with the stream's own content, in order, once. */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { matches } from '@xanthus/proto';
import fc from 'fast-check';
import { connect } from './client.js';
import { FakeGateway, type StoredMessage } from './fake-gateway.fixtures.js';
import type { StreamItem } from './types.js';

const FILTER = 'evt.acme.vps.server.*';
const settle = (ms = 1): Promise<void> => jest.advanceTimersByTimeAsync(ms);

type Action = readonly ['publish', boolean] | readonly ['deliver', number, boolean] | readonly ['cut' | 'lose' | 'repeat' | 'wait'] | readonly ['trim', number] | readonly ['recreate'];

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('publish' as const), fc.boolean()) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('deliver' as const), fc.integer({ min: 1, max: 4 }), fc.boolean()) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('cut' as const, 'lose' as const, 'repeat' as const, 'wait' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('trim' as const), fc.integer({ min: 1, max: 3 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('recreate' as const)) },
);

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Everything ever published, per incarnation. */
type History = Map<string, StoredMessage[]>;

const act = async (gateway: FakeGateway, history: History, [what, a, b]: readonly [Action[0], unknown?, unknown?]): Promise<void> => {
  switch (what) {
    case 'publish': {
      const { epoch } = gateway.stream('VPS');
      history.set(epoch, [...(history.get(epoch) ?? []), gateway.publish('VPS', a ? 'evt.acme.vps.server.a' : 'evt.acme.vps.ssh-key.k')]);
      return;
    }
    case 'deliver': return gateway.deliver(a as number, b as boolean);
    case 'cut': return gateway.cut();
    case 'lose': return gateway.lose();
    case 'repeat': return gateway.repeat();
    case 'wait': return settle(50);
    case 'trim': return gateway.trim('VPS', a as number);
    case 'recreate': return gateway.recreate('VPS');
    default:
  }
};

const run = async (actions: readonly Action[], from: number): Promise<void> => {
  const gateway = new FakeGateway();
  const promise = connect({ url: 'http://x', token: 't', WebSocket: gateway.WebSocket });
  await settle();
  const client = await promise;
  gateway.auto = false;
  const history: History = new Map();
  const stream = client.stream('VPS', { filter: FILTER, from });
  let got: StreamItem[] = [];
  let resets = 0;
  stream.onReset(() => { resets++; got = []; });
  const reading = (async () => { for await (const item of stream) got.push(item); })();
  for (const one of actions) {
    await act(gateway, history, one as readonly [Action[0], unknown?, unknown?]);
    await settle(0);
  }
  gateway.auto = true;
  for (let i = 0; i < 10; i++) {
    gateway.deliver();
    await settle(1_000);
  }
  // One more message shows a hole that only what follows can show.
  await act(gateway, history, ['publish', true]);
  for (let i = 0; i < 3; i++) await settle(1_000);

  const { epoch } = gateway.stream('VPS');
  // After a reset, or where messages went before it first subscribed, it begins at the oldest kept one; else with the first that was asked for.
  const first = resets === 0 && !actions.some(([what]) => what === 'trim') ? from : (got[0]?.seq ?? from);
  const all = (history.get(epoch) ?? []).filter(m => matches(FILTER, m.subject) && m.seq >= first);
  expect(got.map(m => [m.seq, m.time])).toEqual(all.map(m => [m.seq, m.time]));
  client.close();
  await reading;
};

/** The same for a bucket: whatever happens, the view becomes the bucket's own content, and never shows half a snapshot. */
const follow = async (actions: readonly (readonly ['put' | 'del', number] | Action)[]): Promise<void> => {
  const gateway = new FakeGateway();
  const promise = connect({ url: 'http://x', token: 't', WebSocket: gateway.WebSocket });
  await settle();
  const client = await promise;
  gateway.auto = false;
  const truth = new Map<string, unknown>();
  const view = client.bucket('vps', { pattern: 'acme.servers.*' });
  for (const [what, a] of actions as readonly (readonly [string, unknown?])[]) {
    const key = `acme.servers.s${String(a)}`;
    if (what === 'put') {
      const value = { seq: gateway.bucket('vps').revision };
      truth.set(key, value);
      gateway.put('vps', key, value);
    } else if (what === 'del') {
      truth.delete(key);
      gateway.del('vps', key);
    } else await act(gateway, new Map(), [what, a] as unknown as readonly [Action[0], unknown?, unknown?]);
    await settle(0);
    if (view.get().in_sync && gateway.waiting === 0) expect(new Map(view.get().entries)).toEqual(truth);
  }
  gateway.auto = true;
  for (let i = 0; i < 5; i++) {
    gateway.deliver();
    await settle(1_000);
  }
  gateway.put('vps', 'acme.servers.last', {});
  await settle(1_000);
  expect(view.get().in_sync).toBe(true);
  expect(new Map(view.get().entries)).toEqual(truth.set('acme.servers.last', {}));
  client.close();
};

it('a bucket ends up as it is, through any interleaving', async () => {
  const change = fc.tuple(fc.constantFrom('put' as const, 'del' as const), fc.integer({ min: 0, max: 5 }));
  const trouble = fc.oneof(
    fc.tuple(fc.constant('deliver' as const), fc.integer({ min: 1, max: 4 }), fc.boolean()),
    fc.tuple(fc.constantFrom('cut' as const, 'lose' as const, 'repeat' as const, 'wait' as const)),
  );
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(change, trouble), { maxLength: 60 }), follow), { numRuns: 300 });
}, 60_000);

const withoutLoss = (actions: readonly Action[]): boolean => actions.every(([what]) => what !== 'recreate' && what !== 'trim');

it('delivers exactly once and in order, through any interleaving', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (actions, from) => run(actions, from)),
    { numRuns: 300 },
  );
}, 60_000);

it('never says reset when nothing was lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }).filter(withoutLoss), async actions => {
      const gateway = new FakeGateway();
      const promise = connect({ url: 'http://x', token: 't', WebSocket: gateway.WebSocket });
      await settle();
      const client = await promise;
      gateway.auto = false;
      const stream = client.stream('VPS', { filter: FILTER, from: 1 });
      let resets = 0;
      stream.onReset(() => resets++);
      const reading = (async () => { for await (const item of stream) void item; })();
      for (const one of actions) {
        await act(gateway, new Map(), one as readonly [Action[0], unknown?, unknown?]);
        await settle(0);
      }
      gateway.auto = true;
      gateway.deliver();
      await settle(1_000);
      expect(resets).toBe(0);
      client.close();
      await reading;
    }),
    { numRuns: 100 },
  );
}, 60_000);
