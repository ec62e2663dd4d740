/** How it was, and why it is so, asked at the doors of a real service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JetStreamEventStore } from '@xanthus/jetstream';
import { newId, type NewEvent } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import { healthQuery, VERSION, viewAtQuery, viewHistoryQuery, type ViewAt } from '@xanthus/proto';
import { alertsView, deleteServer, metricsView, renameServer, serverView } from '@xanthus/proto/vps';
import { startVps } from './index.js';
import { MACHINE } from './server/server.fixtures.js';
import { startTestGround, TENANT, type TestGround } from './vps.fixtures.js';

let ground: TestGround;
let vps: RunningService;
const [web, db] = [newId(), newId()];
const moments: { seq: number; time: string }[] = [];

const append = async (aggregate: string, id: string, event: NewEvent['event'], last: number): Promise<number> => {
  const context = { tenant: TENANT, id, actor: { kind: 'system', id: 'spec' } as const, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
  const { seq } = await new JetStreamEventStore(await ground.as('vps'), 'vps').append({ tenant: TENANT, service: 'vps', aggregate, id }, [{ event, schema: 1 }], last, context);
  return seq;
};
/** The stream's clock after this event. */
const noted = async (seq: number): Promise<void> => {
  const { as_of } = await at({ seq });
  moments.push({ seq, time: as_of.time ?? '' });
};
const at = (input: { seq: number } | { time: string }): Promise<ViewAt> => ground.asOwner(viewAtQuery(serverView), { input });
const names = async (input: { seq: number } | { time: string }): Promise<unknown[]> => (await at(input)).items.map(({ data }) => (data as { name: string }).name).sort();

beforeAll(async () => {
  ground = await startTestGround();
  vps = await startVps({ ...ground.env('vps') });
  for (const [id, name] of [[web, 'web-1'], [db, 'db-1']] as const) await noted(await append('server', id, { type: 'ServerAdopted', data: { ...MACHINE, name } }, 0));
  await noted((await ground.asOwner(renameServer, { id: web, input: { name: 'web-2' } })).seq);
  await noted((await ground.asOwner(deleteServer, { id: db, input: {} })).seq);
});
afterAll(async () => {
  await vps?.stop();
  await ground?.stop();
});

describe('a view as it was', () => {
  it('is the one after that sequence, and the one when the stream\'s clock stood there', async () => {
    const expected = [['web-1'], ['db-1', 'web-1'], ['db-1', 'web-2'], ['web-2']];
    for (const [i, { seq, time }] of moments.entries()) {
      expect([await names({ seq }), await names({ time })]).toEqual([expected[i], expected[i]]);
    }
    const { as_of } = await at(moments[1]!.time === '' ? { seq: 0 } : { time: moments[1]!.time });
    expect(as_of).toEqual({ stream: 'VPS', ...moments[1]! });
  });

  it('is empty before the tenant began, and nothing is known of the future', async () => {
    expect(await at({ time: '2020-01-01T00:00:00Z' })).toEqual({ items: [], as_of: { stream: 'VPS', seq: 0, time: null } });
    await expect(at({ time: '2099-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'PAST.IN_FUTURE', message: expect.stringContaining('in the future') as unknown });
    await expect(at({ seq: 1_000_000 })).rejects.toMatchObject({ code: 'PAST.IN_FUTURE' });
  });

  it('shows one, with schema and sequence of its own, and pages of one moment', async () => {
    const [, second, , last] = moments;
    const one = await ground.asOwner(viewAtQuery(serverView, 'id'), { id: web, input: { seq: last!.seq } });
    expect(one.items).toEqual([{ id: web, schema: serverView.schema, seq: expect.any(Number) as unknown, time: expect.any(String) as unknown, data: expect.objectContaining({ name: 'web-2' }) as unknown }]);
    expect((await ground.asOwner(viewAtQuery(serverView, 'id'), { id: db, input: { seq: last!.seq } })).items).toEqual([]);
    const first = await ground.asOwner(viewAtQuery(serverView), { input: { seq: second!.seq, limit: 1 } });
    const rest = await ground.asOwner(viewAtQuery(serverView), { input: { seq: first.as_of.seq, limit: 1, cursor: first.next_cursor! } });
    expect([...first.items, ...rest.items].map(i => i.id)).toEqual([web, db].sort());
    expect(rest.next_cursor).toBeUndefined();
  });

  it('is refused with a sentence where no event tells it', async () => {
    await expect(ground.asOwner(viewAtQuery(metricsView), { input: { seq: 1 } })).rejects.toMatchObject({ code: 'PAST.NOT_KEPT' });
  });
});

describe('what changed a row', () => {
  it('is told newest first: which event, by whom, which field from what to what', async () => {
    const { changes, complete } = await ground.asOwner(viewHistoryQuery(serverView), { id: web, input: {} });
    expect(complete).toBe(true);
    const renamed = changes.find(c => c.event.type === 'ServerRenamed');
    expect(renamed?.changed.find(c => c.path[0] === 'name')).toEqual({ path: ['name'], before: 'web-1', after: 'web-2' });
    expect(renamed?.event).toMatchObject({ seq: moments[2]!.seq, actor: { kind: 'person' }, aggregate: { service: 'vps', name: 'server', id: web } });
    expect(changes.at(-1)).toMatchObject({ event: { type: 'ServerAdopted' }, changed: [{ path: [], after: { name: 'web-1' } }] });
    expect(changes.map(c => c.event.seq)).toEqual(changes.map(c => c.event.seq).sort((a, b) => b - a));
    const page = await ground.asOwner(viewHistoryQuery(serverView), { id: web, input: { limit: 1 } });
    const next = await ground.asOwner(viewHistoryQuery(serverView), { id: web, input: { before: page.before! } });
    expect([...page.changes, ...next.changes]).toEqual(changes);
  });

  it('is told of a row that other things change too, and of one that went', async () => {
    const raised = await append('alert', web, { type: 'AlertRaised', data: { kind: 'disk', severity: 'warning', message: 'Full', value: 91, limit: 90 } as never }, 0);
    await ground.server(web, row => row.name === 'web-2');
    const { changes } = await ground.asOwner(viewHistoryQuery(alertsView), { id: web, input: {} });
    expect(changes).toEqual([{ event: expect.objectContaining({ seq: raised, type: 'AlertRaised' }) as unknown, changed: [{ path: [], after: expect.objectContaining({ id: web }) as unknown }] }]);
    const gone = await ground.asOwner(viewHistoryQuery(serverView), { id: db, input: {} });
    expect(gone.changes[0]).toMatchObject({ event: { type: 'ServerDeleted' }, changed: [{ path: [] }] });
    expect(gone.changes[0]?.changed[0]?.after).toBeUndefined();
  });
});

it('the service says whether it is well, and how far behind', async () => {
  const health = await ground.asOwner(healthQuery('vps'), { input: {} });
  expect(health).toMatchObject({ service: 'vps', version: VERSION, ready: true, lag: expect.any(Number) as unknown, last: { stream: 'VPS' } });
  expect(health.checks.map(c => c.name)).toEqual(['nats', 'capabilities', 'projector']);
  expect(health.last!.seq).toBeGreaterThanOrEqual(moments.at(-1)!.seq);
  expect(JSON.stringify(health)).not.toContain('127.0.0.1');
});
