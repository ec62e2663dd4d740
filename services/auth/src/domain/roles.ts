/** Built-in roles and what each may do: the only place where a right is written down. Pure. */
import { Refusal } from '@xanthus/kernel';
import { NO_CAPABILITIES, type CapabilityDocument } from '@xanthus/proto';
import { ROLES } from '@xanthus/proto/auth';
import { ownRights } from './own-rights.js';

export type BuiltInRole = (typeof ROLES)[number];

/** From least to most: a role grants everything that those before it grant. */
const RANK: Readonly<Record<BuiltInRole, number>> = { guest: 0, viewer: 1, operator: 2, admin: 3, owner: 4 };

export const ROLE_DESCRIPTIONS: Readonly<Record<BuiltInRole, string>> = {
  owner: 'Everything, owners included.',
  admin: 'Everything but making or removing owners.',
  operator: 'Sees everything of the organisation and works with its servers; no members, no credentials.',
  viewer: 'Sees everything of the organisation, changes nothing.',
  guest: 'Belongs to the organisation and may do nothing yet.',
};

export const isRole = (role: string): role is BuiltInRole => Object.hasOwn(RANK, role);

/** @throws Refusal ROLE.NOT_FOUND */
export const requireRole = (role: string): BuiltInRole => {
  if (!isRole(role)) throw new Refusal('ROLE.NOT_FOUND', `There is no role ${role}; there are: ${ROLES.join(', ')}.`);
  return role;
};

/** Nobody grants more than they have. `null` is the installation itself (set-up, the command line of its operator). */
export const mayGrant = (granter: string | null, role: string): boolean => granter === null || (isRole(granter) && isRole(role) && RANK[granter] >= RANK[role]);

export interface Principal { readonly kind: 'person' | 'credential'; readonly id: string }

/** The document that gateway and services check: what the role grants, and of a person what is their own. An unknown role grants nothing. */
export const compileCapabilities = (role: string, tenant: string, principal: Principal): CapabilityDocument => {
  const granted = ofRole(role, tenant);
  if (principal.kind !== 'person') return granted;
  const own = ownRights(principal.id);
  return { ...granted, commands: [...granted.commands, ...own.commands], buckets: { ...granted.buckets, auth: [...(granted.buckets['auth'] ?? []), ...own.auth] } };
};

const ofRole = (role: string, tenant: string): CapabilityDocument => {
  if (!isRole(role) || role === 'guest') return NO_CAPABILITIES;
  const rank = RANK[role];
  const all = `${tenant}.>`;
  const manages = rank >= RANK.admin;
  const shown = [`${tenant}.tenants.*`, `${tenant}.members.*`, `${tenant}.roles.*`];
  return {
    subjects: [`sig.${tenant}.>`],
    buckets: {
      vps: [all],
      auth: manages ? [all] : shown,
    },
    commands: [
      ...(manages ? [`cmd.${tenant}.>`, `qry.${tenant}.>`] : [
        ...(rank >= RANK.operator ? [`cmd.${tenant}.vps.>`] : []),
        `qry.${tenant}.vps.>`, `qry.${tenant}.auth.member-names.all`,
        ...['tenants', 'members', 'roles'].map(view => `qry.${tenant}.auth.view.${view}.*`),
      ]),
    ],
    streams: {
      VPS: [`evt.${all}`], VPS_METRICS: [`met.${all}`],
      ...(manages ? { AUTH: [`evt.${all}`] } : {}),
    },
  };
};
