/** A pod's log, followed through the doors of the real service; what it prints comes of a stand-in of the cluster. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildEnvelope, newId } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import { eventSubject, type DataOf } from '@xanthus/proto';
import { applicationEvents, followApplicationLogs, stopApplicationLogs, type applicationLogSignal } from '@xanthus/proto/applications';
import { eventually } from '@xanthus/testing';
import { startTestGround, TENANT, type TestGround } from '@xanthus/vps/testing';
import type { Cluster } from '../cluster/cluster.js';
import { applicationsDeclarations, startApplications } from '../index.js';

let ground: TestGround;
let service: RunningService;
const followed: string[][] = [];
let over = 0;
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'code-1', namespace: 'code', annotations: { 'meta.helm.sh/release-name': 'code', 'meta.helm.sh/release-namespace': 'code' } } };
const cluster: Cluster = {
  facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' },
  run: async () => ({ code: 0, stdout: JSON.stringify({ items: [POD] }), stderr: '', truncated: false }),
  follow: (_program, argv, { signal, onData }) => new Promise((resolve) => {
    followed.push([...argv]);
    void onData(Buffer.from('first\nsecond \u001b[31mred\nwithout end'));
    signal.addEventListener('abort', () => { over += 1; resolve({ code: null, stderr: '' }); }, { once: true });
  }),
  putFile: () => Promise.reject(new Error('nothing is put')),
};

beforeAll(async () => {
  ground = await startTestGround([applicationsDeclarations()]);
  service = await startApplications(ground.env('applications'), { clusterOf: async () => cluster });
});
afterAll(async () => {
  await service?.stop();
  await ground?.stop();
});

it('is read once for all who follow it, and ends with the last of them', async () => {
  const [nc, id] = [await ground.as('applications'), newId()];
  const ref = { tenant: TENANT, service: 'applications', aggregate: 'application', id };
  const { ApplicationRequested } = applicationEvents;
  const context = { tenant: TENANT, id, actor: { kind: 'system' as const, id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
  await nc.request(eventSubject(ref), JSON.stringify(buildEnvelope(ref, { event: { type: 'ApplicationRequested', data: { ...ApplicationRequested.example, namespace: 'code', release_name: 'code' } }, schema: 1 }, context)));
  const said: DataOf<typeof applicationLogSignal>[] = [];
  const gateway = await ground.as('gateway');
  const heard = gateway.subscribe(`sig.${TENANT}.applications.application.${id}.log`, { callback: (_error, m) => void said.push(m.json()) });
  await gateway.flush();
  await expect(ground.asOwner(followApplicationLogs, { id, input: { pod: 'other' } })).rejects.toMatchObject({ code: 'APPLICATION.POD_UNKNOWN' });
  const { follower, renew_within_ms } = await ground.asOwner(followApplicationLogs, { id, input: { pod: 'code-1' } });
  expect(renew_within_ms).toBeGreaterThan(1_000);
  const second = await ground.asOwner(followApplicationLogs, { id, input: { pod: 'code-1' } });
  await eventually(() => said.length > 0, { every: 20 });
  expect(said[0]).toEqual({ pod: 'code-1', container: null, lines: ['first', 'second ␛[31mred'], dropped: 0 });
  expect(await ground.asOwner(followApplicationLogs, { id, input: { pod: 'code-1', follower } })).toMatchObject({ follower });
  expect(followed).toEqual([['logs', 'code-1', '--namespace', 'code', '--follow', '--tail=0']]);
  await ground.asOwner(stopApplicationLogs, { id, input: { pod: 'code-1', follower } });
  await ground.asOwner(stopApplicationLogs, { id, input: { pod: 'code-1', follower: second.follower } });
  await eventually(() => over === 1, { every: 20 });
  heard.unsubscribe();
});
