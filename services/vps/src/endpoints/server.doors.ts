import { Inject } from '@nestjs/common';
import { handle, writtenBy } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { acceptHostKey, adoptSandbox, adoptServer, deleteServer, renameServer, sandboxInfo, tagServer, testConnection } from '@xanthus/proto/vps';
import { nameKey } from '@xanthus/vault';
import { adoptSandbox as runAdoptSandbox, adoptServer as runAdoptServer } from '../adoption/adopt-server.js';
import { testConnection as runTestConnection } from '../adoption/test-connection.js';
import { serverType } from '../server/server.decide.js';
import { nameTaken } from '../server/server.errors.js';
import type { ServerRow } from '../views/servers.js';
import { sandboxOf, type VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

@Doors()
export class ServerDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @CommandDoor(testConnection)
  testConnection(input: ParsedInputOf<typeof testConnection>, call: Call): Promise<OutputOf<typeof testConnection>> {
    return runTestConnection(this.vps, input, call);
  }

  @CommandDoor(adoptServer)
  adopt(input: ParsedInputOf<typeof adoptServer>, call: Call): Promise<OutputOf<typeof adoptServer>> {
    return runAdoptServer(this.vps, input, call);
  }

  @CommandDoor(adoptSandbox)
  adoptSandbox(input: ParsedInputOf<typeof adoptSandbox>, call: Call): Promise<OutputOf<typeof adoptSandbox>> {
    return runAdoptSandbox(this.vps, input, call);
  }

  @CommandDoor(acceptHostKey)
  async acceptHostKey(input: ParsedInputOf<typeof acceptHostKey>, call: Call): Promise<OutputOf<typeof acceptHostKey>> {
    return writtenBy(await handle(this.vps, serverType, call.context(), { type: 'AcceptHostKey', data: input }));
  }

  @CommandDoor(renameServer)
  async rename(input: ParsedInputOf<typeof renameServer>, call: Call): Promise<OutputOf<typeof renameServer>> {
    const claim = { kind: 'server-name', key: await nameKey(this.vps, call.tenant, input.name), taken: nameTaken(input.name) };
    return writtenBy(await handle(this.vps, serverType, call.context(), { type: 'Rename', data: input }, [claim]));
  }

  @CommandDoor(tagServer)
  async tag(input: ParsedInputOf<typeof tagServer>, call: Call): Promise<OutputOf<typeof tagServer>> {
    return writtenBy(await handle(this.vps, serverType, call.context(), { type: 'Tag', data: input }));
  }

  @CommandDoor(deleteServer)
  async delete(input: ParsedInputOf<typeof deleteServer>, call: Call): Promise<OutputOf<typeof deleteServer>> {
    return writtenBy(await handle(this.vps, serverType, call.context(), { type: 'Delete', data: input }));
  }

  @QueryDoor(sandboxInfo)
  async sandbox(_input: ParsedInputOf<typeof sandboxInfo>, call: Call): Promise<OutputOf<typeof sandboxInfo>> {
    const adopted = (await this.vps.views.list<ServerRow>(call.tenant, 'servers')).find(s => s.value.data.provider === 'sandbox')?.id ?? null;
    return await sandboxOf(this.vps) ? { available: true, adopted } : { available: false, adopted, reason: 'Xanthus was started without a sandbox, or this machine has no sshd.' };
  }
}
