/** P11: from the append of an event to the changed value in another browser. */
import { Kvm } from '@nats-io/kv';
import { connectNats, JetStreamEventStore } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { viewKey } from '@xanthus/proto';
import type { Benchmark } from './benchmark.js';
import { contextFor, counted, refOf } from './counter.js';
import { compareLatency, timeEach } from './measure.js';
import { withStack } from './stack/with-stack.js';

export const p11: Benchmark = {
  id: 'p11',
  title: 'append → visible in another browser',
  run: ({ quick, profile, progress }) => withStack(undefined, async stack => {
    const nc = await stack.nats.connect();
    const own = await connectNats({ servers: stack.nats.url, name: 'bench' });
    const store = new JetStreamEventStore(own, 'vps');
    const client = await stack.client();
    const view = client.bucket<number>('vps', { pattern: 'acme.counters.*' });
    await view.ready();
    const expected = new Map<string, () => void>();
    view.subscribe(({ entries }) => {
      for (const [key, seen] of expected) {
        if (!entries.has(key)) continue;
        expected.delete(key);
        seen();
      }
    });
    const ours = async (): Promise<void> => {
      const ref = refOf(newId());
      const visible = new Promise<void>(resolve => expected.set(viewKey('acme', 'counters', ref.id), resolve));
      await Promise.all([store.append(ref, [counted], 0, contextFor(ref.id)), visible]);
    };

    const kv = await new Kvm(nc).create('raw');
    const watcher = await kv.watch({ ignoreDeletes: true });
    const waiting = new Map<string, () => void>();
    const watching = (async () => {
      for await (const entry of watcher) waiting.get(entry.key)?.();
    })();
    const plain = async (): Promise<void> => {
      const key = newId();
      const seen = new Promise<void>(resolve => waiting.set(key, resolve));
      await Promise.all([kv.put(key, '{"n":1}'), seen]);
      waiting.delete(key);
    };

    progress('warming up');
    const calls = quick ? 100 : 500;
    for (const call of [ours, plain]) await timeEach(calls, 4, call);
    progress('one at a time');
    const { ours: o, raw, ratio, spread } = await compareLatency(quick ? 3 : 5, () => timeEach(calls, 1, ours), () => timeEach(calls, 1, plain));
    const where = profile ? await stack.profile(() => timeEach(calls, 1, ours)) : undefined;
    watcher.stop();
    await watching;
    await own.close();
    return {
      ...(where ? { profile: where.text } : {}),
      rows: [{ what: 'one event at a time', unit: 'ms', ours: o.p50, ours_p99: o.p99, raw: raw.p50, raw_p99: raw.p99, ratio, spread, budget: '≤ 5 / 25 ms', met: o.p50 <= 5 && o.p99 <= 25 }],
      notes: [
        'From the call of `append` to the change of the SDK\'s bucket view: nats-server, projector, view bucket, gateway mirror, WebSocket, SDK.',
        'Raw: `kv.put` to the entry in `kv.watch` of the plain client: one hop less (no stream, no projection, no WebSocket).',
      ],
    };
  }),
};
