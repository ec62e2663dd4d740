import { keyedProjection } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { actionsOf, statusDuring, type applicationView, applicationView as contract, type MadeObject } from '@xanthus/proto/applications';
import { sameObject, type ApplicationEvent } from '../application/application.js';

export type ApplicationRow = DataOf<typeof applicationView>;
/** Internal, never shown: every living application, `_applications.<tenant>.<id>` */
const LIVING_APPLICATIONS = '_applications';
export interface LivingRef { readonly tenant: string; readonly id: string; readonly server: string; readonly namespace: string; readonly release_name: string; readonly releases: number }

const NOT_SEEN = { health: 'unknown', sentence: '', pods: { ready: 0, wanted: 0, restarts: 0 }, address: 'unknown', observed_at: null } as const;
const withMade = (made: readonly MadeObject[], more: readonly MadeObject[]): MadeObject[] => [...made.filter(m => !more.some(o => sameObject(m, o))), ...more];
const withNext = (row: ApplicationRow): ApplicationRow => ({ ...row, next: actionsOf({ status: row.status, work: row.work, failed: row.failed, releases: row.releases, exposures: row.exposures.length, drift: row.drift }) });

const evolve = (row: ApplicationRow, known: ApplicationEvent, at: string): ApplicationRow | undefined => {
  switch (known.type) {
    case 'WorkStarted': return { ...row, status: statusDuring(known.data.kind), work: known.data.kind, deployment: known.data.deployment, problem: null };
    case 'WorkEnded': {
      const { status, kind, outcome, problem } = known.data;
      return { ...row, status, work: null, failed: outcome === 'done' ? null : kind, problem };
    }
    case 'ObjectsMade': return { ...row, made: withMade(row.made, known.data.objects) };
    case 'ObjectsGone': return { ...row, made: row.made.filter(m => !known.data.objects.some(o => sameObject(m, o))) };
    case 'ReleaseMade': {
      const { revision, version, host, zone, exposures } = known.data.release;
      return { ...row, revision, version, host, zone, exposures, releases: Math.max(row.releases + 1, 1), scaled: {}, stopped: {}, drift: 0 };
    }
    case 'PodsScaled': {
      const { workload, from, to } = known.data;
      const { [workload]: _gone, ...stopped } = row.stopped;
      return { ...row, scaled: { ...row.scaled, [workload]: to }, stopped: to === 0 ? { ...stopped, [workload]: from } : stopped };
    }
    case 'ApplicationObserved': return { ...row, ...known.data, observed_at: at };
    case 'UpdatePolicySet': return { ...row, updates: known.data };
    case 'UpdateHeld': return { ...row, held: [...row.held.filter(v => v !== known.data.version), known.data.version].slice(-20) };
    case 'DriftSeen': return { ...row, drift: known.data.findings.length };
    case 'DriftAccepted': return { ...row, drift: 0 };
    case 'ApplicationDeleted': return undefined;
    default: return row;
  }
};

/** Which applications are there, and how are they? `<tenant>.applications.<id>` */
export const applicationsProjection = keyedProjection<ApplicationRow>({
  name: 'applications', version: 1, schema: contract.schema,
  own: { view: 'applications', aggregates: ['application'] },
  evolve(row, event) {
    const known = event as unknown as ApplicationEvent;
    const at = event.occurred_at;
    if (known.type === 'ApplicationRequested') {
      const { plan: _plan, reason: _reason, ...about } = known.data;
      return withNext({
        id: event.aggregate.id, ...about, ...NOT_SEEN, pods: { ...NOT_SEEN.pods }, status: 'creating', revision: 0, exposures: [], held: [], work: 'deploy', failed: null, releases: 0, problem: null, drift: 0, next: [], made: [], scaled: {}, stopped: {},
        made_at: at, made_by: event.actor, changed_at: at,
      });
    }
    if (!row) return undefined;
    const after = evolve(row, known, at);
    return after === undefined || after === row ? after : withNext({ ...after, changed_at: known.type === 'ApplicationObserved' ? row.changed_at : at });
  },
});

/** What must be looked at in its cluster? */
export const livingProjection = keyedProjection<LivingRef>({
  name: 'living', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'application' ? [`${LIVING_APPLICATIONS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(ref, event) {
    const known = event as unknown as ApplicationEvent;
    switch (known.type) {
      case 'ApplicationRequested': return { tenant: event.tenant, id: event.aggregate.id, server: known.data.server, namespace: known.data.namespace, release_name: known.data.release_name, releases: 0 };
      case 'ReleaseMade': return ref && { ...ref, releases: ref.releases + 1 };
      case 'ApplicationDeleted': return undefined;
      default: return ref;
    }
  },
});
