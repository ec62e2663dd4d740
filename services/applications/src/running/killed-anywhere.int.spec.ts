/** Every kind of deployment, killed at each record and cut off in each call: it ends as if it had not been, in the cluster, in dns and in the books. */
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { isLiving } from '../application/application.js';
import { content, everythingIn, namesOf, startWorld, type Chaos, type ProcessWorld } from './processes.fixture.js';

const CHART = { chart: 'notes', version: '1.0.0', volume: true, beside: ['ConfigMap/notes-settings'] };
const NEXT = { ...CHART, version: '1.1.0', beside: ['ConfigMap/notes-other'] };

/** One thing that is done, after others: `before` in peace, `work` while it is disturbed. */
interface Story { readonly before: boolean; work(world: ProcessWorld, id: string): Promise<unknown> }
const STORIES: Readonly<Record<string, Story>> = {
  deploy: { before: false, work: world => world.deploy(content(CHART)) },
  'a failing deploy': { before: false, work: world => world.deploy(content(CHART, { broken: true })) },
  upgrade: { before: true, work: (world, id) => world.upgrade(id, content(NEXT, { replicas: 2 }, { password: 'other-secret' })) },
  'a failing upgrade': { before: true, work: (world, id) => world.upgrade(id, content(NEXT, { broken: true }, { password: 'other-secret' })) },
  'an address': { before: true, work: (world, id) => world.expose(id, 8080, 'api') },
  stop: { before: true, work: (world, id) => world.work(id, 'stop') },
  delete: { before: true, work: (world, id) => world.remove(id) },
};
const ID = '01jd3x8e2v5y9w4z7q6r1s0t10';
const compared = (state: Awaited<ReturnType<ProcessWorld['state']>>) => (isLiving(state) ? { status: state.status, version: state.version, made: namesOf(state.made), releases: state.releases.map(r => [r.revision, r.version, r.exposures]), stopped: state.stopped } : state.status);
/** How it ends, there and in the books. */
const told = async ({ before, work }: Story, chaos: Chaos = {}, arm: (world: ProcessWorld) => void = () => undefined) => {
  const world = startWorld(chaos);
  if (before) {
    await world.deploy(content(CHART));
    await world.settle();
  }
  arm(world);
  await work(world, ID);
  await world.settle();
  return { there: everythingIn(world), state: compared(await world.state(ID)) };
};

describe.each(Object.keys(STORIES))('%s', (name) => {
  const story = STORIES[name] as Story;

  it('killed at any record ends as if it had not been', async () => {
    const wanted = await told(story);
    for (let at = 0, count = at; count >= at; at++) {
      count = -1;
      let armed = false;
      expect([at, await told(story, { dies: () => armed && ++count === at }, () => { armed = true; })]).toEqual([at, wanted]);
    }
  });

  it.each(['before', 'amid', 'after'] as const)('cut off while Helm, kubectl or dns works (%s) ends as if it had not been', async (when) => {
    const wanted = await told(story);
    const error = new Refusal('CLUSTER.UNREACHABLE', 'The server is gone.', undefined, true);
    for (let at = 0, count = at; count >= at; at++) {
      count = -1;
      let armed = false;
      const hit = (): boolean => armed && ++count === at;
      const chaos: Chaos = {
        fault: ({ what }) => (/upgrade|rollback|uninstall|apply|delete|scale/.test(what) && hit() ? { when, error } : undefined),
        dnsFault: () => (when !== 'amid' && hit() ? { when, error } : undefined),
      };
      expect([at, await told(story, chaos, () => { armed = true; })]).toEqual([at, wanted]);
    }
  });
});

describe.each(['deploy', 'upgrade', 'an address'])('%s, cancelled before any of its records', (name) => {
  const story = STORIES[name] as Story;
  it('is taken back, or was done already', async () => {
    const [peace, untouched] = [await told(story), await told({ ...story, work: () => Promise.resolve() }).catch(() => undefined)];
    for (let at = 0, count = at; count >= at; at++) {
      count = -1;
      let world: ProcessWorld | undefined;
      let armed = false;
      const chaos: Chaos = { meanwhile: () => (armed && ++count === at ? world?.cancelNewest().catch(() => undefined) : undefined) };
      const ended = await told(story, chaos, (w) => { world = w; armed = true; });
      const before = untouched?.there ?? everythingIn(startWorld());
      expect([at, [before, peace.there]]).toEqual([at, expect.arrayContaining([ended.there])]);
    }
  });
});
