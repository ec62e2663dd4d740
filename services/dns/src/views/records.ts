import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { recordView, type KnownRecord } from '@xanthus/proto/dns';
import type { ZoneEvent } from '../zone/zone.js';

export type RecordRow = DataOf<typeof recordView>;

const project = async (event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> => {
  if (event.aggregate.name !== 'zone') return [];
  const { tenant, aggregate: { id: zone }, actor, occurred_at } = event;
  const known = event as unknown as ZoneEvent;
  const keyOf = (id: string): string => viewKey(tenant, 'records', zone, id);
  const put = (record: KnownRecord, rest: Partial<RecordRow>): Change => ({ key: keyOf(record.id), value: { ...record, zone, owned: false, changed_at: occurred_at, changed_by: null, plan: null, ...rest } satisfies RecordRow });
  const drop = (id: string): Change => ({ key: keyOf(id), deleted: true });
  const own = async (ids: readonly string[], owned: boolean): Promise<Change[]> => {
    const rows = await Promise.all(ids.map(id => view.get<RecordRow>(keyOf(id))));
    return rows.flatMap(row => (row ? [{ key: keyOf(row.id), value: { ...row, owned } }] : []));
  };
  switch (known.type) {
    case 'RecordsSeen': return known.data.records.map(record => put(record, {}));
    case 'RecordsAdopted': return own(known.data.records, true);
    case 'RecordsDisowned': return own(known.data.records, false);
    case 'RecordsChanged': return (await Promise.all(known.data.changes.map(async ({ change, id, replaces }) => {
      if (change.op === 'delete') return [drop(change.before.id)];
      const used_by = known.data.mark ?? (await view.get<RecordRow>(keyOf(replaces ?? id)))?.used_by;
      const row = put({ ...change.after, id }, { owned: true, changed_by: known.data.by ?? actor, plan: known.data.plan, ...(used_by === undefined ? {} : { used_by }) });
      return replaces === undefined ? [row] : [drop(replaces), row];
    }))).flat();
    case 'DriftAccepted': {
      const changes: Change[] = [];
      for (const f of known.data.findings) {
        if (f.kind === 'missing') changes.push(drop(f.before.id));
        else {
          const { owned = false, used_by } = (await view.get<RecordRow>(keyOf(f.now.id))) ?? {};
          changes.push(put(f.now, { owned, changed_by: actor, ...(used_by === undefined ? {} : { used_by }) }));
        }
      }
      return changes;
    }
    case 'RecordsForgotten': return known.data.records.map(drop);
    default: return [];
  }
};

/** What does a zone hold, as it was left? `<tenant>.records.<zone>.<record>` */
export const recordsProjection: Projection = { name: 'records', version: 1, schema: recordView.schema, project };
