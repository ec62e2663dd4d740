/** What every copy watches over for the sessions that it holds: their time, who may be in them, and what other copies did to them. */
import { readState } from '@xanthus/kernel';
import { pause } from '@xanthus/processes';
import { isOver } from '../session/session.js';
import { sessionType, type SessionCommand } from '../session/session.decide.js';
import { note } from '../session/notes.js';
import type { TerminalsContext } from '../terminals.context.js';
import { mayBeIn } from '../use-cases/rights.js';
import type { LivingRow } from '../views/sessions.js';
import { messageOf, nextEnd, warnAt } from './limits.js';

/** Between looks, ms. */
const LOOK = 1_000;
const NO_RIGHTS = 'The right to work on this server, or in its terminals, was withdrawn.';
const FORGOTTEN = 'The organisation was forgotten.';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const peopleOf = ({ participants, moderated, server }: LivingRow): unknown => [participants, moderated, server];

/** Looks after the sessions that this copy holds. */
export const createOwnWatch = (on: TerminalsContext) => {
  /** Of which end people were warned, by session. */
  const warned = new Map<string, number>();
  const turns = new Map<string, Promise<void>>();

  /** One act on a session at a time; what fails comes again at the next look. */
  const act = (row: LivingRow, command: SessionCommand, then: () => unknown): Promise<void> => {
    const key = `${row.tenant}.${row.id}`;
    const turn = (turns.get(key) ?? Promise.resolve())
      .then(() => note(on, row.tenant, row.id, command)).then(then)
      .then(() => undefined, (error: unknown) => on.log.warn({ err: error, session: row.id, command: command.type }, 'a session could not be looked after; it is tried again'))
      .finally(() => { if (turns.get(key) === turn) turns.delete(key); });
    turns.set(key, turn);
    return turn;
  };
  const end = (row: LivingRow, how: 'idle' | 'time' | 'rights', message: string): Promise<void> =>
    act(row, { type: 'End', how, code: null, signal: null, message, problem: null }, () => hangUp(on, row.tenant, row.id, how, message));

  const checkRights = async (row: LivingRow, only?: string): Promise<void> => {
    // Nobody can say who may do what: then nobody is put out, and nobody new comes in.
    if (!on.rights.current()) return;
    const out = row.participants.filter(p => (only === undefined || p.person === only) && !mayBeIn(on, row.tenant, p, row));
    if (out.some(p => p.person === row.owner)) return end(row, 'rights', NO_RIGHTS);
    await Promise.all(out.map(({ person }) => act(row, { type: 'WithdrawRights', person, message: NO_RIGHTS }, () => on.host.review(row.tenant, row.id))));
  };

  const checkTime = async (row: LivingRow, now: number): Promise<void> => {
    const next = nextEnd(row, on.host.lastTyped(row.tenant, row.id));
    if (next === undefined) return;
    const key = `${row.tenant}.${row.id}`;
    if (now >= next.at) return end(row, next.reason, messageOf(next, row));
    if (now >= warnAt(next, row)) {
      if (warned.get(key) === next.at) return;
      warned.set(key, next.at);
      on.host.say(row.tenant, row.id, { op: 'warning', reason: next.reason, ends_at: new Date(next.at).toISOString() });
    } else if (warned.delete(key)) on.host.say(row.tenant, row.id, { op: 'stay', ends_at: row.ends_at });
  };

  const check = async (row: LivingRow): Promise<void> => {
    if (on.forgotten.has(row.tenant)) return end(row, 'rights', FORGOTTEN);
    const now = on.now();
    await checkRights(row);
    await checkTime(row, now);
    if (row.participants.some(p => isOver(p, new Date(now).toISOString()))) await act(row, { type: 'Expire' }, () => on.host.review(row.tenant, row.id));
  };

  return {
    checkRights,
    /** Resolves when all that it came to is done. */
    look: async (): Promise<void> => void await Promise.all(on.living.all().filter(row => on.host.has(row.tenant, row.id)).map(check)),
    ended: (tenant: string, id: string): void => void warned.delete(`${tenant}.${id}`),
  };
};

/** Until the signal. On every copy. */
export const watchOwn = async (on: TerminalsContext, signal: AbortSignal): Promise<void> => {
  const own = createOwnWatch(on);
  on.living.onChange(({ tenant, id, row, before }) => {
    if (row === undefined) own.ended(tenant, id);
    if (!on.host.has(tenant, id)) return;
    if (row === undefined) void endAsWritten(on, tenant, id);
    else if (before !== undefined && !same(peopleOf(before), peopleOf(row))) on.host.review(tenant, id);
  });
  const stop = on.rights.onChange(({ tenant, principal }) => {
    for (const row of on.living.of(tenant)) if (on.host.has(tenant, row.id)) void own.checkRights(row, principal);
  });
  while (!signal.aborted) {
    await pause(LOOK, signal);
    await own.look();
  }
  stop();
};

const hangUp = (on: TerminalsContext, tenant: string, id: string, how: Parameters<TerminalsContext['host']['end']>[2]['how'], message: string): Promise<void> =>
  on.host.end(tenant, id, { how, message }).catch((error: unknown) => on.log.warn({ err: error, session: id }, 'the shell of a session that ended could not be hung up'));

/** Somebody ended it in another copy. */
const endAsWritten = async (on: TerminalsContext, tenant: string, id: string): Promise<void> => {
  try {
    const state = await readState(on, sessionType, tenant, id);
    if (state.status === 'ended') await hangUp(on, tenant, id, state.end.how, state.end.message);
  } catch (error) {
    on.log.warn({ err: error, session: id }, 'how a session ended could not be read');
  }
};
