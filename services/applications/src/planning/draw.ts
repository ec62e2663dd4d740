/** A plan as it is shown and carried out, from what was gathered. Pure. */
import { createHash } from 'node:crypto';
import type { DataOf } from '@xanthus/proto';
import type { PlanDetail, PlannedObject, planEvents } from '@xanthus/proto/applications';

export type PlanAbout = DataOf<typeof planEvents.ApplicationPlanMade>;
export type Drawn = Omit<PlanAbout, 'hash'>;

/** An event holds no more. */
const MOST_OBJECTS = 600;
const MOST_BYTES = 400_000;

export const limited = (objects: readonly PlannedObject[]): Pick<PlanDetail, 'objects' | 'more_objects'> => {
  let bytes = 0;
  // What changes counts first.
  const sorted = [...objects.filter(o => o.action !== 'unchanged'), ...objects.filter(o => o.action === 'unchanged')];
  const shown: PlannedObject[] = [];
  for (const o of sorted) {
    bytes += o.name.length + o.detail.length * 2 + 150;
    if (shown.length === MOST_OBJECTS || bytes > MOST_BYTES) break;
    shown.push(o);
  }
  return { objects: shown, more_objects: objects.length - shown.length };
};

/** Of everything that somebody agrees to, and what it rests on; not of when it was made. */
export const hashOf = ({ kind, application, name, server, zone, subdomain, revision, port, keep_volumes, detail, basis: { state, entry, entry_digest } }: Drawn): string =>
  createHash('sha256').update(JSON.stringify([kind, application, name, server, zone, subdomain, revision, port, keep_volumes, detail, { state, entry, entry_digest }])).digest('hex');

export const planned = (sort: PlannedObject['sort'], kind: string, namespace: string | null, name: string, action: PlannedObject['action'], detail = ''): PlannedObject => ({ sort, kind, namespace, name, action, detail });
