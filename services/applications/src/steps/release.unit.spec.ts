/** What is taken away with a release, and what is not: data that was there before, other people's volumes, what the chart keeps. */
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { inventoryOf } from '../cluster/inventory.js';
import { foundObject } from '../cluster/objects.js';
import { content, startWorld, type ProcessWorld } from '../running/processes.fixture.js';

const thingsOf = (world: ProcessWorld): readonly string[] => [...world.cluster.state.things.values()].map(t => `${t.kind} ${t.metadata.name}`).toSorted();
const OLD = { name: 'data-notes-0', namespace: 'notes', creationTimestamp: '1999-11-20T08:00:00Z' };
const chart = { chart: 'memory', version: '1.0.0' };

describe('a release that is taken away', () => {
  it('leaves the volume that an application of before left behind, if its deploy fails', async () => {
    const world = startWorld();
    world.cluster.state.things.set('namespace//notes', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'notes' } });
    world.cluster.state.things.set('persistentvolumeclaim/notes/data-notes-0', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: OLD, spec: {} });
    const id = await world.deploy(content({ ...chart, volume: true }, { broken: true }));
    await world.settle();
    expect((await world.living(id)).status).toBe('failed');
    expect(thingsOf(world)).toEqual(['Namespace notes', 'PersistentVolumeClaim data-notes-0']);
  });

  it('takes the volume along that the deploy made', async () => {
    const world = startWorld();
    await world.deploy(content({ ...chart, volume: true }, { broken: true }));
    await world.settle();
    expect(thingsOf(world)).toEqual([]);
  });

  it('leaves what its chart has Helm keep, and says so', async () => {
    const world = startWorld();
    const id = await world.deploy(content({ ...chart, kept: ['ConfigMap/precious'] }));
    await world.settle();
    await world.remove(id);
    await world.settle();
    expect(await world.state(id)).toMatchObject({ status: 'deleted', kept: expect.arrayContaining([expect.objectContaining({ kind: 'ConfigMap', name: 'precious' })]) });
    expect(thingsOf(world)).toEqual(['ConfigMap precious', 'Namespace notes']);
  });

  it('is not taken away while its volumes are to be kept and the chart would not', async () => {
    const world = startWorld();
    const id = await world.deploy(content({ ...chart, beside: ['PersistentVolumeClaim/notes-data'] }));
    await world.settle();
    await world.remove(id, true);
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'failed', last: { problem: { code: 'APPLICATION.VOLUMES_NOT_KEPT' } } });
    expect(thingsOf(world)).toContain('PersistentVolumeClaim notes-data');
    await world.remove(id);
    await world.settle();
    expect(thingsOf(world)).toEqual([]);
  });
});

it('a start goes on where it was killed, and starts nothing that its chart has at none', async () => {
  let kills = 0;
  const world = startWorld({ dies: where => where === 'after' && armed && ++kills === 3 });
  let armed = false;
  const id = await world.deploy(content(chart, { replicas: 3 }));
  await world.settle();
  world.cluster.state.things.set('deployment/notes/idle', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'idle', namespace: 'notes', labels: { 'xanthus.dev/application': id } }, spec: { replicas: 0 } });
  await world.work(id, 'stop');
  await world.settle();
  armed = true;
  await world.work(id, 'start');
  await world.settle();
  const replicas = (name: string): unknown => (world.cluster.state.things.get(`deployment/notes/${name}`)?.['spec'] as { replicas: number } | undefined)?.replicas;
  expect([kills >= 3, replicas('notes'), replicas('idle')]).toEqual([true, 3, 0]);
});

it('a volume of another release with a longer name is not of this one', () => {
  const helm = { 'meta.helm.sh/release-name': 'notes', 'meta.helm.sh/release-namespace': 'team' };
  const claim = (name: string) => foundObject.parse({ kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'team' } });
  const set = foundObject.parse({ kind: 'StatefulSet', metadata: { name: 'notes', namespace: 'team', annotations: helm }, spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } });
  const { volumes } = inventoryOf({ namespace: 'team', release: 'notes', application: 'a' }, [set, claim('data-notes-0'), claim('data-team-notes-0'), claim('data-notes-x-1'), claim('data-notes-12')]);
  expect(volumes.map(v => v.name)).toEqual(['data-notes-0', 'data-notes-12']);
});

it('what the cluster says of a failure is told without secrets', async () => {
  const world = startWorld({ fault: ({ what }) => (what === 'helm upgrade' ? { when: 'before', error: new Refusal('CHART.CRASHES', 'The probe says: login with hush-hush-1 failed') } : undefined) });
  const id = await world.deploy(content(chart));
  await world.settle();
  expect(JSON.stringify(await world.events(id))).not.toContain('hush-hush-1');
  expect((await world.living(id)).last?.problem?.message).toBe('The probe says: login with ••• failed');
});

describe('what lies in a namespace that others have too', () => {
  const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'notes' } };

  it('is neither overwritten nor taken away: a Secret of the same name', async () => {
    const world = startWorld();
    const theirs = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'notes-secrets', namespace: 'notes' }, data: { theirs: 'eA==' } };
    world.cluster.state.things.set('namespace//notes', NAMESPACE);
    world.cluster.state.things.set('secret/notes/notes-secrets', theirs);
    const id = await world.deploy(content(chart));
    await world.settle();
    expect(await world.living(id)).toMatchObject({ status: 'failed', last: { problem: { code: 'CHART.NOT_OURS' } } });
    expect(world.cluster.state.things.get('secret/notes/notes-secrets')).toEqual(theirs);
  });

  it('is not taken away while another address uses it: the certificate of the domain', async () => {
    const world = startWorld();
    world.cluster.state.things.set('namespace//notes', NAMESPACE);
    world.cluster.state.things.set('ingress/notes/wiki', { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'wiki', namespace: 'notes' }, spec: { tls: [{ secretName: 'example.com-tls' }] } });
    const id = await world.deploy(content(chart));
    await world.settle();
    await world.remove(id);
    await world.settle();
    expect((await world.state(id)).status).toBe('deleted');
    expect(thingsOf(world)).toEqual(['Ingress wiki', 'Namespace notes', 'Secret example.com-tls']);
  });
});
