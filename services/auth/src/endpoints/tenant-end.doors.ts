import { CapabilityMirror, CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { exportTenant, forgetTenant, tenantReceipt } from '@xanthus/proto/auth';
import { TenantEnd, type Asking } from '../app/tenant-end.js';

/** That the proof is fresh is checked before these doors, as for every contract with `sudo`. */
@Doors()
export class TenantEndDoors {
  constructor(private readonly end: TenantEnd, private readonly rights: CapabilityMirror) {}

  @CommandDoor(forgetTenant, { external: false })
  forget(input: ParsedInputOf<typeof forgetTenant>, call: Call): Promise<OutputOf<typeof forgetTenant>> {
    return this.end.forget(call.context(), this.asking(call), input.confirm);
  }

  @CommandDoor(exportTenant, { external: false })
  export(_input: ParsedInputOf<typeof exportTenant>, call: Call): Promise<OutputOf<typeof exportTenant>> {
    return this.end.beginExport(call.context(), this.asking(call));
  }

  @QueryDoor(tenantReceipt, { external: false })
  receipt(_input: ParsedInputOf<typeof tenantReceipt>, call: Call): Promise<OutputOf<typeof tenantReceipt>> {
    return this.end.receipt(call.id);
  }

  private asking({ identity }: Call): Asking {
    return { kind: identity.kind, role: identity.kind === 'service' ? null : (this.rights.document(identity.tenant, identity.id)?.principal.role ?? null) };
  }
}
