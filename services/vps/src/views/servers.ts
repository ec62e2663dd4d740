import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { serverView } from '@xanthus/proto/vps';
import type { CreationEvent } from '../server/creation-state.js';
import type { ServerEvent } from '../server/server.js';
import { evolveRow, evolveStep, requestedRow } from './server-creation.js';

export type ServerRow = DataOf<typeof serverView>;

const fold = (row: ServerRow | undefined, event: RecordedEvent): ServerRow | undefined => {
  if (event.aggregate.name === 'provisioning') return row && evolveStep(row, event as unknown as Parameters<typeof evolveStep>[1], event.occurred_at);
  const known = event as unknown as ServerEvent;
  const changed_at = event.occurred_at;
  if (known.type === 'ServerAdopted') {
    const { name, provider, host, port, user, host_key } = known.data;
    return {
      id: event.aggregate.id, name, provider, host, port, user, status: 'connecting', reason: null, host_key, presented_host_key: null, facts: null,
      adopted_at: event.occurred_at, adopted_by: event.actor, changed_at,
    };
  }
  if (known.type === 'ServerRequested') return requestedRow(event, known.data);
  if (!row) return undefined;
  switch (known.type) {
    case 'ServerFactsObserved': return { ...row, facts: known.data.facts, changed_at };
    case 'ServerTagged': return { ...row, tags: known.data.tags, changed_at };
    case 'ServerRenamed': return { ...row, name: known.data.name, changed_at };
    case 'ServerBecameReachable': return { ...row, status: 'reachable', reason: null, ...(row.power === 'off' ? { power: 'running' as const } : {}), changed_at };
    case 'ServerBecameUnreachable': return { ...row, status: 'unreachable', reason: known.data.reason, changed_at };
    case 'ServerHostKeyChanged':
      return { ...row, status: 'blocked', presented_host_key: known.data.presented, reason: { code: 'SERVER.HOST_KEY_CHANGED', message: 'It shows another host key than the accepted one.' }, changed_at };
    case 'ServerHostKeyAccepted': return { ...row, status: 'connecting', reason: null, host_key: known.data.host_key, presented_host_key: null, changed_at };
    case 'OperationStarted': return { ...row, operation: { id: known.data.operation, kind: known.data.kind }, changed_at };
    case 'OperationFinished': case 'OperationFailed': {
      const { operation, ...rest } = row;
      return operation?.id === known.data.operation ? { ...rest, changed_at } : row;
    }
    case 'PowerChanged': return { ...row, power: known.data.to, changed_at };
    case 'ServerResized': return { ...row, type: known.data.to, changed_at };
    case 'ServerRebuilt': return { ...row, image: known.data.image, changed_at };
    case 'TimeZoneSet': return { ...row, time_zone: known.data.to, changed_at };
    case 'ServerDeleted': return undefined;
    default: return evolveRow(row, known as CreationEvent, changed_at) ?? row;
  }
};

/** Which servers are there, and how are they? `<tenant>.servers.<id>` */
export const serversProjection: Projection = keyedProjection<ServerRow>({
  name: 'servers',
  version: 4,
  schema: serverView.schema,
  own: { view: 'servers', aggregates: ['server', 'provisioning'] },
  evolve: fold,
});
