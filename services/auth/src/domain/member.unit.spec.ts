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
    expect(given(member.decider).when({ type: 'AssignRole', role: 'viewer', granter: 'owner', departure: null }).refusal()).toBe('MEMBER.NOT_FOUND');
    expect(given(member.decider, [added('viewer'), removed]).when({ type: 'RemoveMember', granter: 'owner', departure: null }).refusal()).toBe('MEMBER.NOT_FOUND');
  });
});

describe('a member', () => {
  it('is not added twice, but again after leaving', () => {
    expect(given(member.decider, [added('viewer')]).when({ type: 'AddMember', role: 'viewer', granter: 'owner' }).refusal()).toBe('MEMBER.EXISTS');
    expect(given(member.decider, [added('viewer'), removed]).when({ type: 'AddMember', role: 'viewer', granter: 'owner' }).then()).toEqual([added('viewer')]);
  });
  it('gets another role; the same one is nothing to do', () => {
    const viewer = given(member.decider, [added('viewer')]);
    expect(viewer.when({ type: 'AssignRole', role: 'operator', granter: 'admin', departure: null }).then()).toEqual([{ type: 'MemberRoleAssigned', data: { role: 'operator' } }]);
    expect(viewer.when({ type: 'AssignRole', role: 'viewer', granter: 'admin', departure: null }).then()).toEqual([]);
  });
  it('who is owner is touched by owners only', () => {
    expect(given(member.decider, [added('owner')]).when({ type: 'RemoveMember', granter: 'admin', departure: null }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(member.decider, [added('owner')]).when({ type: 'AssignRole', role: 'viewer', granter: 'admin', departure: null }).refusal()).toBe('ROLE.TOO_HIGH');
  });
  it('who is owner goes only with a departure that was admitted for what made them owner', () => {
    const owner = given(member.decider, [added('viewer'), { type: 'MemberRoleAssigned', data: { role: 'owner' } }]);
    expect(owner.when({ type: 'RemoveMember', granter: 'owner', departure: null }).refusal()).toBe('MEMBER.CHANGED');
    expect(owner.when({ type: 'AssignRole', role: 'admin', granter: 'owner', departure: 1 }).refusal()).toBe('MEMBER.CHANGED');
    expect(owner.when({ type: 'LeaveTenant', departure: null }).refusal()).toBe('MEMBER.CHANGED');
    expect(owner.when({ type: 'AssignRole', role: 'admin', granter: 'owner', departure: 2 }).then()).toEqual([{ type: 'MemberRoleAssigned', data: { role: 'admin' } }]);
    expect(owner.when({ type: 'RemoveMember', granter: 'owner', departure: 2 }).then()).toEqual([removed]);
    expect(owner.when({ type: 'LeaveTenant', departure: 2 }).then()).toEqual([{ type: 'MemberLeft', data: {} }]);
    expect(owner.when({ type: 'AssignRole', role: 'owner', granter: 'owner', departure: null }).then()).toEqual([]);
  });
  it('who is anything else leaves when they like', () => {
    expect(given(member.decider, [added('viewer')]).when({ type: 'LeaveTenant', departure: null }).then()).toEqual([{ type: 'MemberLeft', data: {} }]);
  });
});

describe('roles of the tenant\'s own', () => {
  const asked = (role: string) => ({ role, roles: { stager: [{ permission: 'vps.server.rename', resources: 'tag:staging' }], inviter: [{ permission: 'auth.member.*', resources: 'all' }] } });
  it('are given by who may do all that they grant', () => {
    const nobody = given(member.decider);
    expect(nobody.when({ type: 'AddMember', role: 'stager', granter: asked('operator') }).then()).toEqual([added('stager')]);
    expect(nobody.when({ type: 'AddMember', role: 'stager', granter: asked('stager') }).then()).toEqual([added('stager')]);
    expect(nobody.when({ type: 'AddMember', role: 'stager', granter: asked('inviter') }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(nobody.when({ type: 'AddMember', role: 'viewer', granter: asked('inviter') }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(nobody.when({ type: 'AddMember', role: 'guest', granter: asked('inviter') }).then()).toEqual([added('guest')]);
    expect(nobody.when({ type: 'AddMember', role: 'gone', granter: asked('owner') }).refusal()).toBe('ROLE.NOT_FOUND');
  });
  it('that are no more bind nobody', () => {
    expect(given(member.decider, [added('gone')]).when({ type: 'AssignRole', role: 'guest', granter: asked('inviter'), departure: null }).then()).toEqual([{ type: 'MemberRoleAssigned', data: { role: 'guest' } }]);
  });
});
