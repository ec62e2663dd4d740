import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { addCatalogEntry, catalogEntries, changeCatalogEntry, checkEntry, entryVersions, removeCatalogEntry, shippedEntries as shippedEntriesQuery } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { parseEntry, shippedEntries } from '../catalog/index.js';
import { addEntry, changeEntry, entryNow, removeEntry, wholeCatalog } from '../use-cases/catalog.js';
import { APPLICATIONS_CONTEXT } from './tokens.js';

type Yaml = ParsedInputOf<typeof addCatalogEntry>;
type Written = OutputOf<typeof addCatalogEntry>;

@Doors()
export class CatalogDoors {
  constructor(@Inject(APPLICATIONS_CONTEXT) private readonly on: ApplicationsContext) {}

  @CommandDoor(addCatalogEntry)
  add({ yaml }: Yaml, call: Call): Promise<Written> {
    return addEntry(this.on, call, yaml);
  }

  @CommandDoor(changeCatalogEntry)
  change({ yaml }: Yaml, call: Call): Promise<Written> {
    return changeEntry(this.on, call, yaml);
  }

  @CommandDoor(removeCatalogEntry)
  remove(_input: ParsedInputOf<typeof removeCatalogEntry>, call: Call): Promise<Written> {
    return removeEntry(this.on, call);
  }

  @QueryDoor(catalogEntries)
  all(_input: ParsedInputOf<typeof catalogEntries>, call: Call): Promise<OutputOf<typeof catalogEntries>> {
    return wholeCatalog(this.on, call.tenant);
  }

  @QueryDoor(shippedEntriesQuery)
  shipped(): Promise<OutputOf<typeof shippedEntriesQuery>> {
    return Promise.resolve({ entries: [...shippedEntries()] });
  }

  @QueryDoor(checkEntry)
  check({ yaml }: ParsedInputOf<typeof checkEntry>): Promise<OutputOf<typeof checkEntry>> {
    const { ok, entry, problems } = parseEntry(yaml);
    return Promise.resolve({ ok, entry, problems: [...problems] });
  }

  @QueryDoor(entryVersions)
  async versions(how: ParsedInputOf<typeof entryVersions>, call: Call): Promise<OutputOf<typeof entryVersions>> {
    return this.on.versions.of(await entryNow(this.on, call.tenant, call.id), how);
  }
}
