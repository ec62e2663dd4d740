import { keyedProjection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { memberView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

const isMember = (event: RecordedEvent): boolean => event.aggregate.name === 'member';

/** Who belongs to the tenant, as what? */
export const members = keyedProjection<DataOf<typeof memberView>>({
  name: 'members', version: 2, schema: memberView.schema,
  own: { view: 'members', aggregates: ['member'] },
  evolve(data, recorded) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'MemberAdded': return { person: event.aggregate.id, role: event.data.role, joined_at: event.occurred_at, added_by: event.actor };
      case 'MemberRoleAssigned': return data && { ...data, role: event.data.role };
      case 'MemberLeft':
      case 'MemberRemoved': return undefined;
      default: return data;
    }
  },
});

/** Key `_memberships.<person>`: in which tenants is this person? Internal; a log-in asks. */
export const membershipsKey = (person: string): string => `_memberships.${person}`;

export interface Memberships { readonly tenants: readonly string[] }

export const memberships = keyedProjection<Memberships>({
  name: 'memberships', version: 2, schema: 1,
  keys: event => (isMember(event) ? [membershipsKey(event.aggregate.id)] : []),
  evolve(data, event) {
    const others = (data?.tenants ?? []).filter(t => t !== event.tenant);
    switch (event.type) {
      case 'MemberAdded': return { tenants: [...others, event.tenant] };
      case 'MemberLeft':
      case 'MemberRemoved': return others.length === 0 ? undefined : { tenants: others };
      default: return data;
    }
  },
});
