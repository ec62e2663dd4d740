/** Why may somebody do something, or why not, and what would change it? */
import type { Views } from '@xanthus/jetstream';
import { allows, INSTALLATION, NO_CAPABILITIES, PERMISSIONS, rightsOf, viewKey, type CapabilityDocument, type CapabilityRequest, type DataOf, type OutputOf, type ParsedInputOf, type ViewValue } from '@xanthus/proto';
import { ROLES, type capabilitiesView, type explain, type Grant } from '@xanthus/proto/auth';
import { compileGrants, grantsOf, isBuiltIn, type OwnRoles, type Tagged } from '../domain/roles.js';
import { taggedKey, type Ids } from '../views/capabilities.js';
import type { Roles } from './roles.js';

type Question = ParsedInputOf<typeof explain>;
type Answer = OutputOf<typeof explain>;
export interface ExplainDeps { readonly views: Views; readonly roles: Roles }

const requestOf = ({ what, name = '', pattern }: Question): CapabilityRequest => {
  switch (what) {
    case 'subject': return { what, subject: pattern };
    case 'command': return { what, subject: pattern };
    case 'bucket': return { what, bucket: name, pattern };
    case 'stream': return { what, stream: name, filter: pattern };
  }
};

/** The document cut down to each single grant, with the grant's name. */
const single = (document: CapabilityDocument): [string, CapabilityDocument][] => [
  ...document.subjects.map((p): [string, CapabilityDocument] => [p, { ...NO_CAPABILITIES, subjects: [p] }]),
  ...document.commands.map((p): [string, CapabilityDocument] => [p, { ...NO_CAPABILITIES, commands: [p] }]),
  ...Object.entries(document.buckets).flatMap(([b, ps]) => ps.map((p): [string, CapabilityDocument] => [`${b} ${p}`, { ...NO_CAPABILITIES, buckets: { [b]: [p] } }])),
  ...Object.entries(document.streams).flatMap(([s, ps]) => ps.map((p): [string, CapabilityDocument] => [`${s} ${p}`, { ...NO_CAPABILITIES, streams: { [s]: [p] } }])),
];

/** Tokens of the question that may be the id of one thing. */
const idsIn = (pattern: string): string[] => [...new Set(pattern.split('.').slice(2))].filter(t => /^[a-z0-9-]{3,64}$/.test(t));

interface Covering { readonly permission: string; readonly resources: string }

/** The smallest permission that covers it, for one thing where that does: a single command before all of its kind before all of a service. */
const narrowest = (tenant: string, request: CapabilityRequest, pattern: string): Covering | undefined => {
  const order = ['command', 'question', 'read', 'all'] as const;
  const sorted = [...PERMISSIONS].sort((a, b) => Number(a.aggregate === undefined) - Number(b.aggregate === undefined) || order.indexOf(a.kind) - order.indexOf(b.kind));
  const found = sorted.find(p => allows(rightsOf(p.name, tenant, '*'), request));
  if (found === undefined) return undefined;
  const id = found.narrowable ? idsIn(pattern).find(t => allows(rightsOf(found.name, tenant, t), request)) : undefined;
  return { permission: found.name, resources: id === undefined ? 'all' : `id:${id}` };
};

export class Explain {
  constructor(private readonly deps: ExplainDeps) {}

  async about(tenant: string, who: string, question: Question): Promise<Answer> {
    const { views, roles } = this.deps;
    const [found, own]: [ViewValue<DataOf<typeof capabilitiesView>> | undefined, OwnRoles] = await Promise.all([views.get<DataOf<typeof capabilitiesView>>(viewKey(tenant, 'capabilities', who)), tenant === INSTALLATION ? {} : roles.own(tenant)]);
    const request = requestOf(question);
    const covering = narrowest(tenant, request, question.pattern);
    const permission = covering?.permission ?? null;
    if (found === undefined) {
      return { allowed: false, grant: null, role: null, revision: 0, document: null, permission, role_grant: null, because: 'Nobody of this id belongs to the tenant, so there are no rights.', changes: [] };
    }
    const { principal, ...document } = found.data;
    const { role } = principal;
    const tags = await this.tagsOf(tenant, own);
    const base = { role, revision: found.seq, document, permission };
    const grant = single(document).find(([, one]) => allows(one, request))?.[0] ?? null;
    if (grant !== null) {
      const role_grant = isBuiltIn(role) ? null : (own[role]?.find(g => allows(compileGrants([g], tenant, tags), request)) ?? null);
      return { ...base, allowed: true, grant, role_grant, because: because(role, grant, role_grant, covering), changes: [] };
    }
    const changes = changesFor(tenant, role, own, tags, request, covering);
    const why = covering === undefined
      ? 'No role of a tenant can allow this: it belongs to the installation, to another tenant or to somebody else.'
      : `The role ${role} does not have ${covering.permission}${covering.resources === 'all' ? '' : ` on ${covering.resources.slice(3)}`}.`;
    return { ...base, allowed: false, grant: null, role_grant: null, because: why, changes };
  }

  /** What carries the tags that the tenant's roles name. */
  private async tagsOf(tenant: string, own: OwnRoles): Promise<Tagged> {
    const named = new Set(Object.values(own).flat().filter(g => g.resources.startsWith('tag:')).map(g => `${g.permission.split('.')[0] ?? ''} ${g.resources.slice(4)}`));
    const ids = new Map(await Promise.all([...named].map(async (key): Promise<[string, readonly string[]]> => {
      const [service = '', tag = ''] = key.split(' ');
      return [key, (await this.deps.views.get<Ids>(taggedKey(tenant, service, tag)))?.data.ids ?? []];
    })));
    return (service, tag) => ids.get(`${service} ${tag}`) ?? [];
  }
}

const because = (role: string, grant: string, of: Grant | null, covering: Covering | undefined): string => {
  if (of !== null) return `The role ${role} grants ${of.permission} on ${of.resources}, which comes to ${grant}.`;
  return covering === undefined ? `It is one's own: everybody has ${grant}.` : `The role ${role} has ${covering.permission}, which comes to ${grant}.`;
};

/** Roles that allow it, least first; and for the tenant's own roles what they would need. */
const changesFor = (tenant: string, role: string, own: OwnRoles, tags: Tagged, request: CapabilityRequest, covering: Covering | undefined): Answer['changes'] => {
  if (covering === undefined) return [];
  const names = [...Object.keys(own), ...[...ROLES].reverse()];
  const assign = names.filter(name => name !== role && allows(compileGrants(grantsOf(name, own) ?? [], tenant, tags), request)).map((name): Answer['changes'][number] => ({ action: 'assign-role', role: name }));
  return isBuiltIn(role) || !Object.hasOwn(own, role) ? assign : [{ action: 'add-permission', role, ...covering }, ...assign];
};
