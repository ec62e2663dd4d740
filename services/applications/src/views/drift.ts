import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { applicationDriftView } from '@xanthus/proto/applications';
import type { ApplicationEvent } from '../application/application.js';
import type { ApplicationRow } from './applications.js';

type DriftRow = DataOf<typeof applicationDriftView>;

/** What was changed in the cluster by hand? `<tenant>.drift.<application>` */
export const driftProjection: Projection = {
  name: 'drift', version: 1, schema: applicationDriftView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'application') return [];
    const known = event as unknown as ApplicationEvent;
    const { tenant, aggregate: { id } } = event;
    const key = viewKey(tenant, 'drift', id);
    const row = await view.get<DriftRow>(key);
    switch (known.type) {
      case 'DriftSeen': {
        const { findings } = known.data;
        if (findings.length === 0) return row ? [{ key, deleted: true }] : [];
        const name = (await view.get<ApplicationRow>(viewKey(tenant, 'applications', id)))?.name ?? '';
        return [{ key, value: { application: id, name, findings, accepted: false, seen_at: event.occurred_at } satisfies DriftRow }];
      }
      case 'DriftAccepted': return row ? [{ key, value: { ...row, accepted: true } satisfies DriftRow }] : [];
      case 'ReleaseMade': case 'ApplicationDeleted': return row ? [{ key, deleted: true }] : [];
      default: return [];
    }
  },
};
