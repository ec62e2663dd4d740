import type { StreamItem } from '@xanthus/client';
import type { Actor, EventEnvelope } from '@xanthus/proto';
import type { LoggedEvent } from './graph.js';

/** An event of which only its place in the log is known: `readEvent` reads the rest when something is done about it. */
export const eventAt = (stream: string, known: Pick<LoggedEvent, 'tenant' | 'seq' | 'at' | 'actor' | 'aggregate'>): LoggedEvent => ({ ...known, stream, id: '', type: '', command_id: '', correlation_id: '', data: null });

/** An event as the log has it; undefined for what is none. Pure. */
export const toLogged = (stream: string, item: StreamItem): LoggedEvent | undefined => {
  const e = item.payload as Partial<EventEnvelope> | null;
  if (typeof e?.type !== 'string' || typeof e.id !== 'string' || !e.aggregate || !e.actor) return undefined;
  return {
    id: e.id, stream, seq: item.seq, type: e.type, at: e.occurred_at ?? item.time, stored: item.time, tenant: e.tenant ?? item.subject.split('.')[1] ?? '', actor: e.actor as Actor, command_id: e.command_id ?? '', correlation_id: e.correlation_id ?? '',
    aggregate: e.aggregate, data: typeof e.data === 'object' && e.data !== null ? e.data as LoggedEvent['data'] : {},
  };
};
