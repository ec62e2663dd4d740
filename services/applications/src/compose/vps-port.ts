/** What is asked of vps beside ways onto its servers. */
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { ask, askView, type IdentitySigner } from '@xanthus/nest';
import type { DataOf, OutputOf } from '@xanthus/proto';
import { serverTypes, serverView } from '@xanthus/proto/vps';
import { difference, isLess } from '../planning/price.js';
import type { Resources, ServerFacts, VpsPort } from '../running/ports.js';

export const serverFacts = (row: DataOf<typeof serverView>): ServerFacts => ({
  id: row.id, name: row.name, address: row.host, status: row.lifecycle !== undefined && row.lifecycle !== 'ready' ? row.lifecycle : row.status, time_zone: row.time_zone ?? 'UTC', k3s: (row.facts?.k3s ?? null) !== null, simulated: row.provider === 'sandbox',
});

export const vpsPort = (nc: NatsConnection, signer: IdentitySigner): VpsPort => ({
  async server(tenant, id) {
    const row = await askView(nc, signer, serverView, { tenant, id });
    if (!row) throw new Refusal('SERVER.NOT_FOUND', 'There is no such server (any more). Choose another one.');
    return serverFacts(row);
  },
  async growth(tenant, id, more) {
    const row = await askView(nc, signer, serverView, { tenant, id });
    if (row?.type === undefined || row.location === undefined || row.provider_id === undefined) return null;
    // A price that cannot be had now keeps nobody from planning.
    const offered = await ask(nc, signer, serverTypes, { tenant, input: { provider: row.provider_id }, timeout: PATIENCE }).catch(() => null);
    return offered && cheapest(offered, row.type, row.location, more);
  },
});

/** Longest wait for a price, ms: a plan has 30 s in all. */
const PATIENCE = 8_000;
const GIB = 1024 ** 3;
type Offered = OutputOf<typeof serverTypes>;

/** The cheapest type that has what the server has and so much more. */
export const cheapest = ({ pricing, types }: Pick<Offered, 'pricing' | 'types'>, now: string, location: string, more: Resources): { readonly type: string; readonly currency: string; readonly monthly_more: string } | null => {
  const monthly = (type: Offered['types'][number]): string | undefined => type.offers.find(o => o.location === location && (o.available || type.name === now))?.monthly.gross;
  const has = types.find(t => t.name === now);
  const pays = has && monthly(has);
  if (!has || pays === undefined) return null;
  const fits = types.filter(t => t.architecture === has.architecture && t.cpus >= has.cpus + more.cpu && t.memory_bytes >= has.memory_bytes + more.memory * GIB && t.disk_bytes >= has.disk_bytes + more.disk * GIB);
  const priced = fits.flatMap(t => { const price = monthly(t); return price === undefined ? [] : [{ type: t.name, price }]; });
  const [best] = priced.toSorted((a, b) => (isLess(a.price, b.price) ? -1 : 1));
  return best ? { type: best.type, currency: pricing.currency, monthly_more: difference(best.price, pays) } : null;
};
