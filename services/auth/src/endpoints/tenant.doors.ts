import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { createTenant, inviteOwner, myTenants, renameTenant } from '@xanthus/proto/auth';
import { Tenants } from '../app/tenants.js';

@Doors()
export class TenantDoors {
  constructor(private readonly tenants: Tenants) {}

  @CommandDoor(createTenant, { external: false })
  async create(input: ParsedInputOf<typeof createTenant>, call: Call): Promise<OutputOf<typeof createTenant>> {
    if (call.identity.kind !== 'person') throw new Refusal('DENIED', 'A person makes a tenant: somebody has to own it.');
    return this.tenants.create(call.context(), call.actor.id, input);
  }

  @CommandDoor(inviteOwner, { external: false })
  inviteOwner(input: ParsedInputOf<typeof inviteOwner>, call: Call): Promise<OutputOf<typeof inviteOwner>> {
    return this.tenants.inviteOwner(call.context(), input);
  }

  @CommandDoor(renameTenant)
  rename(input: ParsedInputOf<typeof renameTenant>, call: Call): Promise<OutputOf<typeof renameTenant>> {
    return this.tenants.rename(call.context(), input.name);
  }

  @QueryDoor(myTenants, { external: false })
  mine(_input: ParsedInputOf<typeof myTenants>, call: Call): Promise<OutputOf<typeof myTenants>> {
    return this.tenants.of(call.identity.id, call.identity.tenant);
  }
}
