import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { operationsView } from '@xanthus/proto/vps';
import type { LifeEvent, Operation } from '../server/life-state.js';
import type { ServerEvent } from '../server/server.js';

export type OperationsRow = DataOf<typeof operationsView>;
type Item = OperationsRow['items'][number];

/** Of each server, beside what runs. */
const KEPT = 20;

const fold = (row: OperationsRow | undefined, event: RecordedEvent): OperationsRow | undefined => {
  const known = event as unknown as ServerEvent;
  if (known.type === 'ServerDeleted') return undefined;
  const about = known as LifeEvent;
  if (about.type === 'OperationStarted') {
    const { operation, kind, wish, before } = about.data;
    const started: Item = { id: operation, kind, state: 'running', wish, before, started_at: event.occurred_at, started_by: event.actor, ended_at: null, reason: null };
    return { server: event.aggregate.id, items: [started, ...(row?.items ?? [])].slice(0, KEPT) };
  }
  if (!row || (about.type !== 'OperationProgressed' && about.type !== 'OperationFinished' && about.type !== 'OperationFailed')) return row;
  const change = (item: Item): Item => {
    switch (about.type) {
      case 'OperationProgressed': {
        const { percent, text } = about.data;
        return { ...item, ...(percent === undefined ? {} : { percent }), ...(text === undefined ? {} : { text }) };
      }
      case 'OperationFinished': return { ...item, state: 'finished', percent: 100, ended_at: event.occurred_at };
      case 'OperationFailed': return { ...item, state: 'failed', reason: about.data.reason, ended_at: event.occurred_at };
    }
  };
  return { ...row, items: row.items.map(item => (item.id === about.data.operation && item.state === 'running' ? change(item) : item)) };
};

/** What is being done to each server, and what was done lately? `<tenant>.operations.<server>` */
export const operationsProjection: Projection = keyedProjection<OperationsRow>({
  name: 'operations',
  version: 1,
  schema: operationsView.schema,
  own: { view: 'operations', aggregates: ['server'] },
  evolve: fold,
});

/** Internal, never shown: what the runner works on, `_operations.<tenant>.<server>` */
export const OPERATIONS = '_operations';
export interface RunningOperation { readonly tenant: string; readonly server: string; readonly operation: Pick<Operation, 'id' | 'kind' | 'way' | 'wish'>; readonly started_at: string; /** Sequence of the event that began it; one of an older Xanthus has none. */ readonly seq?: number }

/** Progress is not part of it: the runner, which makes it, is not started again by it. */
export const runningProjection: Projection = keyedProjection<RunningOperation>({
  name: 'running-operations',
  version: 1,
  schema: 1,
  keys: event => (event.aggregate.name === 'server' ? [`${OPERATIONS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(row, event) {
    const known = event as unknown as ServerEvent;
    switch (known.type) {
      case 'OperationStarted': {
        const { operation: id, kind, way, wish } = known.data;
        return { tenant: event.tenant, server: event.aggregate.id, operation: { id, kind, way, wish }, started_at: event.occurred_at, seq: event.seq };
      }
      case 'OperationFinished': case 'OperationFailed': return row?.operation.id === known.data.operation ? undefined : row;
      case 'ServerDeleted': return undefined;
      default: return row;
    }
  },
});
