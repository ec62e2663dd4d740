/** A runner that is killed -9 at any call, to the log or to the outside, before it is made or before its answer is read. */
import { describe, expect, it } from '@jest/globals';
import { SET_UP_STEPS } from '@xanthus/proto/vps';
import { expectNothingUnlisted } from './invariants.fixture.js';
import { startProcesses, type Point, type Processes } from './processes.fixture.js';

/** A story: what a person does, until all is quiet. */
interface Story { readonly name: string; tell(p: Processes): Promise<string>; expectEnd(p: Processes, id: string): Promise<void> }

const create: Story = {
  name: 'making a server',
  async tell(p) {
    const id = await p.create('web-1');
    await settle(p);
    return id;
  },
  async expectEnd(p, id) {
    expect(p.row(id)).toMatchObject({ lifecycle: 'ready', name: 'web-1' });
    expect(p.setUp(id)?.steps.map(s => s.state)).toEqual(SET_UP_STEPS.map(() => 'done'));
    expect([p.provider.world.servers.size, p.provider.world.keys.size]).toEqual([1, 1]);
  },
};
const gone = async (p: Processes, id: string): Promise<void> => {
  expect([p.row(id), p.provider.world.servers.size, p.provider.world.keys.size, p.secrets.size]).toEqual([undefined, 0, 0, 0]);
  expect(await p.holds('web-1')).toBe(false);
};
const remove: Story = {
  name: 'deleting it',
  async tell(p) {
    const id = await create.tell(p);
    await p.tell(id, { type: 'Delete', data: { confirm_name: 'web-1' } });
    await settle(p);
    return id;
  },
  expectEnd: gone,
};
const cancel: Story = {
  name: 'cancelling it in the middle',
  async tell(p) {
    const id = await p.create('web-1');
    await settle(p, () => p.setUp(id)?.step === 'k3s');
    await p.cancel(id);
    await settle(p);
    return id;
  },
  expectEnd: gone,
};
const fail: Story = {
  name: 'a set-up that fails, and goes on when a person says so',
  async tell(p) {
    p.faults.fails = { step: 'helm', code: 'ARCHITECTURE', times: 1 };
    const id = await p.create('web-1');
    await settle(p);
    if (p.row(id)?.lifecycle === 'failed') await p.retry(id);
    await settle(p);
    return id;
  },
  expectEnd: create.expectEnd,
};

/** Until all is quiet, with a new runner for each that was killed. */
const settle = async (p: Processes, until: () => boolean = () => false): Promise<void> => {
  for (;;) {
    await p.time.run(() => p.runners() === 0 || until());
    if (p.runners() > 0) return;
    p.startRunner();
  }
};

const play = async (story: Story, kill: (point: Point) => boolean): Promise<Processes> => {
  const p = startProcesses();
  p.onPoint = kill;
  p.startRunner();
  const id = await story.tell(p);
  await story.expectEnd(p, id);
  await expectNothingUnlisted(p);
  return p;
};

describe.each([create, remove, cancel, fail])('$name', story => {
  it('comes to the same end wherever the runner is killed', async () => {
    const points: Point[] = [];
    await play(story, point => { points.push(point); return false; });
    // Every step is written down before and after it.
    expect(points.filter(p => p.what.startsWith('append')).length).toBeGreaterThan(20);
    for (const { n, what, when } of points) {
      const killed = await play(story, point => point.n === n).catch((error: unknown) => { throw new Error(`killed ${when} ${what} (${n})`, { cause: error }); });
      expect(killed.provider.world.calls.filter(c => c === 'createServer').length).toBeLessThanOrEqual(1);
    }
  });
});

it('runners that live for a few calls only get there together', async () => {
  let points = 0;
  await play(create, () => (points += 1) % 17 === 0);
  await play(remove, () => (points += 1) % 17 === 0);
});

it('two runners at once, as after a frozen process, make one machine', async () => {
  const p = startProcesses();
  p.startRunner();
  p.startRunner();
  const id = await p.create('web-1');
  await p.time.run();
  await create.expectEnd(p, id);
  await p.tell(id, { type: 'Delete', data: { confirm_name: 'web-1' } });
  await p.time.run();
  await gone(p, id);
  await expectNothingUnlisted(p);
});
