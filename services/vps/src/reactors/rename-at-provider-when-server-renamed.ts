import type { Reactor } from '@xanthus/kernel';
import { readState, Refusal } from '@xanthus/kernel';
import { serverType } from '../server/server.decide.js';
import { isLive } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';

const PATIENCE_MS = 20_000;

/** A server is called the same at its provider. Where that can't be, or somebody gave it another name there meanwhile, the difference shows as drift and a person decides. */
export const renameAtProviderWhenServerRenamed = (vps: VpsContext): Reactor => ({
  name: 'rename-at-provider-when-server-renamed',
  types: ['ServerRenamed', 'ServerPlaced'],
  async react({ tenant, type, aggregate: { id } }, { signal, delivery }) {
    // Renamed while it was made: its provider may have been told the earlier name.
    const earlier = await namesOf(vps, tenant, id);
    if (type === 'ServerPlaced' && earlier.size < 2) return;
    const state = await readState(vps, serverType, tenant, id);
    if (!isLive(state) || !state.machine.order || state.machine.provider_ref === undefined) return;
    const { name, order, provider_ref } = state.machine;
    const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      const provider = await vps.providers.of(tenant, order.provider_id, { background: true });
      if (!provider.capabilities.rename) return;
      const machine = await provider.server(provider_ref, both);
      if (machine && machine.name !== name && earlier.has(machine.name)) await provider.rename(provider_ref, name, both);
    } catch (error) {
      if (error instanceof Refusal && (!error.retryable || delivery >= 5)) return vps.log.info({ err: error, tenant, server: id }, 'a server could not be renamed at its provider');
      throw error;
    }
  },
});

/** That it ever bore here. */
const namesOf = async ({ store }: VpsContext, tenant: string, id: string): Promise<ReadonlySet<string>> => {
  const { events } = await store.load({ tenant, service: 'vps', aggregate: 'server', id });
  return new Set(events.flatMap(({ data }) => (typeof data === 'object' && data !== null && 'name' in data && typeof data.name === 'string' ? [data.name] : [])));
};
