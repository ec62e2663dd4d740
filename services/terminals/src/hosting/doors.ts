/** What gateways and other copies of the service say to a session that this copy holds. */
import { headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { IdentityError, type IdentityVerifier, type Logger } from '@xanthus/nest';
import { HEADERS, parseTtyFrame, TTY_KIND, ttySubject, type IdentityClaims, type Problem } from '@xanthus/proto';
import { z } from 'zod';
import { isPaused } from '../session/moderation.js';
import { hasEnded } from '../session/session.errors.js';
import type { HowEnded, SessionDoor, SessionNotes } from './host.js';
import type { Hosted } from './hosted.js';
import type { Viewer } from './viewers.js';
import type { Wire } from './wire.js';

export interface DoorPorts {
  readonly wire: Wire;
  readonly verifier: Pick<IdentityVerifier, 'verify'>;
  readonly door: SessionDoor;
  readonly notes: Pick<SessionNotes, 'attached' | 'detached'>;
  readonly log: Logger;
}
/** The doors of one session. */
export interface Doors {
  review(): Promise<void>;
  /** Viewers of whose gateway nothing was heard for so long are gone. ms */
  sweep(silent: number): void;
  close(): void;
}

const offset = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const attachAsk = z.object({ viewer: z.string().min(1).max(64), types: z.boolean(), offset: offset.optional(), up_to: offset });
const replayAsk = z.object({ attachment: z.string().max(100), from: offset.optional(), max: z.number().int().min(1).max(16 * 1024 * 1024) });
const side = z.number().int().min(1).max(100_000);
const control = z.discriminatedUnion('op', [
  z.object({ op: z.literal('credit'), up_to: offset }),
  z.object({ op: z.literal('resize'), cols: side, rows: side }),
  z.object({ op: z.literal('signal'), signal: z.enum(['INT', 'QUIT', 'TSTP', 'TERM', 'HUP', 'KILL', 'USR1', 'USR2']) }),
  z.object({ op: z.literal('take') }), z.object({ op: z.literal('watch') }), z.object({ op: z.literal('detach') }), z.object({ op: z.literal('here') }),
]);
type Control = z.infer<typeof control>;
const holdAsk = z.discriminatedUnion('op', [
  z.object({ op: z.literal('ask') }), z.object({ op: z.literal('review') }), z.object({ op: z.literal('say'), control: z.object({ op: z.string() }).loose() }),
  z.object({ op: z.literal('resize'), cols: side, rows: side }), z.object({ op: z.literal('end'), how: z.string(), message: z.string() }),
]);
export type HoldAsk = z.infer<typeof holdAsk>;
const SERVICE = 'service:terminals';
/** After this it is asked again for those of whom nobody could say whether they may stay, ms. */
const ASK_AGAIN = 1_000;
const NEVER_SAID = { how: 'lost', code: null, signal: null, message: 'Xanthus is restarted.', problem: null } as const;

const detached = (): Refusal => new Refusal('SESSION.DETACHED', 'This viewer is not attached. Attach again.');
const problemOf = (error: unknown): Problem | undefined => {
  if (error instanceof Refusal) return error.toProblem();
  if (error instanceof IdentityError) return { code: error.expired ? 'AUTH_EXPIRED' : 'DENIED', message: 'Who asks could not be verified.', retryable: error.expired };
  return error instanceof z.ZodError || error instanceof SyntaxError ? { code: 'INVALID', message: 'This is not asked so.', retryable: false } : undefined;
};

export const openDoors = (hosted: Hosted, { wire, verifier, door, notes, log }: DoorPorts): Doors => {
  const { terminal, about: { tenant, id } } = hosted;
  const { viewers } = terminal;
  let moderated = hosted.about.moderated;
  let unsure: NodeJS.Timeout | undefined;

  const changed = (): void => {
    const paused = isPaused(moderated, viewers.roles);
    if (paused !== terminal.paused) {
      terminal.paused = paused;
      terminal.say(paused ? { op: 'paused', reason: 'no-moderator' } : { op: 'resumed' });
    }
    terminal.sayViewers();
    terminal.credit();
  };
  const leave = (viewer: Viewer, why: Parameters<SessionNotes['detached']>[0]['why']): void => {
    viewers.remove(viewer);
    notes.detached({ viewer: viewer.viewer, person: viewer.person, why });
    changed();
  };
  const claimsOf = (m: Msg): IdentityClaims => {
    const claims = verifier.verify(m.headers?.get(HEADERS.IDENTITY) ?? '');
    if (claims.tenant !== tenant) throw new Refusal('DENIED', 'This identity is of another tenant.');
    return claims;
  };

  const attach = async (m: Msg): Promise<string> => {
    const claims = claimsOf(m);
    const ask = attachAsk.parse(m.json());
    const { role, types, moderated: now } = await door.roleOf(tenant, id, claims.sub);
    if (hosted.over) throw hasEnded(hosted.ended ?? NEVER_SAID);
    moderated = now;
    const viewer = viewers.add({ viewer: ask.viewer, person: claims.sub, role, types, gatewayLets: ask.types, upTo: ask.up_to });
    notes.attached({ viewer: viewer.viewer, person: viewer.person, role });
    // Who attaches is told by the answer; the rest comes after it.
    setImmediate(changed);
    return JSON.stringify({ attachment: viewer.attachment, hello: terminal.hello(viewer) });
  };
  const replay = async (m: Msg): Promise<Uint8Array | undefined> => {
    const { attachment, from, max } = replayAsk.parse(m.json());
    const viewer = viewers.get(attachment);
    if (viewer === undefined) throw detached();
    viewer.heardAt = performance.now();
    return terminal.replay(from, max, viewer.upTo);
  };
  const drive = (viewer: Viewer): void => {
    if (!viewers.drive(viewer)) return;
    if (viewer.size !== undefined) terminal.want(viewer.size);
    terminal.sayViewers();
  };
  const take = (m: Msg): void => {
    const viewer = viewers.get(m.headers?.get(HEADERS.ATTACHMENT) ?? '');
    if (viewer === undefined) return;
    viewer.heardAt = performance.now();
    if (m.data[0] === TTY_KIND.INPUT) {
      if (!viewer.types || terminal.paused) return;
      drive(viewer);
      return terminal.type(m.data.subarray(1));
    }
    const frame = parseTtyFrame(m.data);
    const asked = frame?.kind === 'control' ? control.safeParse(frame.control) : undefined;
    if (asked?.success === true) perform(viewer, asked.data);
  };
  const perform = (viewer: Viewer, asked: Control): void => {
    switch (asked.op) {
      case 'here': return;
      case 'credit':
        viewer.upTo = asked.up_to;
        return terminal.credit();
      case 'detach': return leave(viewer, 'left');
      case 'watch':
        viewer.gatewayLets = viewer.types = false;
        viewers.release(viewer);
        return changed();
      case 'resize':
        viewer.size = { cols: asked.cols, rows: asked.rows };
        if (viewers.driver === undefined) viewers.drive(viewer);
        return viewers.driver === viewer ? terminal.want(viewer.size) : undefined;
      case 'take': return drive(viewer);
      case 'signal': return viewer.types && !terminal.paused ? terminal.signal(asked.signal) : undefined;
    }
  };

  const hold = async (m: Msg): Promise<string> => {
    const { sub } = claimsOf(m);
    if (sub !== SERVICE) throw new Refusal('DENIED', 'For the terminals service alone.');
    const asked = holdAsk.parse(m.json());
    if (asked.op === 'review') await review();
    else if (asked.op === 'say') terminal.say(asked.control);
    else if (asked.op === 'resize') terminal.want(asked);
    else if (asked.op === 'end') await hosted.end(asked.how as HowEnded, asked.message);
    return JSON.stringify({ held: !hosted.over });
  };

  const review = async (): Promise<void> => {
    const people = new Map<string, Promise<Awaited<ReturnType<SessionDoor['roleOf']>> | Refusal | undefined>>();
    const ask = (person: string): Promise<Awaited<ReturnType<SessionDoor['roleOf']>> | Refusal | undefined> =>
      door.roleOf(tenant, id, person).catch((error: unknown) => (error instanceof Refusal && error.code.startsWith('SESSION.') ? error : undefined));
    for (const viewer of viewers) {
      const answer = await (people.get(viewer.person) ?? people.set(viewer.person, ask(viewer.person)).get(viewer.person));
      if (viewers.get(viewer.attachment) === undefined) continue;
      if (answer === undefined) {
        unsure ??= setTimeout(() => {
          unsure = undefined;
          review().catch((error: unknown) => log.warn({ err: error, session: id }, 'who is in a session could not be looked at again'));
        }, ASK_AGAIN).unref();
        continue;
      }
      if (answer instanceof Refusal) {
        terminal.say({ op: 'out', viewer: viewer.viewer, code: answer.code, message: answer.message });
        leave(viewer, answer.code === 'SESSION.NOT_INVITED' ? 'unshared' : answer.code === 'SESSION.MAY_NOT' ? 'rights' : 'ended');
        continue;
      }
      moderated = answer.moderated;
      viewer.role = answer.role;
      viewer.types = answer.types && viewer.gatewayLets;
      if (!viewer.types) viewers.release(viewer);
    }
    changed();
  };

  const answer = (m: Msg, work: Promise<string | Uint8Array | undefined>): void => {
    void work.then(body => void m.respond(body), (error: unknown) => {
      const problem = problemOf(error);
      if (problem === undefined) log.error({ err: error, session: id }, 'a terminal could not answer');
      const sent = headers();
      const told = problem ?? { code: 'INTERNAL', message: 'Something went wrong here; the log of the terminals service has more.', retryable: true };
      sent.set(HEADERS.ERROR, told.code);
      m.respond(JSON.stringify({ error: told }), { headers: sent });
    });
  };
  const asked = (work: (m: Msg) => Promise<string | Uint8Array | undefined>) => (m: Msg): void => answer(m, (async () => work(m))());
  const on = (verb: 'attach' | 'replay' | 'in' | 'hold', act: (m: Msg) => void): Subscription =>
    wire.nc.subscribe(ttySubject(tenant, id, verb), { callback: (error, m) => (error === null ? act(m) : undefined) });
  const subscriptions = [on('attach', asked(attach)), on('replay', asked(replay)), on('in', take), on('hold', asked(hold))];

  return {
    review,
    sweep(silent) {
      const before = performance.now() - silent;
      for (const viewer of viewers) if (viewer.heardAt < before) leave(viewer, 'lost');
    },
    close() {
      clearTimeout(unsure);
      unsure = undefined;
      for (const subscription of subscriptions) if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
};
