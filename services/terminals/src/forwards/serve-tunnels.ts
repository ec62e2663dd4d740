/** The service's end of tunnels: who may have one, what is cut. */
import type { NatsConnection } from '@nats-io/transport-node';
import { readState, Refusal } from '@xanthus/kernel';
import { IdentityError } from '@xanthus/nest';
import { handleAsService } from '@xanthus/processes';
import { tunnelsIn, type Tunnel, type TunnelAsk, type TunnelsIn } from '@xanthus/tunnel';
import type { Problem } from '@xanthus/proto';
import { forwardType } from '../forward/forward.decide.js';
import type { ForwardEnd, OpenForward } from '../forward/forward.js';
import { isOver, notFound, notShared } from '../forward/forward.errors.js';
import type { ForwardsContext } from './context.js';
import { mayUse } from './use-cases.js';

/** A connection through which nothing goes is ended after this; a little later than the gateway does. ms */
const IDLE = 6 * 60_000;
/** Tunnels of a forward, and of this copy. */
const MOST = { forward: 200, all: 2_000 } as const;

interface Held { readonly tenant: string; readonly id: string; readonly person: string; readonly tunnel: Tunnel }

/** Closes it in the name of the service; what is closed already stays as it was. */
export const endForward = async (on: ForwardsContext, tenant: string, id: string, end: ForwardEnd): Promise<void> => {
  await handleAsService(on, forwardType, tenant, id, { type: 'End', ...end });
};

export const serveTunnels = (on: ForwardsContext, nc: NatsConnection): TunnelsIn => {
  const held = new Set<Held>();
  const stateOf = async (tenant: string, id: string): Promise<OpenForward> => {
    const known = on.open.find(tenant, id) ?? await readState(on, forwardType, tenant, id);
    if (known.status !== 'open') throw known.status === 'closed' ? isOver(known.end) : notFound();
    on.open.expect({ ...known, tenant, id });
    if (Date.parse(known.ends_at) <= on.now()) throw isOver({ how: 'over', message: '' });
    return known;
  };
  const personOf = ({ tenant, identity }: TunnelAsk): { readonly person: string; readonly session: string | undefined } => {
    const claims = on.verifier.verify(identity ?? '');
    if (claims.kind !== 'person' || claims.tenant !== tenant) throw new Refusal('DENIED', 'Only persons of this organisation have connections to its open ports.');
    return { person: claims.sub, session: claims.sid };
  };
  const accept = async (ask: TunnelAsk) => {
    const { tenant, forward: id } = ask;
    const { person, session } = personOf(ask);
    if (!on.rights.current()) throw new Refusal('UNAVAILABLE', 'Rights cannot be checked now; try again.', undefined, true);
    const row = await stateOf(tenant, id);
    if (!mayUse(on, row, { tenant, id, person })) throw notShared();
    if (held.size >= MOST.all || [...held].filter(h => h.id === id).length >= MOST.forward) throw new Refusal('FORWARD.BUSY', 'Too many connections go through open ports now. Try again in a moment.', undefined, true);
    const target = await on.dial({ tenant, server: row.server, serverName: row.server_name, address: row.address, port: row.port, actor: { kind: 'person', id: person, ...(session === undefined ? {} : { session }) } }).catch(async (error: unknown) => {
      if (error instanceof Refusal && error.code === 'SERVER.NOT_FOUND') await endForward(on, tenant, id, { how: 'server-gone', message: '' });
      throw error;
    });
    return {
      target,
      joined(tunnel: Tunnel) {
        const entry: Held = { tenant, id, person, tunnel };
        held.add(entry);
        tunnel.once('close', () => held.delete(entry));
        // What changed while the server was dialled.
        review();
      },
    };
  };
  const review = (): void => {
    if (!on.rights.current()) return;
    for (const { tenant, id, person, tunnel } of held) {
      const row = on.open.find(tenant, id);
      if (row === undefined || !mayUse(on, row, { tenant, id, person })) tunnel.destroy(new Error('This port is closed.'));
    }
  };
  on.open.onChange(review);
  const unhear = on.rights.onChange(({ principal }) => { if ([...held].some(h => h.person === principal)) review(); });
  const served = tunnelsIn(nc, { idleMs: IDLE, accept, toProblem: error => problemOf(on, error) });
  return {
    get size() { return served.size; },
    stop() {
      unhear();
      served.stop();
    },
  };
};

const problemOf = (on: ForwardsContext, error: unknown): Problem => {
  if (error instanceof Refusal) return error.toProblem();
  if (error instanceof IdentityError) return { code: 'AUTH_REQUIRED', message: 'Who asks could not be proved.', retryable: error.expired };
  on.log.error({ err: error }, 'a tunnel could not be opened');
  return { code: 'INTERNAL', message: 'That did not work.', retryable: false };
};
