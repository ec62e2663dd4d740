/** P20: what the process of creation adds to what it waits for: each step written down before and after, and read again from the log. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHetznerEmulator } from '@xanthus/emulators';
import { follow, readEvent } from '@xanthus/jetstream';
import type { RecordedEvent } from '@xanthus/kernel';
import { backingOf, startSandboxHost } from '@xanthus/sandbox';
import type { Benchmark, Row } from './benchmark.js';
import { median, quantile } from './measure.js';
import { withPlatform, type World } from './platform.js';

const PATIENCE = 120_000;

interface Story { readonly events: readonly RecordedEvent[] }

/** Every event of one server, until one of this type has come. */
const storyUntil = async (world: World, id: string, type: string): Promise<Story> => {
  const nc = await world.as('vps');
  const events: RecordedEvent[] = [];
  let end: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const told = new Promise<void>((resolve, reject) => { [end, fail] = [resolve, reject]; });
  const late = setTimeout(() => fail(new Error(`no ${type} within two minutes; the last was ${events.at(-1)?.type}`)), PATIENCE);
  const following = await follow(nc, {
    stream: 'VPS', filters: [`evt.${world.tenant}.vps.*.${id}`], from: 1, onError: fail, onCaughtUp: () => undefined,
    onMessage: m => {
      const event = readEvent('VPS', { subject: m.subject, seq: m.seq, time: m.time.toISOString(), data: m.data });
      events.push(event);
      if (event.type === type) end();
    },
  });
  try {
    await told;
  } finally {
    clearTimeout(late);
    await following.stop();
  }
  return { events };
};

const at = (event: RecordedEvent | undefined): number => Date.parse(event?.stored_at ?? '');
const first = (events: readonly RecordedEvent[], type: string): number => at(events.find(e => e.type === type));

/** From the end of a step, as it is decided, to the beginning of the next as it is stored; ms. */
const gaps = (events: readonly RecordedEvent[], finished: string, started: string): number[] => events.flatMap((event, i) => {
  if (event.type !== finished) return [];
  const next = events.slice(i).find(e => e.type === started);
  return next ? [at(next) - Date.parse(event.occurred_at)] : [];
});

export const p20: Benchmark = {
  id: 'p20',
  title: 'making servers: what is ours in each step',
  run: async ({ quick, progress }) => {
    const rounds = quick ? 2 : 8;
    const folder = await mkdtemp(join(tmpdir(), 'xanthus-bench-'));
    const sandboxes = await startSandboxHost({ folder, delay: 0 });
    const emulator = await startHetznerEmulator({ actionTime: 1, backing: backingOf(sandboxes) });
    try {
      return await withPlatform({ XANTHUS_HETZNER_URL: emulator.url, XANTHUS_SSH_ALLOW: 'loopback' }, async world => {
        const { id: provider } = await world.ask<{ id: string }>('POST', '/api/vps/providers', { kind: 'hetzner', name: 'Shop', key: { value: emulator.token } });
        const [answers, begins, between, totals, removals, removing] = [[], [], [], [], [], []] as [number[], number[], number[], number[], number[], number[]];
        for (let i = 0; i < rounds; i++) {
          progress(`server ${i + 1} of ${rounds}`);
          const asked = performance.now();
          const { id } = await world.ask<{ id: string }>('POST', '/api/vps', { provider, name: `web-${i}`, location: 'fsn1', type: 'cx23', ssh_port: 2_222 });
          answers.push(performance.now() - asked);
          const made = (await storyUntil(world, id, 'ServerBecameReady')).events;
          begins.push(first(made, 'StepStarted') - first(made, 'ServerRequested'));
          between.push(...gaps(made, 'StepFinished', 'StepStarted'));
          totals.push((first(made, 'ServerBecameReady') - first(made, 'ServerRequested')) / 1_000);
          await world.ask('DELETE', `/api/vps/${id}`, { confirm_name: `web-${i}` });
          const gone = (await storyUntil(world, id, 'ServerDeleted')).events;
          removing.push(...gaps(gone, 'RemovalStepFinished', 'RemovalStepStarted'));
          removals.push((first(gone, 'ServerDeleted') - first(gone, 'ServerRemovalRequested')) / 1_000);
        }
        if (emulator.servers().length > 0 || emulator.sshKeys().length > 0) throw new Error('something was left at the provider');
        const row = (what: string, unit: Row['unit'], values: readonly number[], more: Partial<Row> = {}): Row => ({ what, unit, ours: median([...values]), ours_p99: quantile([...values], 0.99), ...more });
        return {
          rows: [
            row('the order is taken: price and stock asked of the provider, keys made, written down', 'ms', answers),
            row('from the order to its first step', 'ms', begins),
            row('between two steps', 'ms', between, { budget: '< 50 ms', met: median(between) < 50 }),
            row('the whole at an emulated provider with a real sshd: order to ready', 's', totals),
            row('between two steps of a removal', 'ms', removing, { budget: '< 50 ms', met: median(removing) < 50 }),
            row('delete to seen to be gone', 's', removals),
          ],
          notes: [
            `${rounds} servers one after the other; provider, sshd, gateway, auth, vps and nats-server share two cores. The set-up script is the real one; downloads, packages and K3s are stand-ins that take no time.`,
            'Between two steps: the end of one stored, the three aggregates of the server read from the log by the leader, the beginning of the next decided and stored. A real creation waits minutes for K3s; this is what is ours of it, nine times.',
            'Times are those of the stored events, whole milliseconds; the second figure is the slowest of a hundred.',
          ],
        };
      });
    } finally {
      await emulator.stop();
      await sandboxes.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
