import { keyedProjection, type Change, type Projection, type RecordedEvent, type ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { forwardsView } from '@xanthus/proto/terminals';
import { evolveForward, type ForwardEvent, type OpenForward } from '../forward/forward.js';

export type ForwardRow = DataOf<typeof forwardsView>;
/** Internal, never shown: `_forwards.<tenant>.<forward>`, those that are open. */
export const OPEN_FORWARDS = '_forwards';
export interface OpenForwardRow extends OpenForward { readonly tenant: string; readonly id: string }
/** Shown of those that were closed, a tenant; and persons of one. */
const MOST_CLOSED = 20;
const MOST_PERSONS = 20;
const closedKey = (tenant: string): string => `_closed-forwards.${tenant}`;

const isOfForward = (event: RecordedEvent): boolean => event.aggregate.name === 'forward';

const fold = (row: ForwardRow | undefined, event: RecordedEvent): ForwardRow | undefined => {
  const known = event as unknown as ForwardEvent;
  const { actor, occurred_at: at } = event;
  if (known.type === 'ForwardOpened') return row ?? { id: event.aggregate.id, ...known.data, state: 'open', owner: actor.id, opened_at: at, opened_by: actor, entered: [], closed_at: null, closed_by: null, end: null };
  if (row === undefined || row.state === 'closed') return row;
  switch (known.type) {
    case 'ForwardEntered': return { ...row, entered: [...row.entered.filter(e => e.person !== actor.id), { person: actor.id, at }].slice(-MOST_PERSONS) };
    case 'ForwardExtended': return { ...row, ends_at: known.data.ends_at };
    case 'ForwardClosed': return { ...row, state: 'closed', closed_at: at, closed_by: actor, end: known.data };
    default: return row;
  }
};

/** Which ports are open, and which were of late? `<tenant>.forwards.<forward>` */
export const forwardsProjection: Projection = {
  name: 'forwards', version: 1, schema: forwardsView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (!isOfForward(event)) return [];
    const { tenant, aggregate: { id } } = event;
    const key = viewKey(tenant, 'forwards', id);
    const before = await view.get<ForwardRow>(key);
    const row = fold(before, event);
    if (row === before || row === undefined) return [];
    if (row.state === 'open' || before?.state === 'closed') return [{ key, value: row }];
    const closed = [...((await view.get<string[]>(closedKey(tenant))) ?? []), id];
    return [{ key, value: row }, { key: closedKey(tenant), value: closed.slice(-MOST_CLOSED) }, ...closed.slice(0, -MOST_CLOSED).map((old): Change => ({ key: viewKey(tenant, 'forwards', old), deleted: true }))];
  },
};

export const openForwardsProjection: Projection = keyedProjection<OpenForwardRow>({
  name: 'open-forwards', version: 1, schema: 1,
  keys: event => (isOfForward(event) ? [`${OPEN_FORWARDS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(row, event) {
    const now = evolveForward(row ?? { status: 'absent' }, event as unknown as ForwardEvent, event);
    return now.status === 'open' ? (now === row ? row : { ...now, tenant: event.tenant, id: event.aggregate.id }) : undefined;
  },
});
