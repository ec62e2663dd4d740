import { handle, newId, readState } from '@xanthus/kernel';
import { serverType } from '../server/server.decide.js';
import { isLive } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';
import { priceOf } from './price-of.js';

/** Notes what a server costs now. `at`: from when; else from when its provider made it. @throws Refusal PROVIDER.… */
export const priceServer = async (vps: VpsContext, { tenant, id }: { readonly tenant: string; readonly id: string }, at: string | undefined, signal: AbortSignal): Promise<void> => {
  const state = await readState(vps, serverType, tenant, id);
  if (!isLive(state) || !state.machine.order || state.machine.provider_ref === undefined) return;
  const { order: { provider_id }, provider_ref } = state.machine;
  const provider = await vps.providers.of(tenant, provider_id, { background: true });
  if (!provider.capabilities.prices) return;
  const [machine, pricing, types] = await Promise.all([provider.server(provider_ref, signal), provider.pricing(signal), provider.serverTypes(signal)]);
  const price = machine && priceOf({ pricing, types }, machine.type, machine.location, machine.ipv4 !== null);
  if (!price) return;
  const command = newId();
  const context = { tenant, id, actor: { kind: 'system', id: 'costs' } as const, now: new Date().toISOString(), command_id: command, correlation_id: command };
  await handle(vps, serverType, context, { type: 'ObservePrice', data: { ...price, at: new Date(at ?? machine.created_at).toISOString() } });
};
