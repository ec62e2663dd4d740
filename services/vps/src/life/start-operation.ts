import { earlierTry, handle, newId, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import { NO_ABILITIES, type OperationKind, type rebootServer, type serverSnapshots } from '@xanthus/proto/vps';
import { ourLabels, type ProviderSnapshot } from '../providers/provider.js';
import type { Operation } from '../server/life-state.js';
import { serverType } from '../server/server.decide.js';
import type { VpsContext } from '../vps.context.js';
import type { AtProvider, FindAtProvider } from './at-provider.js';
import { liveServer } from './host.js';

type Started = OutputOf<typeof rebootServer>;
export interface Wanted { readonly kind: OperationKind; readonly wish?: Operation['wish']; readonly confirm_name?: string }

/** Writes down what is wanted and answers; the runner does it. Decided by the table of allowed actions. */
export const startOperation = async (vps: VpsContext, find: FindAtProvider, { kind, wish = {}, confirm_name }: Wanted, call: Call): Promise<Started> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return { ...writtenBy(before), operation: (before.event.data as { operation?: string }).operation ?? '' };
  const at = await find(call.tenant, await liveServer(vps, call));
  if (kind === 'delete-snapshot' && at && !(await snapshotsOf(at, call)).some(s => s.ref === wish.snapshot)) {
    throw new Refusal('SERVER.SNAPSHOT_UNKNOWN', 'There is no such snapshot of this server at its provider.', { snapshot: wish.snapshot });
  }
  if (kind === 'rebuild' && at?.provider.capabilities.rebuild === true) await checkImage(at, wish.image ?? '', call);
  const data = { operation: newId(), kind, wish, abilities: at?.provider.capabilities ?? NO_ABILITIES, ...(confirm_name === undefined ? {} : { confirm_name }) };
  const result = await handle(vps, serverType, call.context(), { type: 'StartOperation', data });
  const started = result.events.find(e => e.type === 'OperationStarted');
  return { ...writtenBy(result), operation: (started?.data as { operation?: string } | undefined)?.operation ?? data.operation };
};

/** Of an account that several share, a snapshot of another server is another one's disk. */
const checkImage = async (at: AtProvider, image: string, call: Call): Promise<void> => {
  if ((await at.provider.images(call.signal)).some(i => i.ref === image) || (await snapshotsOf(at, call)).some(s => s.ref === image)) return;
  throw new Refusal('SERVER.IMAGE_UNKNOWN', 'There is no such image at its provider, and no such snapshot of this server. Choose another one.', { image });
};

/** Ours of this server: nobody sees or deletes by a server what was not made of it. */
const snapshotsOf = ({ provider }: AtProvider, { tenant, id, signal }: Pick<Call, 'tenant' | 'id' | 'signal'>): Promise<readonly ProviderSnapshot[]> =>
  provider.capabilities.snapshots ? provider.snapshots(ourLabels(tenant, id), signal) : Promise.resolve([]);

export const snapshots = async (vps: VpsContext, find: FindAtProvider, call: Call): Promise<OutputOf<typeof serverSnapshots>> => {
  const at = await find(call.tenant, await liveServer(vps, call));
  if (!at?.provider.capabilities.snapshots) return { supported: false, items: [] };
  const found = await snapshotsOf(at, call);
  const items = found.filter(s => s.ready).map(({ ref, description, created_at, size_bytes }) => ({ id: ref, description, created_at, size_bytes }));
  return { supported: true, items: items.sort((a, b) => b.created_at.localeCompare(a.created_at)) };
};
