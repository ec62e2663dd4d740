import { keyedProjection, type Change, type Projection, type RecordedEvent, type ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { DOMAIN_STEPS, domainView, type DnsUser } from '@xanthus/proto/dns';
import { stepsOf, type ConfigurationEvent } from '../domain/domain.js';
import type { UnderwayRef } from './plans.js';
import { usersOf } from './zones.js';

export type DomainRow = DataOf<typeof domainView>;
type StepRow = DomainRow['steps'][number];
/** Internal, never shown: domains that are worked on, `_domains.<tenant>.<zone>` */
export const UNDERWAY_DOMAINS = '_domains';

const withStep = (row: DomainRow, name: StepRow['name'], change: Partial<StepRow>): DomainRow => ({ ...row, steps: row.steps.map(s => (s.name === name ? { ...s, ...change } : s)) });

const fold = (row: DomainRow | undefined, event: RecordedEvent): DomainRow | undefined => {
  const known = event as unknown as ConfigurationEvent;
  const at = event.occurred_at;
  if (known.type === 'DomainConfigureStarted') {
    const steps = DOMAIN_STEPS.filter(s => stepsOf(known.data).includes(s)).map((name): StepRow => ({ name, state: 'pending', text: null, duration_ms: null }));
    return { zone: event.aggregate.id, name: known.data.name, state: 'configuring', steps, back: false, problem: null, retry_at: null, used_by: [], started_at: at, by: event.actor, ended_at: null };
  }
  if (!row) return undefined;
  switch (known.type) {
    case 'DomainStepStarted': return withStep({ ...row, retry_at: null }, known.data.step, { state: 'running' });
    case 'DomainStepDone': return withStep({ ...row, problem: null }, known.data.step, { state: known.data.back ? 'undone' : 'done', text: known.data.text, duration_ms: known.data.duration_ms });
    case 'DomainStepFailed': return withStep({ ...row, problem: { code: known.data.code, message: known.data.message }, retry_at: known.data.retry_at }, known.data.step, { state: known.data.retry_at === null ? 'failed' : 'waiting', text: known.data.message });
    case 'DomainFailed': return { ...row, state: 'failed', back: known.data.back, problem: { code: known.data.code, message: known.data.message }, retry_at: null };
    case 'DomainRetried': return { ...row, state: row.back ? 'undoing' : 'configuring', problem: null };
    case 'DomainConfigured': return { ...row, state: 'configured', problem: null, ended_at: at };
    case 'DomainUndoStarted': return { ...row, state: 'undoing', back: true, problem: null, started_at: at, by: event.actor, ended_at: null };
    case 'DomainUndone': return { ...row, state: 'undone', problem: null, ended_at: at };
    default: return row;
  }
};

/** Who uses it is the zone's to say: they do so also before it is configured. */
const withUsers = (row: DomainRow, users: readonly DnsUser[]): DomainRow => ({ ...row, used_by: users.map(({ id, name }) => ({ kind: 'application', id, name })) });

const projectDomain = async (event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> => {
  if (event.aggregate.name !== 'domain') return [];
  const key = viewKey(event.tenant, 'domains', event.aggregate.id);
  const before = await view.get<DomainRow>(key);
  const after = fold(before, event);
  if (!after) return [];
  const isOfUsers = event.type === 'DomainConfigureStarted' || event.type === 'DomainUsed' || event.type === 'DomainUnused';
  if (after === before && !isOfUsers) return [];
  return [{ key, value: isOfUsers ? withUsers(after, await usersOf(view, event.tenant, event.aggregate.id)) : after }];
};

/** Which domains are configured, and how far? `<tenant>.domains.<zone>` */
export const domainsProjection: Projection = { name: 'domains', version: 1, schema: domainView.schema, project: projectDomain };

/** What must the runner work on? */
export const underwayDomainsProjection: Projection = keyedProjection<UnderwayRef>({
  name: 'underway-domains', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'domain' ? [`${UNDERWAY_DOMAINS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(ref, event) {
    switch ((event as unknown as ConfigurationEvent).type) {
      case 'DomainConfigureStarted': case 'DomainUndoStarted': case 'DomainRetried': return { tenant: event.tenant, id: event.aggregate.id, wish: event.seq };
      case 'DomainConfigured': case 'DomainUndone': case 'DomainFailed': return undefined;
      default: return ref;
    }
  },
});
