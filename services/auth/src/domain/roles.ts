/** Roles and what each may do, built in or the tenant's own; both are grants of the catalog in `proto`. Pure. */
import { Refusal } from '@xanthus/kernel';
import { contains, findPermission, GRANTABLE, INSTALLATION, joinCapabilities, NO_CAPABILITIES, PERMISSIONS, rightsOf, SERVICES, type Actor, type CapabilityDocument, type CommandContract } from '@xanthus/proto';
import { ROLES, type Grant } from '@xanthus/proto/auth';
import { ownRights } from './own-rights.js';

export type BuiltInRole = (typeof ROLES)[number];

export const ROLE_DESCRIPTIONS: Readonly<Record<BuiltInRole, string>> = {
  owner: 'Everything, owners included.',
  admin: 'Everything but making or removing owners and ending the organisation.',
  operator: 'Sees everything of the organisation and works with its servers; no members, no credentials.',
  viewer: 'Sees everything of the organisation, changes nothing.',
  guest: 'Belongs to the organisation and may do nothing yet.',
};

const everything = (permission: string): Grant => ({ permission, resources: 'all' });
const services = Object.keys(GRANTABLE);
const others = services.filter(s => s !== 'auth');
const shown = [...others.map(s => `${s}.read`), 'auth.tenant.read', 'auth.member.read', 'auth.role.read'];

/** What the built-in roles grant. A service that comes later is in them without another word. */
export const BUILT_IN: Readonly<Record<BuiltInRole, readonly Grant[]>> = {
  owner: [...services.map(s => `${s}.*`), ...PERMISSIONS.filter(p => p.owner_only).map(p => p.name)].map(everything),
  admin: services.map(s => `${s}.*`).map(everything),
  operator: [...others.map(s => `${s}.*`), ...shown.filter(p => p.startsWith('auth.'))].map(everything),
  viewer: shown.map(everything),
  guest: [],
};

/** The tenant's own roles by name. */
export type OwnRoles = Readonly<Record<string, readonly Grant[]>>;
/** Who asks, by role, with the roles that the tenant has; role null: the installation itself (set-up, the command line). The short forms know built-in roles only. */
export type Granter = string | null | { readonly role: string | null; readonly roles: OwnRoles };

export const isBuiltIn = (role: string): role is BuiltInRole => Object.hasOwn(BUILT_IN, role);
/** What a role grants; undefined where there is none of this name. */
export const grantsOf = (role: string, own: OwnRoles = {}): readonly Grant[] | undefined => (isBuiltIn(role) ? BUILT_IN[role] : Object.hasOwn(own, role) ? own[role] : undefined);

/** The tenant's own roles, as whoever asks sees them. */
export const rolesOf = (granter: Granter): OwnRoles => asked(granter).roles;
const asked = (granter: Granter): { readonly role: string | null; readonly roles: OwnRoles } => (typeof granter === 'object' && granter !== null ? granter : { role: granter, roles: {} });

/** @throws Refusal ROLE.NOT_FOUND */
export const requireRole = (role: string, granter: Granter = null): void => {
  const { roles } = asked(granter);
  if (grantsOf(role, roles) === undefined) throw new Refusal('ROLE.NOT_FOUND', `There is no role ${role}; there are: ${[...ROLES, ...Object.keys(roles)].join(', ')}.`);
};

/** Ids of a service's things that carry a tag. */
export type Tagged = (service: string, tag: string) => readonly string[];

/** Single things that one document may name, by id or tag: a value of a bucket is a megabyte at most. What is beyond is left out: a right less, never one more. */
export const MOST_THINGS = 1_000;

/** What grants come to in a tenant. */
export const compileGrants = (grants: readonly Grant[], tenant: string, tagged: Tagged): CapabilityDocument => {
  if (grants.length === 0) return NO_CAPABILITIES;
  let room = MOST_THINGS;
  return joinCapabilities(grants.flatMap(({ permission, resources }) => {
    const targets = targetsOf(permission, resources, tagged).slice(0, resources === 'all' ? 1 : room);
    if (resources !== 'all') room -= targets.length;
    return targets.map(target => rightsOf(permission, tenant, target));
  }));
};

const targetsOf = (permission: string, resources: string, tagged: Tagged): readonly string[] => {
  if (resources === 'all') return ['*'];
  if (resources.startsWith('id:')) return [resources.slice(3)];
  return resources.startsWith('tag:') ? tagged(permission.split('.')[0] ?? '', resources.slice(4)) : [];
};

/** Is everything that `wanted` allows allowed by `held` too? Pattern by pattern, like every check of a right. */
export const covers = (held: CapabilityDocument, wanted: CapabilityDocument): boolean => {
  const within = (grants: readonly string[], patterns: readonly string[]): boolean => patterns.every(p => grants.some(g => contains(g, p)));
  const tables = (h: Readonly<Record<string, readonly string[]>>, w: Readonly<Record<string, readonly string[]>>): boolean => Object.entries(w).every(([name, patterns]) => within(h[name] ?? [], patterns));
  return within(held.subjects, wanted.subjects) && within(held.commands, wanted.commands) && tables(held.buckets, wanted.buckets) && tables(held.streams, wanted.streams);
};

/** A tag stands for itself here, not for what carries it today: who has one thing may not hand out a tag that another thing may get tomorrow. */
const symbolic = (grants: readonly Grant[]): CapabilityDocument => compileGrants(grants, 'x', (_service, tag) => [`=${tag}`]);

/** May this granter hand out, change or take away these grants? Nobody grants more than they have. */
export const mayGrantAll = (granter: Granter, grants: readonly Grant[]): boolean => {
  const { role, roles } = asked(granter);
  if (role === null) return true;
  const held = grantsOf(role, roles);
  return held !== undefined && covers(symbolic(held), symbolic(grants));
};

/** The same for a role by name; owners are a matter of owners. */
export const mayGrant = (granter: Granter, role: string): boolean => {
  const { role: mine, roles } = asked(granter);
  if (mine === null) return true;
  if (role === 'owner') return mine === 'owner';
  const wanted = grantsOf(role, roles);
  return wanted !== undefined && mayGrantAll(granter, wanted);
};

export const tooHigh = (role: string): Refusal => new Refusal('ROLE.TOO_HIGH', `Only a member who may themselves do everything that ${role} may can do that.`);

/** To hand it out. @throws Refusal ROLE.TOO_HIGH */
export const requireGrant = (granter: Granter, role: string): void => {
  if (!mayGrant(granter, role)) throw tooHigh(role);
};

/** Commands that ask for a fresh proof. */
const PROVED: readonly CommandContract[] = Object.values(SERVICES).flatMap(service => Object.values<CommandContract>(service.commands)).filter(c => c.sudo === true);
const reachesProved = (document: CapabilityDocument): boolean => document.commands.some((pattern) => {
  const [kind, , service, aggregate, , verb] = pattern.split('.');
  return kind === 'cmd' && PROVED.some(c => c.service === service && (aggregate === '>' || (c.aggregate === aggregate && (verb === '*' || verb === c.verb))));
});

/**
 * What can't prove who it is hands out no role that is asked for a proof: else it would make a person of its own, who can, and do through them what it
 * was refused. @throws Refusal ROLE.TOO_HIGH
 */
export const requireProvable = ({ kind }: Pick<Actor, 'kind'>, role: string, granter: Granter): void => {
  if (kind === 'credential' && reachesProved(symbolic(grantsOf(role, asked(granter).roles) ?? []))) throw new Refusal('ROLE.TOO_HIGH', `An API key or credential hands out no role that may do what asks for a fresh proof, as ${role} may; let a person do it.`);
};

/** To take it from somebody. A role that is no more grants nothing, so its holders can be given another. @throws Refusal ROLE.TOO_HIGH */
export const requireTouch = (granter: Granter, role: string): void => {
  if (grantsOf(role, asked(granter).roles) !== undefined) requireGrant(granter, role);
};

/** @throws Refusal ROLE.UNKNOWN_PERMISSION */
export const requirePermissions = (grants: readonly Grant[]): void => {
  for (const { permission, resources } of grants) {
    const found = findPermission(permission);
    if (found === undefined) throw new Refusal('ROLE.UNKNOWN_PERMISSION', `There is no permission ${permission}; the catalog has all of them.`, { permission });
    if (resources !== 'all' && !found.narrowable) throw new Refusal('ROLE.UNKNOWN_PERMISSION', `${permission} is given for all or not at all; it can't be narrowed to ${resources}.`, { permission, resources });
  }
};

export interface Principal { readonly kind: 'person' | 'credential'; readonly id: string }

/** An operator of the installation: a member of the tenant `xanthus`. Makes tenants and other operators; reads nothing of any tenant but its name. */
const OPERATOR: CapabilityDocument = {
  ...NO_CAPABILITIES,
  buckets: { auth: ['directory', 'members', 'invitations'].map(view => `${INSTALLATION}.${view}.*`) },
  commands: [
    ...['tenant.new.create', 'tenant.*.rename', 'tenant.*.invite-owner', 'member.new.add', 'member.*.remove', 'invitation.new.create', 'invitation.*.resend', 'invitation.*.revoke'].map(c => `cmd.${INSTALLATION}.auth.${c}`),
    ...['view.directory.*', 'view.members.*', 'view.invitations.*', 'member-names.all', 'invitation-names.all'].map(q => `qry.${INSTALLATION}.auth.${q}`),
  ],
};

/** What a role alone comes to, without what is a person's own. */
export const compileRole = (role: string, tenant: string, grants: readonly Grant[] | undefined, tagged: Tagged): CapabilityDocument => {
  if (tenant === INSTALLATION) return role === 'owner' ? OPERATOR : NO_CAPABILITIES;
  return grants === undefined ? NO_CAPABILITIES : compileGrants(grants, tenant, tagged);
};

/** The document that gateway and services check: what the role grants, and of a person what is their own. */
export const withOwn = (granted: CapabilityDocument, tenant: string, principal: Principal): CapabilityDocument => {
  if (principal.kind !== 'person') return granted;
  const own = ownRights(principal.id, tenant);
  return { ...granted, commands: [...granted.commands, ...own.commands], buckets: { ...granted.buckets, auth: [...(granted.buckets['auth'] ?? []), ...own.auth], notifications: [...(granted.buckets['notifications'] ?? []), ...own.notifications] } };
};

const nothingTagged: Tagged = () => [];

/** An unknown role grants nothing. */
export const compileCapabilities = (role: string, tenant: string, principal: Principal, own: OwnRoles = {}, tagged: Tagged = nothingTagged): CapabilityDocument =>
  withOwn(compileRole(role, tenant, grantsOf(role, own), tagged), tenant, principal);

/** A number that changes with the meaning of any right, so that documents are made anew then. FNV-1a over what every permission comes to. */
export const RIGHTS_VERSION: number = (() => {
  const text = JSON.stringify([BUILT_IN, OPERATOR, ownRights('p', 't'), PERMISSIONS.map(p => [rightsOf(p.name, 't', '*'), rightsOf(p.name, 't', 'x')])]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
})();
