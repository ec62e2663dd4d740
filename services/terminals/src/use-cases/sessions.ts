import { handle, writtenBy, type CommandResult } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import type { extendSession, openSession, shareSession } from '@xanthus/proto/terminals';
import { livingSession } from '../session/door.js';
import { isLiving, type SessionEvent, type SessionState } from '../session/session.js';
import { sessionType, type SessionCommand } from '../session/session.decide.js';
import type { TerminalsContext } from '../terminals.context.js';
import type { LivingRow } from '../views/sessions.js';
import { endsAt, extensionOf, mustHaveRoom, recordingOf } from './limits.js';
import { mustBeAble, mustBeAllowed } from './rights.js';

const MINUTE = 60_000;
const TITLE = 60;

const decide = (on: TerminalsContext, call: Call, command: SessionCommand): Promise<CommandResult<SessionState, SessionEvent>> => handle(on, sessionType, call.context(), command);

/** The copy that was asked holds the shell; what it does not come to, the keeper does. */
export const open = async (on: TerminalsContext, call: Call, input: ParsedInputOf<typeof openSession>): Promise<OutputOf<typeof openSession>> => {
  const { tenant, id, now } = call;
  mustBeAllowed(on, call, input.server);
  const recording = recordingOf(input.recording, on.config.XANTHUS_TERMINALS_RECORD);
  const { name } = await on.servers.server(tenant, input.server);
  mustHaveRoom(on.config, on.living, tenant, id, call.actor.id);
  const idle = on.config.XANTHUS_TERMINALS_IDLE_MINUTES;
  const result = await decide(on, call, {
    type: 'Request', server: input.server, server_name: name, title: input.title ?? name.slice(0, TITLE), cols: input.cols, rows: input.rows, locale: input.locale ?? null, durable: input.durable, recording, moderated: input.moderated, integration: input.integration,
    purpose: input.purpose ?? null, idle_minutes: idle === 0 ? null : idle, ends_at: endsAt(on.config, now),
  });
  if (!result.repeated && isLiving(result.state)) {
    const state = { ...result.state, tenant, id };
    on.living.expect(state);
    on.host.start(state);
  }
  return { ...writtenBy(result), socket: `/ws/terminal/${id}` };
};

/** What everybody in it notices at once; the rest of the service follows by the view. */
export const change = async (on: TerminalsContext, call: Call, command: SessionCommand): Promise<Written> => {
  const result = await decide(on, call, command);
  on.host.review(call.tenant, call.id);
  return writtenBy(result);
};

export const rename = async (on: TerminalsContext, call: Call, title: string): Promise<Written> => writtenBy(await decide(on, call, { type: 'Rename', title }));

export const resize = async (on: TerminalsContext, call: Call, cols: number, rows: number): Promise<Written> => {
  const result = await decide(on, call, { type: 'Resize', cols, rows });
  on.host.resize(call.tenant, call.id, cols, rows);
  return writtenBy(result);
};

/** Nobody may hold a durable one just now (its copy was killed): it would stay on its host for ever. */
const takeUpUnheld = async (on: TerminalsContext, row: LivingRow | undefined): Promise<void> => {
  if (row?.durable !== true || row.status === 'opening' || (await on.host.held(row.tenant, row.id).catch(() => true))) return;
  on.host.start({ ...row, status: 'interrupted' });
};

/** Written first, then the shell is hung up: whoever holds it, in whichever copy, is told at once. */
export const end = async (on: TerminalsContext, call: Call, command: Extract<SessionCommand, { type: 'Close' | 'Kill' }>): Promise<Written> => {
  const row = on.living.find(call.tenant, call.id);
  const result = await decide(on, call, command);
  await takeUpUnheld(on, row);
  const how = command.type === 'Kill' ? ({ how: 'killed', message: command.reason } as const) : ({ how: 'closed', message: '' } as const);
  void on.host.end(call.tenant, call.id, how).catch((error: unknown) => on.log.warn({ err: error, session: call.id }, 'who holds a session could not be told that it ended; it will see'));
  return writtenBy(result);
};

export const share = async (on: TerminalsContext, call: Call, { person, role, minutes }: ParsedInputOf<typeof shareSession>): Promise<Written> => {
  const { server } = await livingSession(on, call.tenant, call.id);
  mustBeAble(on, call.tenant, { person, role }, { id: call.id, server });
  return change(on, call, { type: 'Share', person, role, until: minutes === undefined ? null : new Date(Date.parse(call.now) + minutes * MINUTE).toISOString() });
};

/** By right: whoever joins is let in as any participant, so that everybody in it sees who it is. */
export const join = async (on: TerminalsContext, call: Call, role: 'observer' | 'moderator'): Promise<Written> => {
  mustBeAllowed(on, call, (await livingSession(on, call.tenant, call.id)).server);
  return change(on, call, { type: 'Join', role });
};

export const handOver = async (on: TerminalsContext, call: Call, person: string): Promise<Written> => {
  const { server } = await livingSession(on, call.tenant, call.id);
  mustBeAble(on, call.tenant, { person, role: 'owner' }, { id: call.id, server });
  return change(on, call, { type: 'HandOver', person });
};

export const extend = async (on: TerminalsContext, call: Call): Promise<OutputOf<typeof extendSession>> => {
  const result = await decide(on, call, { type: 'Extend', until: extensionOf(on.config, call.now) });
  const ends_at = isLiving(result.state) ? result.state.ends_at : null;
  on.host.say(call.tenant, call.id, { op: 'stay', ends_at });
  return { ...writtenBy(result), ends_at };
};
