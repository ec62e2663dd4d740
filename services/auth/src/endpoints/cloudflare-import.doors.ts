import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { importFromCloudflare, previewCloudflareImport } from '@xanthus/proto/auth';
import { CloudflareImport } from '../app/cloudflare/import-namespace.js';

/** An earlier token may come along: not for a tenant's NATS clients. */
@Doors()
export class CloudflareImportDoors {
  constructor(private readonly imports: CloudflareImport) {}

  @QueryDoor(previewCloudflareImport, { external: false })
  preview(input: ParsedInputOf<typeof previewCloudflareImport>, call: Call): Promise<OutputOf<typeof previewCloudflareImport>> {
    return this.imports.preview(call.tenant, call.id, input);
  }

  @CommandDoor(importFromCloudflare, { external: false })
  take(input: ParsedInputOf<typeof importFromCloudflare>, call: Call): Promise<OutputOf<typeof importFromCloudflare>> {
    return this.imports.take(call.context(), input);
  }
}
