/** What is asked of vps beside ways onto its servers. */
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { askView, type IdentitySigner } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import { serverView } from '@xanthus/proto/vps';
import type { ServerFacts, VpsPort } from '../running/ports.js';

export const serverFacts = (row: DataOf<typeof serverView>): ServerFacts => ({
  id: row.id, name: row.name, address: row.host, status: row.lifecycle !== undefined && row.lifecycle !== 'ready' ? row.lifecycle : row.status, time_zone: row.time_zone ?? 'UTC', k3s: (row.facts?.k3s ?? null) !== null, simulated: row.provider === 'sandbox',
});

export const vpsPort = (nc: NatsConnection, signer: IdentitySigner): VpsPort => ({
  async server(tenant, id) {
    const row = await askView(nc, signer, serverView, { tenant, id });
    if (!row) throw new Refusal('SERVER.NOT_FOUND', 'There is no such server (any more). Choose another one.');
    return serverFacts(row);
  },
});
