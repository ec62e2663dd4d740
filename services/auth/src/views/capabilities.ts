import { keyedProjection, type Projection } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { capabilitiesView } from '@xanthus/proto/auth';
import { compileCapabilities, type Principal } from '../domain/roles.js';
import { authEvent } from './event.js';

type Document = DataOf<typeof capabilitiesView>;

const compiled = (tenant: string, principal: Principal, role: string, nkey?: string): Document => {
  const { subjects, buckets, commands, streams } = compileCapabilities(role, tenant, principal);
  return {
    principal: { ...principal, role, ...(nkey === undefined ? {} : { nkey }) },
    subjects: [...subjects], commands: [...commands],
    buckets: Object.fromEntries(Object.entries(buckets).map(([bucket, patterns]) => [bucket, [...patterns]])),
    streams: Object.fromEntries(Object.entries(streams).map(([stream, filters]) => [stream, [...filters]])),
  };
};

/** Aggregates that may do something; an API key is a credential that says who it is in another way. */
const PRINCIPALS: ReadonlySet<string> = new Set(['member', 'credential', 'api-key']);

const fold = keyedProjection<Document>({
  name: 'capabilities', version: 2, schema: capabilitiesView.schema,
  keys: event => (PRINCIPALS.has(event.aggregate.name) ? [viewKey(event.tenant, 'capabilities', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    const id = recorded.aggregate.id;
    switch (event?.type) {
      case 'MemberAdded':
      case 'MemberRoleAssigned': return compiled(event.tenant, { kind: 'person', id }, event.data.role);
      case 'CredentialCreated': return compiled(event.tenant, { kind: 'credential', id }, event.data.role, event.data.nkey);
      case 'ApiKeyCreated': return compiled(event.tenant, { kind: 'credential', id }, event.data.role);
      case 'ApiKeyRevoked':
      case 'MemberRemoved':
      case 'CredentialRevoked': return undefined;
      default: return data;
    }
  },
});

/**
 * What may this person or credential do? Raise the version whenever `compileCapabilities` changes: the documents are made anew from the log.
 * Fails closed: where an event cannot be folded, the rights that it may have ended are gone until it can.
 */
export const capabilities: Projection = {
  ...fold,
  onParked: aggregate => (PRINCIPALS.has(aggregate.aggregate) ? [{ key: viewKey(aggregate.tenant, 'capabilities', aggregate.id), deleted: true }] : []),
};
