import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { plansView } from '@xanthus/proto/applications';
import { isReady, type PlanEvent } from '../plan/plan.js';

export type PlanRow = DataOf<typeof plansView>;
/** Shown of a tenant: they count for an hour only. */
const MOST = 50;
const listKey = (tenant: string): string => `_plans.${tenant}`;

/** Which plans are there? `<tenant>.plans.<plan>` */
export const plansProjection: Projection = {
  name: 'plans', version: 1, schema: plansView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'plan') return [];
    const known = event as unknown as PlanEvent;
    const { tenant, aggregate: { id } } = event;
    const key = viewKey(tenant, 'plans', id);
    if (known.type === 'ApplicationPlanMade') {
      const { kind, application, name, server, hash, reason, expires_at } = known.data;
      const row: PlanRow = { id, kind, application, name, server, hash, ready: isReady(known.data), state: 'draft', reason, made_at: event.occurred_at, made_by: event.actor, expires_at };
      const all = [...((await view.get<string[]>(listKey(tenant))) ?? []).filter(p => p !== id), id];
      return [{ key, value: row }, { key: listKey(tenant), value: all.slice(-MOST) }, ...all.slice(0, -MOST).map((old): Change => ({ key: viewKey(tenant, 'plans', old), deleted: true }))];
    }
    const row = known.type === 'ApplicationPlanTaken' ? await view.get<PlanRow>(key) : undefined;
    return row ? [{ key, value: { ...row, state: 'taken' } satisfies PlanRow }] : [];
  },
};
