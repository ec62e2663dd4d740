/** What the making and the end of a server change in its row. */
import type { RecordedEvent } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { provisioningEvents } from '@xanthus/proto/vps';
import { evolveCreation, type CreationEvent } from '../server/creation-state.js';
import type { ServerRow } from './servers.js';

export const requestedRow = (event: RecordedEvent, data: Extract<CreationEvent, { type: 'ServerRequested' }>['data']): ServerRow => {
  const { name, provider, port, user, host_key, provider_id, location, type, image, time_zone } = data;
  return {
    id: event.aggregate.id, name, provider, host: '', port, user, status: 'connecting', reason: null, host_key, presented_host_key: null, facts: null,
    adopted_at: event.occurred_at, adopted_by: event.actor, changed_at: event.occurred_at, lifecycle: 'creating', provider_id, location, type, image, time_zone,
  };
};

const withoutStep = (row: ServerRow): ServerRow => {
  const { setup_step, lifecycle_problem, ...rest } = row;
  return setup_step === undefined && lifecycle_problem === undefined ? row : rest;
};

/** The row as it stands after an event of its creation; undefined: not one of those. */
export const evolveRow = (row: ServerRow, event: CreationEvent, changed_at: string): ServerRow | undefined => {
  switch (event.type) {
    case 'ServerPlaced': return { ...row, host: event.data.host, port: event.data.port, provider_ref: event.data.provider_ref, changed_at };
    case 'ServerSetUpStarted': return { ...withoutStep(row), lifecycle: lifecycleAfter(row, event), setup_step: event.data.step, changed_at };
    case 'ServerBecameReady': case 'ServerSetUpStopped': case 'ServerRemovalRequested': return { ...withoutStep(row), lifecycle: lifecycleAfter(row, event), changed_at };
    case 'ServerSetUpFailed': return { ...row, lifecycle: lifecycleAfter(row, event), setup_step: event.data.step, lifecycle_problem: { code: event.data.code, message: event.data.message }, changed_at };
    case 'ServerRemovalFailed': return { ...row, lifecycle: lifecycleAfter(row, event), lifecycle_problem: event.data.reason, changed_at };
    default: return undefined;
  }
};

/** As the aggregate has it: `provider_id` is there where an order is. */
const lifecycleAfter = (row: ServerRow, event: CreationEvent): NonNullable<ServerRow['lifecycle']> => {
  const before = { ...(row.lifecycle ? { lifecycle: row.lifecycle } : {}), ...(row.provider_id === undefined ? {} : { order: { provider_id: row.provider_id, location: '', public_key: '', host_key_secret: '', authorized_keys: [], agreed: null } }) };
  return evolveCreation(before, event).lifecycle ?? 'ready';
};

/** Where its set-up is, of the process that has the same id. */
export const evolveStep = (row: ServerRow, event: EventOf<typeof provisioningEvents>, changed_at: string): ServerRow =>
  event.type === 'StepStarted' && event.data.step !== row.setup_step ? { ...row, setup_step: event.data.step, changed_at } : row;
