import { viewKey, type DataOf } from '@xanthus/proto';
import type { Projection, ViewReader } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import { sessionView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

type Session = DataOf<typeof sessionView>;

/** Where the key of a session is found again: later events of a session do not name the person. */
const indexKey = (session: string): string => `_session.${session}`;

/** Which sessions has a person open? */
export const sessions: Projection = {
  name: 'sessions', version: 2, schema: sessionView.schema,
  async project(recorded, view: ViewReader) {
    const event = authEvent(recorded);
    if (event?.aggregate.name !== 'session') return [];
    const id = event.aggregate.id;
    if (event.type === 'SessionOpened') {
      const { person, tenant, device, expires_at, method, source, proved_until } = event.data;
      const key = viewKey(INSTALLATION, 'sessions', person, id);
      const value: Session = { id, person, tenant, device, opened_at: event.occurred_at, refreshed_at: event.occurred_at, expires_at, method, ...(source === undefined ? {} : { source }), ...(proved_until === undefined ? {} : { proved_until }) };
      return [{ key, value }, { key: indexKey(id), value: { key } }];
    }
    const key = (await view.get<{ key: string }>(indexKey(id)))?.key;
    if (key === undefined) return [];
    if (event.type === 'SessionEnded') return [{ key, deleted: true }, { key: indexKey(id), deleted: true }];
    const before = await view.get<Session>(key);
    if (before === undefined) return [];
    return [{ key, value: event.type === 'SessionProved' ? { ...before, proved_until: event.data.until } : { ...before, refreshed_at: event.occurred_at } }];
  },
};
