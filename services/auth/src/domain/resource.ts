/** A thing of a service, as far as auth knows it: by its tags. Its id is the thing's. Only services speak of it. */
import type { AggregateType, Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import type { Slice } from './role.js';
import { schemasOf } from './schemas.js';

const events = { ResourceTagged: authEvents.ResourceTagged, TagsApplied: authEvents.TagsApplied };
export type ResourceEvent = EventOf<typeof events>;

/** `seq`: of the service's own event that was last heard of. */
export interface ResourceState { readonly tags: readonly string[]; readonly seq: number }
export interface TagResource {
  readonly type: 'TagResource';
  readonly service: string;
  readonly aggregate: string;
  readonly tags: readonly string[];
  readonly seq: number;
  /** Holders of each role of the tenant that is narrowed to a tag, with the tags that it names for this service. */
  readonly narrowed: readonly { readonly role: string; readonly tags: readonly string[]; readonly slices: readonly Slice[] }[];
}

const decider: Decider<ResourceState, TagResource, ResourceEvent> = {
  initialState: { tags: [], seq: 0 },
  decide(state, { service, aggregate, seq, narrowed, tags: asked }) {
    if (seq <= state.seq) return [];
    const tags = [...new Set(asked)].sort();
    const changed = new Set([...tags.filter(t => !state.tags.includes(t)), ...state.tags.filter(t => !tags.includes(t))]);
    return [
      { type: 'ResourceTagged', data: { service, aggregate, tags, seq } },
      ...narrowed.filter(n => n.tags.some(t => changed.has(t))).flatMap(n => n.slices.map((slice): ResourceEvent => ({ type: 'TagsApplied', data: { role: n.role, ...slice } }))),
    ];
  },
  evolve(state, event) {
    return event.type === 'ResourceTagged' ? { tags: event.data.tags, seq: event.data.seq } : state;
  },
};

export const resource: AggregateType<ResourceState, TagResource, ResourceEvent> = { service: 'auth', name: 'resource', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 50 } };
