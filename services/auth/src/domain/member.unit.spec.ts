import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { member, type MemberEvent } from './member.js';

const added = (role: string): MemberEvent => ({ type: 'MemberAdded', data: { role } });
const removed: MemberEvent = { type: 'MemberRemoved', data: {} };

describe('nobody yet', () => {
  it('is added with a role', () => {
    expect(given(member.decider).when({ type: 'AddMember', role: 'viewer', granter: 'admin' }).then()).toEqual([added('viewer')]);
  });
  it('is not added with a role that does not exist', () => {
    expect(given(member.decider).when({ type: 'AddMember', role: 'emperor', granter: null }).refusal()).toBe('ROLE.NOT_FOUND');
  });
  it('is not added with more rights than whoever adds', () => {
    expect(given(member.decider).when({ type: 'AddMember', role: 'owner', granter: 'admin' }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(member.decider).when({ type: 'AddMember', role: 'owner', granter: null }).then()).toEqual([added('owner')]);
  });
  it('can be neither changed nor removed', () => {
    expect(given(member.decider).when({ type: 'AssignRole', role: 'viewer', granter: 'owner', other_owners: true }).refusal()).toBe('MEMBER.NOT_FOUND');
    expect(given(member.decider, [added('viewer'), removed]).when({ type: 'RemoveMember', granter: 'owner', other_owners: true }).refusal()).toBe('MEMBER.NOT_FOUND');
  });
});

describe('a member', () => {
  it('is not added twice, but again after leaving', () => {
    expect(given(member.decider, [added('viewer')]).when({ type: 'AddMember', role: 'viewer', granter: 'owner' }).refusal()).toBe('MEMBER.EXISTS');
    expect(given(member.decider, [added('viewer'), removed]).when({ type: 'AddMember', role: 'viewer', granter: 'owner' }).then()).toEqual([added('viewer')]);
  });
  it('gets another role; the same one is nothing to do', () => {
    const viewer = given(member.decider, [added('viewer')]);
    expect(viewer.when({ type: 'AssignRole', role: 'operator', granter: 'admin', other_owners: true }).then()).toEqual([{ type: 'MemberRoleAssigned', data: { role: 'operator' } }]);
    expect(viewer.when({ type: 'AssignRole', role: 'viewer', granter: 'admin', other_owners: true }).then()).toEqual([]);
  });
  it('who is owner is touched by owners only', () => {
    expect(given(member.decider, [added('owner')]).when({ type: 'RemoveMember', granter: 'admin', other_owners: true }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(member.decider, [added('owner')]).when({ type: 'AssignRole', role: 'viewer', granter: 'admin', other_owners: true }).refusal()).toBe('ROLE.TOO_HIGH');
  });
  it('who is the last owner stays owner', () => {
    const last = given(member.decider, [added('viewer'), { type: 'MemberRoleAssigned', data: { role: 'owner' } }]);
    expect(last.when({ type: 'RemoveMember', granter: 'owner', other_owners: false }).refusal()).toBe('MEMBER.LAST_OWNER');
    expect(last.when({ type: 'AssignRole', role: 'admin', granter: 'owner', other_owners: false }).refusal()).toBe('MEMBER.LAST_OWNER');
    expect(last.when({ type: 'RemoveMember', granter: 'owner', other_owners: true }).then()).toEqual([removed]);
  });
});
