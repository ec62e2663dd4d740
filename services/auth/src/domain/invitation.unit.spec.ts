import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { invitation, type InvitationEvent } from './invitation.js';

const HASH = 'a'.repeat(64);
const NEWER = 'b'.repeat(64);
const SOON = '2026-01-08T00:00:00.000Z';
const created: InvitationEvent = { type: 'InvitationCreated', data: { role: 'viewer', secret: 'invitation-x', token_sha256: HASH, expires_at: SOON } };
const resent: InvitationEvent = { type: 'InvitationResent', data: { token_sha256: NEWER, expires_at: SOON } };
const accepted: InvitationEvent = { type: 'InvitationAccepted', data: { person: 'p1' } };
const revoked: InvitationEvent = { type: 'InvitationRevoked', data: {} };
const accept = (token_sha256 = HASH, person = 'p1') => ({ type: 'AcceptInvitation', token_sha256, person }) as const;
const { decider } = invitation;

describe('an invitation', () => {
  it('is made by who may hand out the role', () => {
    const { data } = created;
    expect(given(decider).when({ type: 'CreateInvitation', granter: 'admin', ...data }).then()).toEqual([created]);
    expect(given(decider).when({ type: 'CreateInvitation', granter: 'admin', ...data, role: 'owner' }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(decider, [created]).when({ type: 'CreateInvitation', granter: 'admin', ...data }).refusal()).toBe('INVITATION.EXISTS');
  });
  it('is used once, with its newest link, before it expires', () => {
    expect(given(decider, [created]).when(accept()).then()).toEqual([accepted]);
    expect(given(decider, [created]).when(accept(NEWER)).refusal()).toBe('INVITATION.INVALID');
    expect(given(decider, [created, resent]).when(accept()).refusal()).toBe('INVITATION.INVALID');
    expect(given(decider, [created, resent]).when(accept(NEWER)).then()).toEqual([accepted]);
    expect(given(decider, [created]).when(accept(), { now: SOON }).refusal()).toBe('INVITATION.EXPIRED');
    expect(given(decider, [created, accepted]).when(accept(HASH, 'p2')).refusal()).toBe('INVITATION.INVALID');
    expect(given(decider, [created, revoked]).when(accept()).refusal()).toBe('INVITATION.INVALID');
    expect(given(decider).when(accept()).refusal()).toBe('INVITATION.INVALID');
  });
  it('that was accepted and got no further is finished by the same person', () => {
    expect(given(decider, [created, accepted]).when(accept()).then()).toEqual([]);
  });
  it('that is over is neither sent again nor withdrawn', () => {
    for (const end of [accepted, revoked]) {
      expect(given(decider, [created, end]).when({ type: 'ResendInvitation', granter: 'owner', token_sha256: NEWER, expires_at: SOON }).refusal()).toBe('INVITATION.OVER');
      expect(given(decider, [created, end]).when({ type: 'RevokeInvitation', granter: 'owner' }).refusal()).toBe('INVITATION.OVER');
    }
    expect(given(decider).when({ type: 'RevokeInvitation', granter: 'owner' }).refusal()).toBe('INVITATION.NOT_FOUND');
  });
  it('of an owner is a matter of owners', () => {
    const forOwner: InvitationEvent = { type: 'InvitationCreated', data: { ...(created.data as { secret: string; token_sha256: string; expires_at: string; role: string }), role: 'owner' } };
    expect(given(decider, [forOwner]).when({ type: 'RevokeInvitation', granter: 'admin' }).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(decider, [forOwner]).when({ type: 'ResendInvitation', granter: 'admin', token_sha256: NEWER, expires_at: SOON }).refusal()).toBe('ROLE.TOO_HIGH');
  });
  it('notes refusals, but not without end', () => {
    const refused: InvitationEvent = { type: 'InvitationRefused', data: { reason: 'wrong_token' } };
    expect(given(decider, [created]).when({ type: 'RefuseInvitation', reason: 'wrong_token' }).then()).toEqual([refused]);
    expect(given(decider, [created, ...Array.from({ length: 20 }, () => refused)]).when({ type: 'RefuseInvitation', reason: 'wrong_token' }).then()).toEqual([]);
    expect(given(decider).when({ type: 'RefuseInvitation', reason: 'wrong_token' }).then()).toEqual([]);
  });
});
