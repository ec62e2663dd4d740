import { Inject } from '@nestjs/common';
import { handle, writtenBy } from '@xanthus/kernel';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { configureDomain, handOverCertificate, renewCertificate, retryDomain, revokeCertificate, setRenewal, undoDomain, unuseDomain, useDomain } from '@xanthus/proto/dns';
import type { DnsContext } from '../dns.context.js';
import { domainType } from '../domain/domain.decide.js';
import type { ProcessPorts } from '../running/ports.js';
import { configure, handOver, renew, revoke, setRenewal as setRenewalOf, use } from '../use-cases/domains.js';
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
    return writtenBy(await handle(this.dns, domainType, call.context(), { type: 'Undo' }));
  }

  @CommandDoor(retryDomain)
  async retry(_input: ParsedInputOf<typeof retryDomain>, call: Call): Promise<OutputOf<typeof retryDomain>> {
    return writtenBy(await handle(this.dns, domainType, call.context(), { type: 'Retry' }));
  }

  @CommandDoor(useDomain, { external: false })
  use({ by }: ParsedInputOf<typeof useDomain>, call: Call): Promise<OutputOf<typeof useDomain>> {
    return use(this.dns, call, by);
  }

  @CommandDoor(unuseDomain, { external: false })
  async unuse({ by }: ParsedInputOf<typeof unuseDomain>, call: Call): Promise<OutputOf<typeof unuseDomain>> {
    return writtenBy(await handle(this.dns, domainType, call.context(), { type: 'Unuse', by }));
  }

  @CommandDoor(setRenewal)
  setRenewal({ auto }: ParsedInputOf<typeof setRenewal>, call: Call): Promise<OutputOf<typeof setRenewal>> {
    return setRenewalOf(this.dns, call, auto);
  }

  @CommandDoor(handOverCertificate, { external: false })
  handOver(input: ParsedInputOf<typeof handOverCertificate>, call: Call): Promise<OutputOf<typeof handOverCertificate>> {
    return handOver(this.dns, call, input);
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
