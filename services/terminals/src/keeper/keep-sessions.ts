import { readState } from '@xanthus/kernel';
import { pause, runRounds } from '@xanthus/processes';
import { isLiving } from '../session/session.js';
import { sessionType } from '../session/session.decide.js';
import { note } from '../session/notes.js';
import type { Pace, TerminalsContext } from '../terminals.context.js';
import type { LivingRow } from '../views/sessions.js';

/** A shell that was asked for so long ago and never began is of no use to anybody, ms. */
const STALE = 120_000;
const AT_ONCE = 20;

const GONE = 'The part of Xanthus that held this terminal ended, and its shell with it. Open a new one; one that is kept on the host (durable) would have come back.';
const TAKEN_UP = 'The part of Xanthus that held this terminal ended. Its shell lives on on the host and is looked for.';
const NEVER = 'The part of Xanthus that was to open it ended. Open a new one.';

/** Sessions that nobody holds: durable ones are taken up again by this copy, the others are over. Run it in one copy only. */
export const keepSessions = async (on: TerminalsContext, { round: every, unheld: patience }: Pick<Pace, 'round' | 'unheld'>, signal: AbortSignal): Promise<void> => {
  /** Since when nobody answers, by session. */
  const unheld = new Map<string, number>();
  await runRounds<LivingRow>({
    every, pause, atOnce: AT_ONCE, patience: 5_000, log: on.log,
    items() {
      const rows = on.living.all();
      const keys = new Set(rows.map(r => `${r.tenant}.${r.id}`));
      for (const key of unheld.keys()) if (!keys.has(key)) unheld.delete(key);
      return rows;
    },
    async look(row) {
      const key = `${row.tenant}.${row.id}`;
      if (on.host.has(row.tenant, row.id) || (await on.host.held(row.tenant, row.id))) return void unheld.delete(key);
      const since = unheld.get(key);
      if (since === undefined) return void unheld.set(key, on.now());
      if (on.now() - since < patience) return;
      unheld.delete(key);
      await takeUp(on, row);
    },
    // Who cannot be asked may still hold it.
    failed: ({ tenant, id }) => void unheld.delete(`${tenant}.${id}`),
  }, signal);
};

/** The view may be late: what counts is what is written. */
const takeUp = async (on: TerminalsContext, { tenant, id }: LivingRow): Promise<void> => {
  const state = await readState(on, sessionType, tenant, id);
  if (!isLiving(state)) return;
  const end = (how: 'lost' | 'failed' | 'rights', message: string): Promise<unknown> => note(on, tenant, id, { type: 'End', how, code: null, signal: null, message, problem: null });
  if (on.forgotten.has(tenant)) return void await end('rights', 'The organisation was forgotten.');
  if (state.status === 'opening' && on.now() - Date.parse(state.requested_at) > STALE) return void await end('failed', NEVER);
  if (state.status !== 'opening' && !state.durable) return void await end('lost', GONE);
  const taken = await note(on, tenant, id, { type: 'TakeUp', message: TAKEN_UP });
  if (isLiving(taken.state)) on.host.start({ ...taken.state, tenant, id });
  on.log.info({ session: id, state: state.status }, 'a session that nobody held was taken up');
};
