/** Deployments, start to end, over a cluster and a dns in memory: what is made, what is taken back, what is left. */
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { content, everythingIn, namesOf, startWorld, type Chaos, type ProcessWorld } from './processes.fixture.js';

const CHART = { chart: 'notes', version: '1.0.0', volume: true, beside: ['ConfigMap/notes-settings'] };
const NEXT = { ...CHART, version: '1.1.0', beside: ['ConfigMap/notes-other'] };
const deployed = async (chaos: Chaos = {}): Promise<{ readonly world: ProcessWorld; readonly id: string }> => {
  const world = startWorld(chaos);
  const id = await world.deploy(content(CHART));
  await world.settle();
  return { world, id };
};

describe('a deployment', () => {
  it('makes everything, keeps an account of it, and is a release', async () => {
    const { world, id } = await deployed();
    const application = await world.living(id);
    expect(application).toMatchObject({ status: 'running', work: null, version: '1.0.0' });
    expect(namesOf(application.made)).toEqual([
      'A notes.example.com', 'ConfigMap notes-settings', 'Namespace notes', 'PersistentVolumeClaim data-notes-0', 'Release notes', 'Secret example.com-tls', 'Secret notes-secrets', 'Service notes', 'StatefulSet notes', 'Zone 023e105f4ecef8ad9ca31a8372d0c353',
    ]);
    expect(application.releases).toMatchObject([{ revision: 1, version: '1.0.0', host: 'notes.example.com' }]);
    expect(world.dns.records.get('notes.example.com')).toMatchObject({ address: '192.0.2.10' });
    expect([...world.kept.keys()]).toEqual([`${id} 1`]);
  });

  it('leaves nothing of itself when it is deleted, and keeps volumes where that is wanted', async () => {
    const empty = everythingIn(startWorld());
    const { world, id } = await deployed();
    await world.remove(id);
    await world.settle();
    expect(everythingIn(world)).toEqual(empty);
    expect(await world.state(id)).toMatchObject({ status: 'deleted', kept: [] });
    const second = await deployed();
    await second.world.remove(second.id, true);
    await second.world.settle();
    const left = await second.world.state(second.id);
    expect(left.status === 'deleted' && namesOf(left.kept)).toEqual(['Namespace notes', 'PersistentVolumeClaim data-notes-0']);
    expect(everythingIn(second.world).things.map(t => t.kind).toSorted()).toEqual(['Namespace', 'PersistentVolumeClaim']);
  });

  it('can be taken away after its server is gone', async () => {
    const { world, id } = await deployed();
    Object.assign(world.ports, { clusterOf: () => Promise.reject(new Refusal('SERVER.NOT_FOUND', 'There is no such server any more.')) });
    await world.remove(id);
    await world.settle();
    expect(await world.state(id)).toMatchObject({ status: 'deleted', kept: [] });
    expect([[...world.dns.records], [...world.dns.uses]]).toEqual([[], []]);
  });

  it('that does not become ready is taken back as if it had never been, and says so', async () => {
    const empty = everythingIn(startWorld());
    const world = startWorld();
    const id = await world.deploy(content(CHART, { broken: true }));
    await world.settle();
    expect(everythingIn(world)).toEqual(empty);
    const application = await world.living(id);
    expect(application).toMatchObject({ status: 'failed', made: [], releases: [], last: { outcome: 'failed', problem: { code: 'CHART.NOT_READY' } } });
  });

  it('an upgrade that fails goes back: chart, values and secrets are those of before', async () => {
    const { world, id } = await deployed();
    const before = everythingIn(world);
    await world.upgrade(id, content(NEXT, { broken: true }, { password: 'other-secret' }));
    await world.settle();
    expect(everythingIn(world)).toEqual(before);
    expect(await world.living(id)).toMatchObject({ status: 'running', version: '1.0.0', last: { outcome: 'failed' } });
  });

  it('is not mended by a restart where taking it back has failed', async () => {
    const world = startWorld({ fault: ({ what }) => (what === 'helm rollback' ? { when: 'before', error: new Refusal('CLUSTER.FORBIDDEN', 'No.') } : undefined) });
    const id = await world.deploy(content(CHART));
    await world.settle();
    await world.upgrade(id, content({ ...CHART, version: '1.1.0' }, { broken: true }));
    await world.settle();
    expect((await world.living(id)).status).toBe('failed');
    await world.work(id, 'restart');
    await world.settle();
    expect((await world.living(id)).status).toBe('failed');
  });

  it('goes back to an earlier release as a whole, addresses of ports included', async () => {
    const { world, id } = await deployed();
    const before = everythingIn(world);
    const made = namesOf((await world.living(id)).made);
    await world.upgrade(id, content(NEXT, { replicas: 2 }, { password: 'other-secret' }));
    await world.settle();
    await world.expose(id, 8080, 'api');
    await world.settle();
    expect([...world.dns.records.keys()].toSorted()).toEqual(['api.example.com', 'notes.example.com']);
    expect((await world.living(id)).releases.at(-1)).toMatchObject({ revision: 3, exposures: [{ port: 8080, host: 'api.example.com' }] });
    await world.rollback(id, 1);
    await world.settle();
    expect(everythingIn(world)).toEqual(before);
    expect((await world.living(id)).releases.at(-1)).toMatchObject({ revision: 4, version: '1.0.0', exposures: [] });
    expect(namesOf((await world.living(id)).made)).toEqual(made);
  });

  it('takes the address of a port away again', async () => {
    const { world, id } = await deployed();
    const before = everythingIn(world);
    await world.expose(id, 8080, 'api');
    await world.settle();
    await world.unexpose(id, 'api.example.com');
    await world.settle();
    expect(everythingIn(world)).toEqual(before);
  });

  it('stops and starts with as many pods as before', async () => {
    const world = startWorld();
    const id = await world.deploy(content({ chart: 'notes', version: '1.0.0' }, { replicas: 3 }));
    await world.settle();
    await world.work(id, 'stop');
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'stopped', stopped: { 'Deployment/notes': 3 } });
    await world.work(id, 'start');
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'running', stopped: {} });
    expect(everythingIn(world).things.find(t => t.kind === 'Deployment')).toMatchObject({ spec: { replicas: 3 } });
  });

  it('never writes a secret into an event', async () => {
    const { world, id } = await deployed();
    await world.upgrade(id, content(NEXT, { broken: true }, { password: 'other-secret' }));
    await world.settle();
    expect(JSON.stringify(await world.events(id))).not.toMatch(/hush-hush-1|other-secret|aHVzaC1odXNoLTE|KEY"/);
  });
});
