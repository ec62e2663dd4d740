import type { Projection, RecordedEvent } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { ALERT_KINDS, alertsView, type AlertState } from '@xanthus/proto/vps';
import type { AlertEvent } from '../alerts/alert.js';

export type AlertsRow = DataOf<typeof alertsView>;

const change = (row: AlertsRow, kind: AlertState['kind'], next: (before: AlertState | undefined) => AlertState | undefined): AlertsRow => {
  const before = row.alerts.find(a => a.kind === kind);
  const after = next(before);
  const alerts = [...row.alerts.filter(a => a !== before), ...(after ? [after] : [])].sort((a, b) => ALERT_KINDS.indexOf(a.kind) - ALERT_KINDS.indexOf(b.kind));
  return { ...row, alerts };
};

const fold = (row: AlertsRow, event: RecordedEvent): AlertsRow => {
  const known = event as unknown as AlertEvent;
  const at = event.occurred_at;
  switch (known.type) {
    case 'AlertRaised': return change(row, known.data.kind, before => (before?.status === 'open'
      ? { ...before, ...known.data }
      : { ...known.data, status: 'open', raised_at: at, cleared_at: null, acknowledged_at: null, acknowledged_by: null }));
    case 'AlertCleared': return change(row, known.data.kind, before => before && { ...before, ...(known.data.message === undefined ? {} : { message: known.data.message }), status: 'cleared', cleared_at: at });
    case 'AlertAcknowledged': return change(row, known.data.kind, before => before && { ...before, acknowledged_at: at, acknowledged_by: event.actor });
    case 'AlertMuted': {
      const { [known.data.kind]: _, ...muted } = row.muted;
      return { ...row, muted: known.data.until === null ? muted : { ...muted, [known.data.kind]: known.data.until } };
    }
    case 'AlertLimitsSet': return { ...row, limits: known.data.limits };
    default: return row;
  }
};

/** What needs a person on each server? `<tenant>.alerts.<server>`. Goes with its server; what was seen of one that is gone already shows nothing. */
export const alertsProjection: Projection = {
  name: 'alerts',
  version: 1,
  schema: alertsView.schema,
  async project(event, view) {
    const { name, id } = event.aggregate;
    const key = viewKey(event.tenant, 'alerts', id);
    if (name === 'server') return event.type === 'ServerDeleted' && (await view.get(key)) !== undefined ? [{ key, deleted: true }] : [];
    if (name !== 'alert' || (await view.get(viewKey(event.tenant, 'servers', id))) === undefined) return [];
    const before = (await view.get<AlertsRow>(key)) ?? { id, alerts: [], muted: {}, limits: {}, changed_at: event.occurred_at };
    const after = fold(before, event);
    return after === before ? [] : [{ key, value: { ...after, changed_at: event.occurred_at } }];
  },
};
