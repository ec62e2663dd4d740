import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import type { Grant } from '@xanthus/proto/auth';
import { resource } from './resource.js';
import { role, slicesOf, type RoleEvent } from './role.js';

const STAGING: Grant[] = [{ permission: 'vps.server.rename', resources: 'tag:staging' }];
const ALL: Grant[] = [{ permission: 'vps.*', resources: 'all' }];
const defined = (grants: Grant[], description = ''): RoleEvent => ({ type: 'RoleDefined', data: { description, grants } });
const applied = (after: string, until: string | null): RoleEvent => ({ type: 'RoleApplied', data: { after, until } });
const WHOLE = [{ after: '', until: null }];
const define = (grants: Grant[], o: { granter?: string; others?: number } = {}) =>
  ({ type: 'DefineRole', description: '', grants, granter: o.granter ?? 'owner', others: o.others ?? 0, slices: WHOLE }) as const;
const stager = { id: 'stager' };

describe('a role of the tenant\'s own', () => {
  it('is defined with the slices of its holders in one append', () => {
    expect(given(role.decider, [], stager).when(define(STAGING)).then()).toEqual([defined(STAGING), applied('', null)]);
    expect(given(role.decider, [defined(STAGING)], stager).when(define(STAGING)).then()).toEqual([]);
    expect(given(role.decider, [defined(STAGING, 'old words')], stager).when(define(STAGING)).then()).toEqual([defined(STAGING)]);
  });
  it('has another name than the built-in ones, and permissions of the catalog', () => {
    expect(given(role.decider, [], { id: 'admin' }).when(define(STAGING)).refusal()).toBe('ROLE.BUILT_IN');
    for (const id of ['all', 'new', '0stager', 's', 'stager-'.repeat(6)]) expect([id, given(role.decider, [], { id }).when(define(STAGING)).refusal()]).toEqual([id, 'ROLE.NAME_INVALID']);
    expect(given(role.decider, [], stager).when(define([{ permission: 'vps.server.explode', resources: 'all' }])).refusal()).toBe('ROLE.UNKNOWN_PERMISSION');
    expect(given(role.decider, [], stager).when(define([{ permission: 'vps.server.adopt', resources: 'tag:staging' }])).refusal()).toBe('ROLE.UNKNOWN_PERMISSION');
    expect(given(role.decider, [], stager).when(define(STAGING, { others: 100 })).refusal()).toBe('ROLE.LIMIT_REACHED');
  });
  it('is neither widened nor narrowed by who may not do all of it', () => {
    const granter = { role: 'stager', roles: { stager: STAGING } };
    const mine = { ...define([]), granter };
    expect(given(role.decider, [defined(ALL)], stager).when(mine).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(role.decider, [defined(STAGING)], stager).when(mine).then()).toEqual([defined([]), applied('', null)]);
    expect(given(role.decider, [], stager).when({ ...define(ALL), granter }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(role.decider, [], stager).when(define([{ permission: 'auth.tenant.forget', resources: 'all' }], { granter: 'admin' })).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(role.decider, [], stager).when(define([{ permission: 'auth.tenant.forget', resources: 'all' }])).then()).toHaveLength(2);
  });
  it('is not removed while somebody has it', () => {
    expect(given(role.decider, [defined(STAGING)], stager).when({ type: 'RemoveRole', granter: 'owner', holders: 2 }).refusal()).toBe('ROLE.IN_USE');
    expect(given(role.decider, [defined(STAGING)], stager).when({ type: 'RemoveRole', granter: 'owner', holders: 0 }).then()).toEqual([{ type: 'RoleRemoved', data: {} }]);
    expect(given(role.decider, [], stager).when({ type: 'RemoveRole', granter: 'owner', holders: 0 }).refusal()).toBe('ROLE.NOT_FOUND');
  });
});

describe('slices of holders', () => {
  it.each([0, 1, 90, 91, 180, 1_000, 5_000])('of %d cover every id that there is or may come, and no more than 90 known ones each', count => {
    const ids = Array.from({ length: count }, (_, i) => `id-${String(i * 7_919 % 100_000).padStart(6, '0')}`);
    const slices = slicesOf(ids);
    expect(slices[0]?.after).toBe('');
    expect(slices.at(-1)?.until).toBe(null);
    slices.slice(1).forEach((s, i) => expect(s.after).toBe(slices[i]?.until));
    const held = slices.map(s => ids.filter(id => id > s.after && (s.until === null || id <= s.until)).length);
    expect(Math.max(...held)).toBeLessThanOrEqual(90);
    expect(held.reduce((a, b) => a + b, 0)).toBe(count);
    // a newcomer finds room in the last one
    expect(held.at(-1)).toBe(0);
  });
});

describe('a thing with tags', () => {
  const tag = (tags: string[], seq: number) => ({ type: 'TagResource', service: 'vps', aggregate: 'server', tags, seq, narrowed: [{ role: 'stager', tags: ['staging'], slices: WHOLE }] }) as const;
  const tagged = (tags: string[], seq: number) => ({ type: 'ResourceTagged', data: { service: 'vps', aggregate: 'server', tags, seq } }) as const;
  it('concerns the roles that are narrowed to a tag that came or went', () => {
    const applies = { type: 'TagsApplied', data: { role: 'stager', after: '', until: null } };
    expect(given(resource.decider).when(tag(['staging', 'web', 'web'], 3)).then()).toEqual([tagged(['staging', 'web'], 3), applies]);
    expect(given(resource.decider, [tagged(['staging'], 3)]).when(tag(['staging', 'web'], 4)).then()).toEqual([tagged(['staging', 'web'], 4)]);
    expect(given(resource.decider, [tagged(['staging'], 3)]).when(tag([], 4)).then()).toEqual([tagged([], 4), applies]);
  });
  it('is not changed by an older word', () => {
    expect(given(resource.decider, [tagged(['staging'], 3)]).when(tag([], 3)).then()).toEqual([]);
  });
});
