/** Both ends of tunnels on a NATS connection, which should be one of their own: a download never stands before a command. */
import { randomBytes } from 'node:crypto';
import { headers, RequestError, TimeoutError, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { HEADERS, parseTunnelOpenSubject, tunnelOpenSubject, tunnelSubject, TOKEN, TUNNEL_SERVICE, type Problem, type TunnelOpen, type TunnelRef } from '@xanthus/proto';
import { Tunnel } from './tunnel.js';

const EVERY = 1_000;

/** Holds the tunnels of one end: their subscriptions and their heart-beat. */
const holder = (nc: NatsConnection, idleMs: number) => {
  const held = new Set<Tunnel>();
  const timer = setInterval(() => {
    const now = performance.now();
    for (const tunnel of held) {
      tunnel.beat();
      if (now - tunnel.movedAt > idleMs) tunnel.destroy(new Error('Nothing went through the connection for too long.'));
    }
  }, EVERY).unref();
  return {
    held,
    make(ref: TunnelRef, hears: 'up' | 'down'): Tunnel {
      // The gateway's end is a client's socket: it closes when the port has said all. The service's end waits until the gateway has.
      const says = tunnelSubject(ref, hears === 'up' ? 'down' : 'up');
      const tunnel: Tunnel = new Tunnel({
        send: (frame) => { if (!nc.isClosed()) nc.publish(says, frame); },
        closed: () => {
          held.delete(tunnel);
          heard.unsubscribe();
        },
        now: () => performance.now(),
      }, hears === 'up');
      const heard = nc.subscribe(tunnelSubject(ref, hears), { callback: (error, message) => { if (error === null) tunnel.receive(message.data); } });
      // Whoever holds it hears of it by `close` at the latest.
      tunnel.on('error', () => undefined);
      held.add(tunnel);
      return tunnel;
    },
    stop(): void {
      clearInterval(timer);
      for (const tunnel of held) tunnel.destroy(new Error('It is shut down.'));
    },
  };
};

export interface TunnelsOut {
  /**
   * A connection to the port of a forward, in the name of whoever the signed identity says.
   * @throws Refusal what the service says, or FORWARD.UNAVAILABLE
   */
  open(o: { readonly tenant: string; readonly forward: string; readonly identity: string; readonly timeout: number }): Promise<Tunnel>;
  readonly size: number;
  stop(): void;
}

/** The gateway's end. @param idleMs a tunnel through which nothing went for so long is ended */
export const tunnelsOut = (nc: NatsConnection, { idleMs }: { readonly idleMs: number }): TunnelsOut => {
  const all = holder(nc, idleMs);
  return {
    async open({ tenant, forward, identity, timeout }) {
      const tunnel = randomBytes(16).toString('hex');
      const made = all.make({ tenant, forward, tunnel }, 'down');
      const sent = headers();
      sent.set(HEADERS.IDENTITY, identity);
      try {
        const answer = await nc.request(tunnelOpenSubject(tenant, forward), JSON.stringify({ tunnel } satisfies TunnelOpen), { timeout, headers: sent });
        if (answer.headers?.has(HEADERS.ERROR) === true) throw refusalOf(answer.json<{ error: Problem }>().error);
        return made;
      } catch (error) {
        made.destroy();
        if (error instanceof Refusal) throw error;
        if (error instanceof RequestError && error.isNoResponders()) throw new Refusal('FORWARD.UNAVAILABLE', 'The service that reaches servers does not run now. Try again in a moment.', undefined, true);
        throw new Refusal('FORWARD.UNAVAILABLE', error instanceof TimeoutError ? 'The server could not be reached in time.' : 'The connection could not be made now. Try again.', undefined, true);
      }
    },
    get size() { return all.held.size; },
    stop: all.stop,
  };
};

const refusalOf = ({ code, message, details, retryable }: Problem): Refusal => new Refusal(code, message, details, retryable);

export interface TunnelAsk { readonly tenant: string; readonly forward: string; /** `Xanthus-Identity`, not verified yet. */ readonly identity: string | undefined }
export interface TunnelsIn { readonly size: number; stop(): void }

/**
 * The service's end. `accept` checks who asks and connects: its stream is joined to the tunnel. What it throws is told; `joined` is called with each tunnel, so that it can be cut.
 * One copy of the service answers.
 */
export const tunnelsIn = (nc: NatsConnection, o: { readonly idleMs: number; accept(ask: TunnelAsk): Promise<{ readonly target: NodeJS.ReadWriteStream & { destroy(error?: Error): unknown }; joined(tunnel: Tunnel): void }>; toProblem(error: unknown): Problem }): TunnelsIn => {
  const all = holder(nc, o.idleMs);
  const answer = async (message: Msg): Promise<void> => {
    try {
      const place = parseTunnelOpenSubject(message.subject);
      const { tunnel } = message.json<Partial<TunnelOpen>>();
      if (place === undefined || typeof tunnel !== 'string' || tunnel.length > 64 || !TOKEN.test(tunnel)) throw new Refusal('INVALID', 'This is no request for a tunnel.');
      const identities = message.headers?.values(HEADERS.IDENTITY) ?? [];
      const { target, joined } = await o.accept({ ...place, identity: identities.length === 1 ? identities[0] : undefined });
      const made = all.make({ ...place, tunnel }, 'up');
      join(made, target);
      joined(made);
      message.respond('{}');
    } catch (error) {
      const problem = o.toProblem(error);
      const sent = headers();
      sent.set(HEADERS.ERROR, problem.code);
      message.respond(JSON.stringify({ error: problem }), { headers: sent });
    }
  };
  const heard = nc.subscribe('tun.*.*.open', { queue: TUNNEL_SERVICE, callback: (error, message) => { if (error === null) void answer(message); } });
  return {
    get size() { return all.held.size; },
    stop() {
      heard.unsubscribe();
      all.stop();
    },
  };
};

/** Bytes both ways; the end of a half is passed on, and what breaks one breaks the other. */
const join = (tunnel: Tunnel, target: NodeJS.ReadWriteStream & { destroy(error?: Error): unknown }): void => {
  tunnel.pipe(target);
  target.pipe(tunnel);
  let ended = false;
  target.on('end', () => { ended = true; });
  target.on('error', error => tunnel.destroy(error));
  target.on('close', () => {
    if (!ended) return void tunnel.destroy(new Error('The port closed the connection.'));
    // Nobody takes what still comes.
    tunnel.unpipe(target);
    tunnel.resume();
  });
  tunnel.on('close', () => target.destroy());
};
