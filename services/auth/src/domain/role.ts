/** A role of the tenant's own; the aggregate's id is its name. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents, roleName, type Grant } from '@xanthus/proto/auth';
import { isBuiltIn, mayGrantAll, requirePermissions, tooHigh, type Granter } from './roles.js';
import { schemasOf } from './schemas.js';

const events = { RoleDefined: authEvents.RoleDefined, RoleApplied: authEvents.RoleApplied, RoleRemoved: authEvents.RoleRemoved };
export type RoleEvent = EventOf<typeof events>;

export type RoleState = { readonly status: 'none' } | { readonly status: 'defined'; readonly description: string; readonly grants: readonly Grant[] };

/** Ids of holders after `after` up to `until`; together the slices have no gap and no end. */
export interface Slice { readonly after: string; readonly until: string | null }
export type RoleCommand =
  | { readonly type: 'DefineRole'; readonly description: string; readonly grants: Grant[]; readonly granter: Granter; /** Own roles that the tenant has beside this one. */ readonly others: number; readonly slices: readonly Slice[] }
  /** Its holders' documents are made anew although it did not change. */
  | { readonly type: 'ApplyRole'; readonly slices: readonly Slice[] }
  | { readonly type: 'RemoveRole'; readonly granter: Granter; /** Members, invitations, credentials and keys that have it. */ readonly holders: number };

/** Own roles of a tenant. */
const MOST_ROLES = 100;

const sameGrants = (a: readonly Grant[], b: readonly Grant[]): boolean => JSON.stringify(a.map(g => [g.permission, g.resources])) === JSON.stringify(b.map(g => [g.permission, g.resources]));
/** Of the form of a name, and no word that means something else where an id stands. */
export const isRoleName = (id: string): boolean => roleName.safeParse(id).success && id !== 'all' && id !== 'new';
const requireMine = (name: string): void => {
  if (!isRoleName(name)) throw new Refusal('ROLE.NAME_INVALID', 'A role is called by 2–31 small letters, digits and hyphens, beginning with a letter, and not all or new.');
  if (isBuiltIn(name)) throw new Refusal('ROLE.BUILT_IN', `${name} is built in and stays as it is; choose another name.`);
};

const applied = (slices: readonly Slice[]): RoleEvent[] => slices.map(data => ({ type: 'RoleApplied', data }));

const decider: Decider<RoleState, RoleCommand, RoleEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    requireMine(context.id);
    switch (command.type) {
      case 'DefineRole': {
        const { description, grants, granter } = command;
        requirePermissions(grants);
        // Whoever may not do all that it grants, before or after, neither widens nor narrows it.
        if (!mayGrantAll(granter, grants) || (state.status === 'defined' && !mayGrantAll(granter, state.grants))) throw tooHigh(context.id);
        if (state.status === 'none' && command.others >= MOST_ROLES) throw new Refusal('ROLE.LIMIT_REACHED', `A tenant has at most ${MOST_ROLES} roles of its own; remove one first.`);
        const defined: RoleEvent = { type: 'RoleDefined', data: { description, grants } };
        if (state.status === 'defined' && sameGrants(state.grants, grants)) return state.description === description ? [] : [defined];
        return [defined, ...applied(command.slices)];
      }
      case 'ApplyRole': return state.status === 'defined' ? applied(command.slices) : [];
      case 'RemoveRole':
        if (state.status === 'none') throw new Refusal('ROLE.NOT_FOUND', `There is no role ${context.id} of your own.`);
        if (!mayGrantAll(command.granter, state.grants)) throw tooHigh(context.id);
        if (command.holders > 0) throw new Refusal('ROLE.IN_USE', `${command.holders} still have the role ${context.id}; give them another first.`, { holders: command.holders });
        return [{ type: 'RoleRemoved', data: {} }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'RoleDefined': return { status: 'defined', ...event.data };
      case 'RoleRemoved': return { status: 'none' };
      default: return state;
    }
  },
};

export const role: AggregateType<RoleState, RoleCommand, RoleEvent> = { service: 'auth', name: 'role', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 50 } };

/** How many holders are compiled again by one event: half of what one event may change, for those who get the role while this is decided. */
const SLICE = 90;

/** Slices over those who hold a role now. The last one has no end and begins after the newest holder, so that newcomers, whose ids sort last, have room there. */
export const slicesOf = (holders: readonly string[]): Slice[] => {
  const ids = [...holders].sort();
  const ends = ids.filter((_, i) => i % SLICE === SLICE - 1 || i === ids.length - 1);
  return [...ends, null].map((until, i) => ({ after: ends[i - 1] ?? '', until }));
};
