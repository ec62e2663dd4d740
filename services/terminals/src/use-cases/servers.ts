import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { askView, type IdentitySigner } from '@xanthus/nest';
import { serverView } from '@xanthus/proto/vps';

/** What is asked of vps beside ways onto its servers. */
export interface Servers {
  /** @throws Refusal SERVER.NOT_FOUND */
  server(tenant: string, id: string): Promise<{ readonly name: string }>;
}

export const askServers = (nc: NatsConnection, signer: IdentitySigner): Servers => ({
  async server(tenant, id) {
    const row = await askView(nc, signer, serverView, { tenant, id });
    if (!row || row.lifecycle === 'deleting') throw new Refusal('SERVER.NOT_FOUND', 'There is no such server (any more). Choose another one.');
    return { name: row.name };
  },
});
