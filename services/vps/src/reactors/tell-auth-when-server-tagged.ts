import type { Reactor, RecordedEvent } from '@xanthus/kernel';
import { ask, type IdentitySigner } from '@xanthus/nest';
import { tagResource } from '@xanthus/proto/auth';
import { vpsEvents } from '@xanthus/proto/vps';
import type { VpsContext } from '../vps.context.js';

/** Roles may be narrowed to a tag, and auth compiles them: it hears of every change, with the event's sequence, so that an older word undoes nothing. */
export const tellAuthWhenServerTagged = (vps: VpsContext, signer: IdentitySigner): Reactor => ({
  name: 'tell-auth-when-server-tagged',
  types: ['ServerTagged', 'ServerDeleted'],
  async react(event) {
    const { tenant, aggregate: { id }, seq, actor, correlation_id } = event;
    const tags = event.type === 'ServerTagged' ? vpsEvents.ServerTagged.data.parse(event.data).tags : [];
    if (event.type === 'ServerDeleted' && !(await wasTagged(vps, event))) return;
    await ask(vps.nc, signer, tagResource, {
      tenant, id, input: { aggregate: 'server', tags, seq }, correlation_id, idempotency_key: `tags-${seq}`, ...(actor.kind === 'person' || actor.kind === 'credential' ? { act: { kind: actor.kind, id: actor.id } } : {}),
    });
  },
});

const wasTagged = async (vps: VpsContext, { tenant, aggregate: { id } }: RecordedEvent): Promise<boolean> =>
  (await vps.store.load({ tenant, service: 'vps', aggregate: 'server', id })).events.some(e => e.type === 'ServerTagged');
