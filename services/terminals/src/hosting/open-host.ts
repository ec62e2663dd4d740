import { headers, NoRespondersError, RequestError } from '@nats-io/transport-node';
import type { IdentitySigner, IdentityVerifier, Logger } from '@xanthus/nest';
import { HEADERS, ttySubject } from '@xanthus/proto';
import type { Reach } from '@xanthus/reach';
import type { Mirrors } from '../mirror/mirror.js';
import type { Recorders } from '../recording/recorder.js';
import type { StateOfSession } from '../session/session.js';
import { openDoors, type Doors, type HoldAsk } from './doors.js';
import type { Host, SessionDoor, SessionNotes } from './host.js';
import { Hosted } from './hosted.js';
import type { Wire } from './wire.js';

export interface HostPorts {
  readonly wire: Wire;
  readonly reach: Reach;
  readonly mirrors: Mirrors;
  readonly recorders: Recorders | undefined;
  readonly door: SessionDoor;
  notesOf(tenant: string, session: string): SessionNotes;
  readonly signer: IdentitySigner;
  readonly verifier: Pick<IdentityVerifier, 'verify'>;
  readonly log: Logger;
  readonly onRecordingFailure: 'end' | 'go-on';
  /** ms since 1970 */
  readonly now: () => number;
}

/** Gateways say every 15 s that their viewers are here. */
const SWEEP = 15_000;
const SILENT = 50_000;
const ASK = 2_000;
/** No shell writes more for long: bytes a millisecond. So a session that is taken up goes on behind every offset that it had. */
const FASTEST = 131_072;

interface Held { readonly hosted: Hosted; readonly doors: Doors }

/** The shells of this copy of the service. */
export const openHost = (ports: HostPorts): Host => {
  const { wire, signer, log } = ports;
  const held = new Map<string, Held>();
  const keyOf = (tenant: string, session: string): string => `${tenant}.${session}`;
  const behind = (): number => {
    let bytes = 0;
    for (const { hosted } of held.values()) bytes += hosted.terminal.pending;
    return bytes;
  };
  const sweeping = setInterval(() => { for (const { doors } of held.values()) doors.sweep(SILENT); }, SWEEP).unref();

  /** Of the copy that holds it. @returns false: nobody does. @throws TimeoutError, or that NATS is away */
  const others = async (tenant: string, session: string, asked: HoldAsk): Promise<boolean> => {
    const sent = headers();
    sent.set(HEADERS.IDENTITY, await signer.sign({ sub: `service:${signer.service}`, kind: 'service', tenant, aud: signer.service }));
    try {
      const answer = await wire.nc.request(ttySubject(tenant, session, 'hold'), JSON.stringify(asked), { timeout: ASK, headers: sent });
      return answer.headers?.has(HEADERS.ERROR) !== true && answer.json<{ held?: boolean }>().held === true;
    } catch (error) {
      if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) return false;
      throw error;
    }
  };
  const tell = (tenant: string, session: string, asked: HoldAsk): void => {
    others(tenant, session, asked).catch((error: unknown) => log.warn({ err: error, session, op: asked.op }, 'whoever holds a session could not be told'));
  };

  const start = (about: StateOfSession): void => {
    const key = keyOf(about.tenant, about.id);
    if (held.has(key)) return;
    const notes = ports.notesOf(about.tenant, about.id);
    const base = about.status === 'opening' ? 0 : Math.max(0, ports.now() - Date.parse(about.requested_at)) * FASTEST;
    const { recorders } = ports;
    const hosted = new Hosted({
      ...ports, notes, behind, record: recorders && (o => recorders.start(o)),
      gone: () => {
        held.get(key)?.doors.close();
        held.delete(key);
      },
    }, about, base);
    held.set(key, { hosted, doors: openDoors(hosted, { ...ports, notes }) });
    void hosted.run().catch((error: unknown) => log.error({ err: error, session: about.id }, 'a session ended unexpectedly'));
  };

  return {
    start,
    has: (tenant, session) => held.get(keyOf(tenant, session))?.hosted.over === false,
    held: async (tenant, session) => held.get(keyOf(tenant, session))?.hosted.over === false || others(tenant, session, { op: 'ask' }),
    review(tenant, session) {
      const here = held.get(keyOf(tenant, session));
      if (here === undefined) return tell(tenant, session, { op: 'review' });
      here.doors.review().catch((error: unknown) => log.warn({ err: error, session }, 'who is in a session could not be looked at again'));
    },
    say(tenant, session, control) {
      const here = held.get(keyOf(tenant, session));
      if (here === undefined) tell(tenant, session, { op: 'say', control: control as { op: string } });
      else here.hosted.terminal.say(control);
    },
    resize(tenant, session, cols, rows) {
      const here = held.get(keyOf(tenant, session));
      if (here === undefined) tell(tenant, session, { op: 'resize', cols, rows });
      else here.hosted.terminal.want({ cols, rows });
    },
    async end(tenant, session, { how, message }) {
      const here = held.get(keyOf(tenant, session));
      if (here === undefined) await others(tenant, session, { op: 'end', how, message }).catch((error: unknown) => log.warn({ err: error, session }, 'whoever holds a session could not be told that it ends'));
      else await here.hosted.end(how, message);
    },
    lastTyped: (tenant, session) => held.get(keyOf(tenant, session))?.hosted.terminal.lastTyped ?? 0,
    async stop() {
      clearInterval(sweeping);
      await Promise.allSettled([...held.values()].map(({ hosted }) => hosted.stop()));
      for (const { doors } of held.values()) doors.close();
      held.clear();
      wire.stop();
      await wire.nc.drain().catch(() => undefined);
    },
  };
};
