/** Everything that members asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { Credential, Invitation, Member } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useCredentials = (): Rows<Credential> => useRows<Credential>('auth', useClient().tenant, 'credentials');
export const useInvitations = (): Rows<Invitation> => useRows<Invitation>('auth', useClient().tenant, 'invitations');
export const useMembers = (): Rows<Member> => useRows<Member>('auth', useClient().tenant, 'members');

export const inviteMember = onNew(contracts.inviteMember);
export const addMember = onNew(contracts.addMember);
export const createCredential = onNew(contracts.createCredential);
export const revokeCredential = onThing(contracts.revokeCredential);
export const explain = asking(contracts.explain);
export const resendInvitation = onThing(contracts.resendInvitation);
export const revokeInvitation = onThing(contracts.revokeInvitation);
export const invitationNames = asking(contracts.invitationNames);
export const removeMember = onThing(contracts.removeMember);
export const leaveTenant = onThing(contracts.leaveTenant);
export const issueResetLink = onThing(contracts.issueResetLink);
export const assignRole = onThing(contracts.assignRole);
export const memberNames = asking(contracts.memberNames);
