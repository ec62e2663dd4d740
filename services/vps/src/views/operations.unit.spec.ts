import { describe, expect, it } from '@jest/globals';
import type { Projection, RecordedEvent } from '@xanthus/kernel';
import { operationsView } from '@xanthus/proto/vps';
import { adopted } from '../server/server.fixtures.js';
import type { ServerEvent } from '../server/server.js';
import { operationsProjection, runningProjection, type OperationsRow } from './operations.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const op = (n: number): string => `01jd3x8e2v5y9w4z7q6r1s0t${String(n).padStart(2, '0')}`;
const started = (n: number): ServerEvent => ({ type: 'OperationStarted', data: { operation: op(n), kind: 'reboot', way: 'provider', wish: {}, before: { power: 'running' } } });
const finished = (n: number): ServerEvent => ({ type: 'OperationFinished', data: { operation: op(n), duration_ms: 1 } });
const failed = (n: number): ServerEvent => ({ type: 'OperationFailed', data: { operation: op(n), reason: { code: 'PROVIDER.SOLD_OUT', message: 'None left.' }, retryable: true } });
const progressed = (n: number): ServerEvent => ({ type: 'OperationProgressed', data: { operation: op(n), percent: 40, text: 'half', action: 'secret-of-provider' } });

const fold = async (projection: Projection, events: readonly ServerEvent[]): Promise<Map<string, unknown>> => {
  const view = new Map<string, unknown>();
  for (const [i, event] of events.entries()) {
    const recorded: RecordedEvent = {
      ...event, id: ID, schema: 1, tenant: 'acme', aggregate: { service: 'vps', name: 'server', id: ID }, occurred_at: new Date(Date.UTC(2026, 10, 21, 8, 0, i)).toISOString(), actor: { kind: 'person', id: 'ada' },
      command_id: `c${i}`, correlation_id: 'c', stream: 'VPS', seq: i + 1, stored_at: '2026-11-21T08:00:00.000Z',
    };
    for (const change of await projection.project(recorded, { get: <T>(key: string) => view.get(key) as T | undefined })) {
      if ('deleted' in change) view.delete(change.key);
      else view.set(change.key, change.value);
    }
  }
  return view;
};
const row = async (...events: readonly ServerEvent[]): Promise<OperationsRow> => operationsView.data.parse((await fold(operationsProjection, [...adopted, ...events])).get(`acme.operations.${ID}`));

describe('operations of a server', () => {
  it('tell how far they are, and how they ended', async () => {
    expect((await row(started(1), progressed(1))).items).toMatchObject([{ id: op(1), state: 'running', percent: 40, text: 'half', started_by: { id: 'ada' }, ended_at: null }]);
    expect((await row(started(1), finished(1), started(2), failed(2))).items).toMatchObject([
      { id: op(2), state: 'failed', reason: { code: 'PROVIDER.SOLD_OUT' }, ended_at: expect.any(String) }, { id: op(1), state: 'finished', percent: 100 },
    ]);
    expect(JSON.stringify(await row(started(1), progressed(1)))).not.toContain('secret-of-provider');
  });

  it('are kept to the last, and what ended does not change', async () => {
    const many = Array.from({ length: 30 }, (_, i) => [started(i), finished(i), progressed(i), failed(i)]).flat();
    const { items } = await row(...many);
    expect([items.length, items[0]?.id, new Set(items.map(i => i.state))]).toEqual([20, op(29), new Set(['finished'])]);
  });

  it('go with the server', async () => {
    for (const projection of [operationsProjection, runningProjection]) expect((await fold(projection, [...adopted, started(1), { type: 'ServerDeleted', data: {} }])).size).toBe(0);
  });
});

describe('what the runner works on', () => {
  const key = `_operations.acme.${ID}`;
  it('is what runs, unchanged by its own progress', async () => {
    const first = (await fold(runningProjection, [...adopted, started(1)])).get(key);
    expect(first).toMatchObject({ tenant: 'acme', server: ID, operation: { id: op(1), kind: 'reboot' } });
    expect((await fold(runningProjection, [...adopted, started(1), progressed(1)])).get(key)).toEqual(first);
    expect((await fold(runningProjection, [...adopted, started(1), finished(1)])).has(key)).toBe(false);
    expect((await fold(runningProjection, [...adopted, started(1), failed(1), started(2), finished(1)])).get(key)).toMatchObject({ operation: { id: op(2) } });
  });
});
