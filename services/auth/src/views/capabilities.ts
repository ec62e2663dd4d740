/**
 * What may this person or credential do? One document for each, compiled when its own event comes, and again when its role or a tag changes: those events
 * come in slices, stored together with the change that made them necessary, and each makes the documents of one slice of the holders anew.
 */
import type { AggregateRef, Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type CapabilityDocument, type DataOf } from '@xanthus/proto';
import { capabilitiesView, type Grant } from '@xanthus/proto/auth';
import type { Slice } from '../domain/role.js';
import { BUILT_IN, compileRole, isBuiltIn, RIGHTS_VERSION, withOwn, type Principal, type Tagged } from '../domain/roles.js';
import { authEvent } from './event.js';

type Document = DataOf<typeof capabilitiesView>;

/** Documents that one event may make anew; beyond, with all else that it changes, an event is not folded. */
const MOST = 190;
/** Documents that a role that can't be followed any more loses at once. */
const MOST_PARKED = 250;

const PREFIX = '_rights';
/** What an own role grants. */
const roleKey = (tenant: string, role: string): string => `${PREFIX}.role.${tenant}.${role}`;
/** Who holds an own role, sorted. */
export const holdersKey = (tenant: string, role: string): string => `${PREFIX}.holders.${tenant}.${role}`;
/** What carries a tag, sorted. */
export const taggedKey = (tenant: string, service: string, tag: string): string => `${PREFIX}.tagged.${tenant}.${service}.${tag}`;
/** The tags of one thing. */
const tagsKey = (tenant: string, id: string): string => `${PREFIX}.tags.${tenant}.${id}`;
const documentKey = (tenant: string, id: string): string => viewKey(tenant, 'capabilities', id);

export interface Ids { readonly ids: readonly string[] }
interface OwnRole { readonly grants: readonly Grant[] }

/** Aggregates that may do something; an API key is a credential that says who it is in another way. */
const PRINCIPALS: ReadonlySet<string> = new Set(['member', 'credential', 'api-key']);

const documentOf = (tenant: string, principal: Principal & { readonly nkey?: string | undefined }, role: string, granted: CapabilityDocument): Document => {
  const { kind, id, nkey } = principal;
  const { subjects, buckets, commands, streams } = withOwn(granted, tenant, principal);
  return { principal: { kind, id, role, ...(nkey === undefined ? {} : { nkey }) }, subjects: [...subjects], commands: [...commands], buckets: copied(buckets), streams: copied(streams) };
};
const copied = (table: Readonly<Record<string, readonly string[]>>): Record<string, string[]> => Object.fromEntries(Object.entries(table).map(([name, patterns]) => [name, [...patterns]]));

/** Built-in roles by tenant: the same for everybody there. */
const compiledBuiltIn = new Map<string, CapabilityDocument>();
const MOST_REMEMBERED = 1_000;

const builtIn = (role: keyof typeof BUILT_IN, tenant: string): CapabilityDocument => {
  const key = `${tenant} ${role}`;
  const known = compiledBuiltIn.get(key);
  if (known !== undefined) return known;
  if (compiledBuiltIn.size >= MOST_REMEMBERED) compiledBuiltIn.clear();
  const made = compileRole(role, tenant, BUILT_IN[role], () => []);
  compiledBuiltIn.set(key, made);
  return made;
};

/** Own roles by tenant, with what they were compiled from: valid while the view still holds the very same values. */
const compiledOwn = new Map<string, { readonly from: readonly unknown[]; readonly document: CapabilityDocument }>();

/** What a role comes to now. */
const granted = async (view: ViewReader, tenant: string, role: string): Promise<CapabilityDocument> => {
  if (isBuiltIn(role)) return builtIn(role, tenant);
  const own = await view.get<OwnRole>(roleKey(tenant, role));
  const keys = [...new Set((own?.grants ?? []).flatMap(({ permission, resources }) => (resources.startsWith('tag:') ? [taggedKey(tenant, permission.split('.')[0] ?? '', resources.slice(4))] : [])))];
  const ids = await Promise.all(keys.map(key => view.get<Ids>(key)));
  const from = [own, ...ids];
  const name = `${tenant} ${role}`;
  const known = compiledOwn.get(name);
  if (known !== undefined && own !== undefined && known.from.length === from.length && known.from.every((value, i) => value === from[i])) return known.document;
  const tagged: Tagged = (service, tag) => ids[keys.indexOf(taggedKey(tenant, service, tag))]?.ids ?? [];
  const document = compileRole(role, tenant, own?.grants, tagged);
  if (compiledOwn.size >= MOST_REMEMBERED) compiledOwn.clear();
  compiledOwn.set(name, { from, document });
  return document;
};

const put = (ids: readonly string[], id: string): readonly string[] => {
  const last = ids.at(-1);
  // ids are made in the order of time, so that newcomers mostly sort last
  if (last === undefined || last < id) return [...ids, id];
  return ids.includes(id) ? ids : [...ids, id].sort();
};
const without = (ids: readonly string[], id: string): readonly string[] => ids.filter(i => i !== id);
const listChange = async (view: ViewReader, key: string, change: (ids: readonly string[]) => readonly string[]): Promise<Change> => {
  const ids = change((await view.get<Ids>(key))?.ids ?? []);
  return ids.length === 0 ? { key, deleted: true } : { key, value: { ids } satisfies Ids };
};

/** A principal got a role, or (undefined) has none any more. */
const assigned = async (view: ViewReader, tenant: string, id: string, now: { readonly principal: Principal & { readonly nkey?: string }; readonly role: string } | undefined): Promise<Change[]> => {
  const key = documentKey(tenant, id);
  const before = (await view.get<Document>(key))?.principal.role;
  const changes: Change[] = [];
  if (before !== undefined && !isBuiltIn(before) && before !== now?.role) changes.push(await listChange(view, holdersKey(tenant, before), ids => without(ids, id)));
  if (now === undefined) return [...changes, { key, deleted: true }];
  if (!isBuiltIn(now.role)) changes.push(await listChange(view, holdersKey(tenant, now.role), ids => put(ids, id)));
  return [...changes, { key, value: documentOf(tenant, now.principal, now.role, await granted(view, tenant, now.role)) }];
};

/** A slice of those who hold a role, compiled again. */
const again = async (view: ViewReader, tenant: string, role: string, { after, until }: Slice): Promise<Change[]> => {
  const holders = ((await view.get<Ids>(holdersKey(tenant, role)))?.ids ?? []).filter(id => id > after && (until === null || id <= until));
  if (holders.length > MOST) throw new RangeError(`${holders.length} holders of the role ${role} in one slice`);
  const now = await granted(view, tenant, role);
  const before = await Promise.all(holders.map(id => view.get<Document>(documentKey(tenant, id))));
  return before.flatMap(document => (document === undefined ? [] : [{ key: documentKey(tenant, document.principal.id), value: documentOf(tenant, document.principal, role, now) }]));
};

const tagged = async (view: ViewReader, tenant: string, id: string, service: string, tags: readonly string[]): Promise<Change[]> => {
  const before = (await view.get<{ readonly tags: readonly string[] }>(tagsKey(tenant, id)))?.tags ?? [];
  const changes: Change[] = [];
  for (const tag of before.filter(t => !tags.includes(t))) changes.push(await listChange(view, taggedKey(tenant, service, tag), ids => without(ids, id)));
  for (const tag of tags.filter(t => !before.includes(t))) changes.push(await listChange(view, taggedKey(tenant, service, tag), ids => put(ids, id)));
  return [...changes, tags.length === 0 ? { key: tagsKey(tenant, id), deleted: true } : { key: tagsKey(tenant, id), value: { service, tags } }];
};

const project = async (recorded: RecordedEvent, view: ViewReader): Promise<Change[]> => {
  const event = authEvent(recorded);
  if (event === undefined) return [];
  const { tenant } = event;
  const { id } = event.aggregate;
  switch (event.type) {
    case 'MemberAdded':
    case 'MemberRoleAssigned': return assigned(view, tenant, id, { principal: { kind: 'person', id }, role: event.data.role });
    case 'CredentialCreated': return assigned(view, tenant, id, { principal: { kind: 'credential', id, nkey: event.data.nkey }, role: event.data.role });
    case 'ApiKeyCreated': return assigned(view, tenant, id, { principal: { kind: 'credential', id }, role: event.data.role });
    case 'MemberLeft':
    case 'MemberRemoved':
    case 'ApiKeyRevoked':
    case 'CredentialRevoked': return assigned(view, tenant, id, undefined);
    case 'RoleDefined': return [{ key: roleKey(tenant, id), value: { grants: event.data.grants } satisfies OwnRole }];
    case 'RoleApplied': return again(view, tenant, id, event.data);
    // Whoever got the role while it was removed is left with nothing.
    case 'RoleRemoved': return [{ key: roleKey(tenant, id), deleted: true }, ...(await emptied(view, tenant, id, MOST))];
    case 'ResourceTagged': return tagged(view, tenant, id, event.data.service, event.data.tags);
    case 'TagsApplied': return again(view, tenant, event.data.role, event.data);
    default: return [];
  }
};

const emptied = async (view: ViewReader, tenant: string, role: string, most: number): Promise<Change[]> =>
  ((await view.get<Ids>(holdersKey(tenant, role)))?.ids ?? []).slice(0, most).map(id => ({ key: documentKey(tenant, id), deleted: true }));

/**
 * Fails closed: where an event cannot be folded, the rights that it may have ended are gone until it can. Of a role that is what it grants (nobody is
 * compiled with it any more) and the documents of its holders, of which 250 go at once.
 */
const onParked = async ({ tenant, aggregate, id }: AggregateRef, view: ViewReader): Promise<Change[]> => {
  if (PRINCIPALS.has(aggregate)) return [{ key: documentKey(tenant, id), deleted: true }];
  if (aggregate === 'role') return [{ key: roleKey(tenant, id), deleted: true }, ...(await emptied(view, tenant, id, MOST_PARKED))];
  if (aggregate !== 'resource') return [];
  const known = await view.get<{ readonly service: string }>(tagsKey(tenant, id));
  return known === undefined ? [] : tagged(view, tenant, id, known.service, []);
};

/** The documents are made anew from the log whenever the meaning of a right changes. */
export const capabilities: Projection = { name: 'capabilities', version: RIGHTS_VERSION, schema: capabilitiesView.schema, project, onParked };
