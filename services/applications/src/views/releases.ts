import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { releasesView } from '@xanthus/proto/applications';
import type { ApplicationEvent } from '../application/application.js';

export type ReleaseRow = DataOf<typeof releasesView>;
/** Shown, and gone back to, at most. */
const MOST_RELEASES = 100;
/** Revisions that are shown, oldest first. */
const listKey = (tenant: string, application: string): string => `_releases.${tenant}.${application}`;
const keyOf = (tenant: string, application: string, revision: number): string => viewKey(tenant, 'releases', application, String(revision));

/** Which releases did an application have? `<tenant>.releases.<application>.<revision>` */
export const releasesProjection: Projection = {
  name: 'releases', version: 1, schema: releasesView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'application') return [];
    const known = event as unknown as ApplicationEvent;
    const { tenant, aggregate: { id } } = event;
    if (known.type !== 'ReleaseMade' && known.type !== 'ApplicationDeleted') return [];
    const key = listKey(tenant, id);
    const revisions = (await view.get<number[]>(key)) ?? [];
    if (known.type === 'ApplicationDeleted') return [{ key, deleted: true }, ...revisions.map((r): Change => ({ key: keyOf(tenant, id, r), deleted: true }))];
    const { release, deployment, again, reason } = known.data;
    const all = [...revisions.filter(r => r !== release.revision), release.revision];
    const row: ReleaseRow = { application: id, ...release, deployment, again, reason, by: event.actor, at: event.occurred_at, current: true };
    const last = revisions.at(-1);
    const before = last === undefined || last === release.revision ? undefined : await view.get<ReleaseRow>(keyOf(tenant, id, last));
    return [
      { key, value: all.slice(-MOST_RELEASES) },
      { key: keyOf(tenant, id, release.revision), value: row },
      ...(before ? [{ key: keyOf(tenant, id, before.revision), value: { ...before, current: false } satisfies ReleaseRow }] : []),
      ...all.slice(0, -MOST_RELEASES).map((r): Change => ({ key: keyOf(tenant, id, r), deleted: true })),
    ];
  },
};
