import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { JetStreamEventStore, Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import { allows, type CapabilityDocument } from '@xanthus/proto';
import { addMember, defineRole } from '@xanthus/proto/auth';
import { deleteServer, tagServer } from '@xanthus/proto/vps';
import { eventually } from '@xanthus/testing';
import { startVps } from './index.js';
import { adopted } from './server/server.fixtures.js';
import { startTestGround, TENANT, type TestGround } from './vps.fixtures.js';

let ground: TestGround;
let vps: RunningService;
let rights: Views;

beforeAll(async () => {
  ground = await startTestGround();
  vps = await startVps(ground.env('vps'));
  rights = new Views(await ground.as('gateway'), 'auth');
});
afterAll(async () => {
  await rights?.stop();
  await vps?.stop();
  await ground?.stop();
});

it('a role that is narrowed to a tag reaches the servers that carry it, as long as they do', async () => {
  const store = new JetStreamEventStore(await ground.as('vps'), 'vps');
  const [web, db] = [newId(), newId()];
  for (const id of [web, db]) {
    const context = { tenant: TENANT, id, actor: { kind: 'system', id: 'spec' } as const, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
    await store.append({ tenant: TENANT, service: 'vps', aggregate: 'server', id }, adopted.map(event => ({ event, schema: 1 })), 0, context);
  }
  await ground.asOwner(defineRole, { id: 'stager', input: { description: 'Renames what is staging.', grants: [{ permission: 'vps.server.rename', resources: 'tag:staging' }] } });
  const bob = (await ground.asOwner(addMember, { input: { email: 'bob@example.com', name: 'Bob', role: 'stager', password: 'sept pommes vertes' } })).id;
  const may = async (id: string): Promise<boolean> => {
    const document = (await rights.get<CapabilityDocument>(`${TENANT}.capabilities.${bob}`))?.data;
    return document !== undefined && allows(document, { what: 'command', subject: `cmd.${TENANT}.vps.server.${id}.rename` });
  };
  expect(await may(web)).toBe(false);
  await ground.asOwner(tagServer, { id: web, input: { tags: ['staging', 'web'] } });
  await eventually(() => may(web));
  expect(await may(db)).toBe(false);
  expect((await ground.server(web, row => row.tags !== undefined)).tags).toEqual(['staging', 'web']);
  await ground.asOwner(tagServer, { id: web, input: { tags: ['web'] } });
  await ground.asOwner(tagServer, { id: db, input: { tags: ['staging'] } });
  await eventually(async () => (await may(db)) && !(await may(web)));
  await ground.asOwner(deleteServer, { id: db, input: {} });
  await eventually(async () => !(await may(db)));
});
