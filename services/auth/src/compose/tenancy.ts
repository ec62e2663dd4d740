/** Tenants, members, invitations and roles. */
import type { DataOf } from '@xanthus/proto';
import type { roleView } from '@xanthus/proto/auth';
import { Explain } from '../app/explain.js';
import { Invitations } from '../app/invitations.js';
import { Members } from '../app/members.js';
import { Roles } from '../app/roles.js';
import { ensureOperator, Tenants } from '../app/tenants.js';
import { ExplainDoors } from '../endpoints/explain.doors.js';
import { InvitationDoors } from '../endpoints/invitation.doors.js';
import { MemberDoors } from '../endpoints/member.doors.js';
import { RoleDoors } from '../endpoints/role.doors.js';
import { TenantDoors } from '../endpoints/tenant.doors.js';
import { finishInvitationWhenOver } from '../reactors/finish-invitation-when-over.js';
import type { BaseCore, Part, PeopleCore, TenancyCore } from './part.js';

export const composeTenancy = (base: BaseCore & PeopleCore): { readonly core: TenancyCore; readonly part: Part } => {
  const { handle, views, markers, logInAndJoin } = base;
  const roles = new Roles({ handle, views });
  const members = new Members({ ...base, roles });
  const invitations = new Invitations({ ...base, members, roles, hmacKey: markers, logIn: logInAndJoin });
  const tenants = new Tenants({ ...base, members, invitations });
  return {
    core: { roles, members, invitations },
    part: {
      controllers: [TenantDoors, MemberDoors, InvitationDoors, RoleDoors, ExplainDoors],
      providers: [
        { provide: Roles, useValue: roles }, { provide: Members, useValue: members }, { provide: Invitations, useValue: invitations }, { provide: Tenants, useValue: tenants },
        { provide: Explain, useValue: new Explain({ views, roles }) },
      ],
      reactors: [finishInvitationWhenOver(invitations)],
      rounds: [() => ensureOperator(base)],
      endings: [async (slug, context) => {
        for (const { id } of await views.list(slug, 'invitations')) await invitations.revoke(context(id, 'invitation'), null);
        for (const { id, value } of await views.list<DataOf<typeof roleView>>(slug, 'roles')) if (!value.data.built_in) await roles.remove(context(id, 'role'), null);
      }],
    },
  };
};
