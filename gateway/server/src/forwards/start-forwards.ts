/** Puts the parts of forwards together. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { CapabilityMirror, IdentitySigner, ServiceKey } from '@xanthus/nest';
import { TUNNEL_SERVICE } from '@xanthus/proto';
import { tunnelsOut, type TunnelsOut } from '@xanthus/tunnel';
import type { Access } from '../access/access.js';
import { identityOf } from '../access/identity-of.js';
import type { Quotas } from '../connection/quotas.js';
import type { GatewayConfig } from '../gateway.config.js';
import type { GatewayMetrics } from '../metrics.js';
import type { Commands } from '../upstream/commands.js';
import { connectionsOf } from './connections.js';
import { forwardHostOf } from './forward-host.js';
import type { ForwardDoor } from './forward-routes.js';
import { ForwardRows } from './forward-rows.js';
import { forwardsOf, type Forwards } from './forwards.js';
import { sealsOf } from './seals.js';

/** A connection through which nothing goes is ended after this, ms. */
const IDLE = 5 * 60_000;
/** Longest wait until the port has taken a connection, ms. */
const OPENING = 25_000;

export interface StartForwards {
  readonly config: GatewayConfig;
  readonly key: ServiceKey;
  readonly nc: NatsConnection;
  /** Another connection to NATS: what goes through tunnels never stands before a command. */
  connect(): Promise<NatsConnection>;
  readonly signer: Pick<IdentitySigner, 'sign'>;
  readonly access: Access;
  readonly capabilities: CapabilityMirror;
  readonly commands: Pick<Commands, 'run'>;
  readonly metrics: GatewayMetrics;
  readonly quotas: Pick<Quotas, 'request'>;
  readonly proxies: ReadonlySet<string>;
  port(): number;
}

export const startForwards = async ({ config, key, nc, connect, signer, access, capabilities, commands, metrics, quotas, proxies, port }: StartForwards): Promise<{ readonly forwards: Pick<Forwards, 'http' | 'upgrade' | 'listen'> & { stop(): Promise<void> }; readonly door: ForwardDoor }> => {
  const rows = await ForwardRows.start(nc);
  let stopped = false;
  let own: Promise<{ readonly nc: NatsConnection; readonly tunnels: TunnelsOut }> | undefined;
  /** Made when the first one is needed: most installations never open a port. */
  const tunnels = async (): Promise<TunnelsOut> => {
    own ??= connect().then(made => ({ nc: made, tunnels: tunnelsOut(made, { idleMs: IDLE }) }));
    return (await own).tunnels;
  };
  const connections = connectionsOf(async ({ row, person, session }) => {
    if (stopped) throw new Error('This gateway is going away.');
    const identity = await signer.sign({ ...identityOf({ kind: 'person', id: person, tenant: row.tenant, session }), aud: TUNNEL_SERVICE });
    return (await tunnels()).open({ tenant: row.tenant, forward: row.id, identity, timeout: OPENING });
  });
  const door: ForwardDoor = {
    hostOf: forwardHostOf(config, port), rows, access, capabilities, seals: sealsOf(key.d ?? ''),
    console: () => (config.XANTHUS_PUBLIC_URL === undefined ? `http://localhost:${port()}` : new URL(config.XANTHUS_PUBLIC_URL).origin),
  };
  const forwards = forwardsOf({ ...door, commands, connections, quotas, metrics, proxies });
  return {
    door,
    forwards: {
      ...forwards,
      async stop() {
        if (stopped) return;
        stopped = true;
        forwards.stop();
        await rows.stop();
        const made = await own?.catch(() => undefined);
        made?.tunnels.stop();
        await made?.nc.close();
      },
    },
  };
};
