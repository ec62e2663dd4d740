/** What a role grants, as cells of a matrix and as rows of a form. Pure. */
import type { Grant, Role } from '../contracts.js';
import { covers, PERMISSION_GROUPS } from './permissions.js';

export type MatrixCell = { readonly kind: 'no' } | { readonly kind: 'all' } | { readonly kind: 'some'; readonly resources: readonly string[] };

/** A view that was written before roles had grants lacks them. */
type Granting = Partial<Pick<Role, 'grants'>>;

export const cellOf = ({ grants = [] }: Granting, permission: string): MatrixCell => {
  const resources = new Set(grants.filter(g => covers(g.permission, permission)).map(g => g.resources));
  if (resources.size === 0) return { kind: 'no' };
  return resources.has('all') ? { kind: 'all' } : { kind: 'some', resources: [...resources].sort() };
};

/** What a form holds: per permission where it is granted; a permission that is not there is not granted. */
export type Draft = Readonly<Record<string, string>>;

/**
 * A role's grants taken apart into single permissions. One form row has one place: where a role grants a permission in several places, or one that the
 * catalog does not know, the form can't show it without losing something; `lossless` says so.
 */
export const toDraft = (grants: readonly Grant[]): { readonly draft: Draft; readonly lossless: boolean } => {
  const draft: Record<string, string> = {};
  let lossless = true;
  for (const { permission, resources } of grants) {
    const covered = PERMISSION_GROUPS.flatMap(g => g.permissions).filter(p => covers(permission, p.name));
    if (covered.length === 0) lossless = false;
    for (const p of covered) {
      const before = draft[p.name];
      if (before !== undefined && before !== resources) lossless = lossless && (before === 'all' || resources === 'all');
      draft[p.name] = before === 'all' ? 'all' : resources;
    }
  }
  return { draft, lossless };
};

/** One grant for each permission: what a later version adds to a group is granted by nobody's silence. */
export const toGrants = (draft: Draft): readonly Grant[] =>
  PERMISSION_GROUPS.flatMap(({ permissions }) => permissions.flatMap(({ name }): Grant[] => { const resources = draft[name]; return resources === undefined ? [] : [{ permission: name, resources }]; }));

/** `tag:staging` and `id:…` as people read them. */
export const placeOf = (resources: string): { readonly kind: 'all' | 'tag' | 'id'; readonly value: string } => {
  const [kind, ...rest] = resources.split(':');
  return kind === 'tag' || kind === 'id' ? { kind, value: rest.join(':') } : { kind: 'all', value: '' };
};
