import { Inject } from '@nestjs/common';
import { handle, writtenBy } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { acceptZoneDrift, adoptRecords, checkName, disownRecords, exportZone, listZones, manageZone, recordHistory, refreshZone, releaseZone, zoneAt } from '@xanthus/proto/dns';
import type { DnsContext } from '../dns.context.js';
import { checkNameOf } from '../use-cases/check-name.js';
import { historyOf, recordsAt, zoneAsOf } from '../use-cases/history.js';
import { oneText } from '../use-cases/one-answer.js';
import { listAllZones, manage, observe, release } from '../use-cases/zones.js';
import { writeZoneFile } from '../zone-file/write-zone-file.js';
import { zoneType } from '../zone/zone.decide.js';
import { DNS_CONTEXT } from './tokens.js';

@Doors()
export class ZoneDoors {
  constructor(@Inject(DNS_CONTEXT) private readonly dns: DnsContext) {}

  @CommandDoor(manageZone)
  manage(_input: ParsedInputOf<typeof manageZone>, call: Call): Promise<OutputOf<typeof manageZone>> {
    return manage(this.dns, call);
  }

  @CommandDoor(releaseZone)
  release(_input: ParsedInputOf<typeof releaseZone>, call: Call): Promise<OutputOf<typeof releaseZone>> {
    return release(this.dns, call);
  }

  @CommandDoor(refreshZone)
  refresh(_input: ParsedInputOf<typeof refreshZone>, call: Call): Promise<OutputOf<typeof refreshZone>> {
    return observe(this.dns, call.context());
  }

  @CommandDoor(adoptRecords)
  async adopt({ records }: ParsedInputOf<typeof adoptRecords>, call: Call): Promise<OutputOf<typeof adoptRecords>> {
    return writtenBy(await handle(this.dns, zoneType, call.context(), { type: 'Adopt', records }));
  }

  @CommandDoor(disownRecords)
  async disown({ records }: ParsedInputOf<typeof disownRecords>, call: Call): Promise<OutputOf<typeof disownRecords>> {
    return writtenBy(await handle(this.dns, zoneType, call.context(), { type: 'Disown', records }));
  }

  @CommandDoor(acceptZoneDrift)
  async accept({ findings }: ParsedInputOf<typeof acceptZoneDrift>, call: Call): Promise<OutputOf<typeof acceptZoneDrift>> {
    return writtenBy(await handle(this.dns, zoneType, call.context(), { type: 'AcceptDrift', findings }));
  }

  @QueryDoor(listZones)
  zones(_input: ParsedInputOf<typeof listZones>, call: Call): Promise<OutputOf<typeof listZones>> {
    return listAllZones(this.dns, call.tenant);
  }

  @QueryDoor(checkName, { external: false })
  checkName(input: ParsedInputOf<typeof checkName>, call: Call): Promise<OutputOf<typeof checkName>> {
    return checkNameOf(this.dns, call.tenant, input);
  }

  @QueryDoor(exportZone)
  async export({ at, offset }: ParsedInputOf<typeof exportZone>, call: Call): Promise<OutputOf<typeof exportZone>> {
    const { state, as_of } = await zoneAsOf(this.dns, call.tenant, call.id, at);
    const { text, next_offset } = oneText(writeZoneFile([...state.records.values()].map(k => k.record), state.about.name, { at: as_of }), offset);
    return { file: text, as_of, next_offset };
  }

  @QueryDoor(zoneAt)
  at({ at, offset }: ParsedInputOf<typeof zoneAt>, call: Call): Promise<OutputOf<typeof zoneAt>> {
    return recordsAt(this.dns, call.tenant, call.id, at, offset);
  }

  @QueryDoor(recordHistory)
  history({ record, name, limit }: ParsedInputOf<typeof recordHistory>, call: Call): Promise<OutputOf<typeof recordHistory>> {
    return historyOf(this.dns, call.tenant, call.id, { record, name, limit });
  }
}
