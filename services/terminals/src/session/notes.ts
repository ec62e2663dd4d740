import { ConflictError, newId, Refusal, type CommandResult } from '@xanthus/kernel';
import { handleAsService } from '@xanthus/processes';
import type { SessionNotes } from '../hosting/host.js';
import type { TerminalsBase } from '../terminals.context.js';
import type { SessionEvent, SessionState } from './session.js';
import { sessionType, type SessionCommand } from './session.decide.js';

/** Pause before what could not be written is tried again, ms: doubled each time. */
const PAUSE = 200;
const LONGEST = 10_000;
/** Many sizes in a row are one event. */
const SETTLED = 1_000;
/** A shell can mark as many commands as it likes: more than so many a minute are not written down one by one. */
const COMMANDS_A_MINUTE = 120;

type Noting = Pick<TerminalsBase, 'nc' | 'store' | 'snapshots' | 'cache' | 'log' | 'now'>;

/** By the service itself. */
export const note = (on: Noting, tenant: string, id: string, command: SessionCommand, command_id = newId()): Promise<CommandResult<SessionState, SessionEvent>> =>
  handleAsService(on, sessionType, tenant, id, command, { command_id });

/** Tried until it is written or refused, or the connection is closed for good. */
const noteUntilDone = async (on: Noting, tenant: string, id: string, command: SessionCommand): Promise<void> => {
  const command_id = newId();
  for (let pause = PAUSE; !on.nc.isClosed(); pause = Math.min(2 * pause, LONGEST)) {
    try {
      await note(on, tenant, id, command, command_id);
      return;
    } catch (error) {
      if (error instanceof Refusal) return on.log.debug({ err: error, tenant, session: id, command: command.type }, 'a note of a session was refused');
      if (!(error instanceof ConflictError)) on.log.warn({ err: error, tenant, session: id, command: command.type }, 'a note of a session could not be written, and is tried again');
      await new Promise((resolve) => { setTimeout(resolve, pause).unref(); });
    }
  }
};

/** One after the other, so that what was left is not written before what was entered. */
export const notesOf = (on: Noting, tenant: string, id: string): SessionNotes => {
  let turn = Promise.resolve();
  let size: { readonly cols: number; readonly rows: number; readonly timer: NodeJS.Timeout } | undefined;
  let minute = 0;
  let commands = 0;
  const write = (command: SessionCommand): Promise<void> => (turn = turn.then(() => noteUntilDone(on, tenant, id, command)));
  const settle = (): void => {
    if (size === undefined) return;
    const { cols, rows, timer } = size;
    clearTimeout(timer);
    size = undefined;
    void write({ type: 'NoteResized', cols, rows });
  };
  return {
    opened: ({ user, address, hostKey }) => write({ type: 'NoteOpened', user, address, host_key: hostKey }),
    interrupted: m => write({ type: 'NoteInterrupted', ...m }),
    resumed: () => write({ type: 'NoteResumed' }),
    attached: v => void write({ type: 'NoteAttached', ...v }),
    detached: v => void write({ type: 'NoteDetached', ...v }),
    resized(cols, rows) {
      clearTimeout(size?.timer);
      size = { cols, rows, timer: setTimeout(settle, SETTLED) };
    },
    commandRan({ offset, startedAt, durationMs, exitCode, confidence }) {
      const now = Math.floor(on.now() / 60_000);
      if (now !== minute) [minute, commands] = [now, 0];
      if (++commands <= COMMANDS_A_MINUTE) void write({ type: 'NoteCommand', offset, started_at: startedAt, duration_ms: durationMs, exit_code: exitCode, confidence });
    },
    ended(e) {
      settle();
      return write({ type: 'End', ...e });
    },
  };
};
