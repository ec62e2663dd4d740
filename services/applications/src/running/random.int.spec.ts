/** Whatever happens, in whatever order: faults of cluster and dns, killed runners, people who upgrade, stop, expose, cancel, retry, roll back and delete. */
import { expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import fc from 'fast-check';
import { isLiving } from '../application/application.js';
import { content, everythingIn, namesOf, startWorld, type ProcessWorld } from './processes.fixture.js';

const RUNS = 150;
const REFUSALS = [
  ['CLUSTER.UNREACHABLE', true], ['CLUSTER.TIMED_OUT', true], ['CHART.BUSY', true], ['CHART.WEBHOOK', true], ['CLUSTER.FORBIDDEN', false], ['CLUSTER.QUOTA', false], ['CHART.INVALID', false], ['CLUSTER.DISK_FULL', false],
] as const;
type Act = { readonly do: 'upgrade' | 'expose' | 'unexpose' | 'stop' | 'start' | 'restart' | 'rollback' | 'delete' | 'cancel' | 'retry' | 'run'; readonly pick: number; readonly broken: boolean };
const act = fc.record({ do: fc.constantFrom<Act['do'][]>('upgrade', 'upgrade', 'expose', 'unexpose', 'stop', 'start', 'restart', 'rollback', 'rollback', 'delete', 'cancel', 'retry', 'run', 'run'), pick: fc.nat(1_000), broken: fc.boolean() });
const trouble = fc.array(fc.record({ kind: fc.constantFrom('fault', 'kill'), after: fc.nat(40), when: fc.constantFrom<('before' | 'amid' | 'after')[]>('before', 'amid', 'after'), refusal: fc.constantFrom(...REFUSALS) }), { maxLength: 6 });

const chartOf = (n: number) => ({ chart: 'notes', version: `1.${n % 5}.0`, volume: n % 7 === 0, beside: [`ConfigMap/beside-${n % 3}`] });

/** A refusal is an answer. */
const tried = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
};
const perform = async (world: ProcessWorld, id: string, { do: what, pick, broken }: Act, deployments: string[]): Promise<void> => {
  const begun = async (work: () => Promise<string>): Promise<void> => { deployments.push(await work()); };
  switch (what) {
    case 'upgrade': return begun(() => world.upgrade(id, content(chartOf(pick), { broken, replicas: 1 + pick % 3 }, { password: `password-${pick}` })));
    case 'expose': return begun(() => world.expose(id, 8080, pick % 2 === 0 ? 'api' : 'hook'));
    case 'unexpose': return begun(() => world.unexpose(id, pick % 2 === 0 ? 'api.example.com' : 'hook.example.com'));
    case 'stop': case 'start': case 'restart': return begun(() => world.work(id, what));
    case 'rollback': {
      const state = await world.state(id);
      const releases = isLiving(state) ? state.releases : [];
      return begun(() => world.rollback(id, releases[pick % Math.max(1, releases.length)]?.revision ?? 1));
    }
    case 'delete': return begun(() => world.remove(id));
    case 'cancel': return world.cancel(deployments.at(-1) ?? id);
    case 'retry': return world.retry(id);
    case 'run': return void await world.runOnce();
  }
};

/** What is true whenever nothing is under way: the books and the world tell the same. */
const expectBooksInOrder = async (world: ProcessWorld, id: string, empty: unknown): Promise<void> => {
  const state = await world.state(id);
  const there = everythingIn(world);
  if (state.status === 'deleted') return expect(there).toEqual(empty);
  if (!isLiving(state)) throw new Error('it was never there');
  expect(state.work).toBeNull();
  const release = state.releases.at(-1);
  if (state.status === 'running' || state.status === 'stopped') {
    expect(release).toBeDefined();
    const [found, ...others] = there.releases;
    expect([found?.status, others]).toEqual(['deployed', []]);
    expect(found?.things?.find(t => /Deployment|StatefulSet/.test(t.kind))).toMatchObject({ spec: { image: `notes:${release?.version ?? ''}` } });
    const secret = there.things.find(t => t.kind === 'Secret' && t.metadata.name === 'notes-secrets') as { data?: Record<string, string> } | undefined;
    const kept = world.kept.get(`${id} ${release?.revision ?? 0}`);
    expect(Buffer.from(secret?.data?.['password'] ?? '', 'base64').toString()).toBe(kept?.secrets['password']);
    expect(there.records.map(([host]) => host)).toEqual(['notes.example.com', ...(release?.exposures ?? []).map(e => e.host)].toSorted());
    expect(there.things.filter(t => t.kind === 'Ingress').length).toBe(Math.min(1, release?.exposures.length ?? 0));
  }
  if (release === undefined && state.last?.outcome !== 'done' && state.status === 'failed' && state.made.length === 0) expect(there).toEqual(empty);
  // Nothing lies there that is in no book; volumes of a chart that has none any more stay.
  const things = there.things.map(t => `${t.kind} ${t.metadata.name}`);
  const books = namesOf(state.made);
  expect(things.filter(name => !books.includes(name))).toEqual([]);
  if (state.status !== 'failed') expect(books.filter(name => !/^(?:A|AAAA|Zone|Release) /.test(name) && !things.includes(name))).toEqual([]);
};

it(`keeps its books in ${RUNS} random stories`, async () => {
  const empty = everythingIn(startWorld());
  await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), trouble, async (acts, troubles) => {
    const left = troubles.map(t => ({ ...t }));
    const due = (kind: 'fault' | 'kill') => {
      const next = left.find(t => t.kind === kind);
      if (!next || next.after-- > 0) return undefined;
      left.splice(left.indexOf(next), 1);
      return next;
    };
    const world = startWorld({
      dies: () => due('kill') !== undefined,
      fault: () => {
        const fault = due('fault');
        return fault && { when: fault.when, error: new Refusal(fault.refusal[0], 'A spec wants it so.', undefined, fault.refusal[1]) };
      },
    });
    const deployments: string[] = [];
    const id = await world.deploy(content(chartOf(0)));
    for (const one of acts) {
      await tried(() => perform(world, id, one, deployments));
      if (one.pick % 5 > 0) await world.settle();
    }
    await world.settle();
    await expectBooksInOrder(world, id, empty);
  }), { numRuns: RUNS, seed: 20_261_121 });
});
