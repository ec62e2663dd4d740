import { Refusal, type Reactor } from '@xanthus/kernel';
import { priceServer } from '../costs/price-server.js';
import type { VpsContext } from '../vps.context.js';

const PATIENCE_MS = 20_000;

/** What a machine costs is known as soon as it is there, and again when its type has changed. What fails here comes with the next comparison. */
export const priceWhenServerPlaced = (vps: VpsContext): Reactor => ({
  name: 'price-when-server-placed',
  types: ['ServerPlaced', 'ServerResized'],
  async react({ tenant, type, occurred_at, aggregate: { id } }, { signal }) {
    const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    await priceServer(vps, { tenant, id }, type === 'ServerResized' ? occurred_at : undefined, both).catch((error: unknown) => {
      if (signal.aborted) throw error;
      vps.log.debug({ err: error instanceof Refusal ? error.code : error, tenant, server: id }, 'the price of a server is not known yet');
    });
  },
});
