import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { configureDomain, renewCertificate, retryDomain, revokeCertificate, undoDomain } from '@xanthus/proto/dns';
import { handle, writtenBy, type DnsContext } from '../dns.context.js';
import { domainType } from '../domain/domain.decide.js';
import type { ProcessPorts } from '../running/ports.js';
import { configure, renew, revoke } from '../use-cases/domains.js';
import { DNS_CONTEXT, PROCESS_PORTS } from './tokens.js';

@Doors()
export class DomainDoors {
  constructor(@Inject(DNS_CONTEXT) private readonly dns: DnsContext, @Inject(PROCESS_PORTS) private readonly ports: ProcessPorts) {}

  @CommandDoor(configureDomain)
  configure({ redirect_www }: ParsedInputOf<typeof configureDomain>, call: Call): Promise<OutputOf<typeof configureDomain>> {
    return configure(this.dns, call, redirect_www);
  }

  @CommandDoor(undoDomain)
  async undo(_input: ParsedInputOf<typeof undoDomain>, call: Call): Promise<OutputOf<typeof undoDomain>> {
    // Applications come with a later part; until then nothing uses a domain.
    return writtenBy(await handle(this.dns, domainType, call.context(), { type: 'Undo', used_by: [] }));
  }

  @CommandDoor(retryDomain)
  async retry(_input: ParsedInputOf<typeof retryDomain>, call: Call): Promise<OutputOf<typeof retryDomain>> {
    return writtenBy(await handle(this.dns, domainType, call.context(), { type: 'Retry' }));
  }

  @CommandDoor(renewCertificate)
  renew(_input: ParsedInputOf<typeof renewCertificate>, call: Call): Promise<OutputOf<typeof renewCertificate>> {
    return renew(this.dns, this.ports, call);
  }

  @CommandDoor(revokeCertificate)
  revoke({ confirm_name }: ParsedInputOf<typeof revokeCertificate>, call: Call): Promise<OutputOf<typeof revokeCertificate>> {
    return revoke(this.dns, call, confirm_name);
  }
}
