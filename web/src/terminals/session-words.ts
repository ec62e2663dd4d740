/** What sessions are called on this page, and what one may do with them. Pure. */
import type { TerminalStatus } from '@xanthus/client/terminal';
import type { TerminalSession } from '../contracts.js';
import type { Tone } from '../ui/status-pill.js';

export const ROLE_WORDS: Readonly<Record<string, string>> = { owner: 'Owner', peer: 'Types too', observer: 'Watches', moderator: 'Moderates', type: 'Types', watch: 'Watches' };
export const RECORDING_WORDS: Readonly<Record<TerminalSession['recording'], string>> = {
  off: 'Nothing is kept', output: 'What the shell writes is recorded, not what you type', all: 'Everything is recorded: what the shell writes and what you type, passwords too',
};

const ENDS: Readonly<Record<string, string>> = {
  exit: 'The shell ended', closed: 'The session was closed', killed: 'The session was ended by an administrator', idle: 'Nobody typed for too long', time: 'The time for this session is over', rights: 'The right to work on this server was withdrawn',
  failed: 'The session could not be opened', lost: 'The connection was lost', 'server-gone': 'The server was removed', recording: 'It could not be recorded any longer', NOT_FOUND: 'There is no such session',
};
export const endWords = (how: string, code?: number | null, signal?: string | null): string => `${ENDS[how] ?? 'The session is over'}${signal ? ` (signal ${signal})` : how === 'exit' && code !== null && code !== undefined && code !== 0 ? ` with code ${code}` : ''}`;

export interface ShownState { readonly tone: Tone; readonly moving: boolean; readonly label: string; /** Why, in a sentence. */ readonly detail?: string | undefined }

/** @param now ms since 1970 */
export const stateOfTerminal = (status: TerminalStatus, now: number): ShownState => {
  const detail = status.reason?.message;
  switch (status.state) {
    case 'connecting': return { tone: 'info', moving: true, label: 'Connecting', detail };
    case 'replaying': return { tone: 'info', moving: true, label: 'Catching up' };
    case 'live': return status.opening ? { tone: 'info', moving: true, label: 'Opening' } : { tone: 'ok', moving: false, label: 'Live' };
    case 'interrupted': return { tone: 'warn', moving: true, label: 'Interrupted', detail: detail ?? 'The host cannot be reached; the shell lives on there and is looked for.' };
    case 'reconnecting': {
      const wait = status.retry_at === undefined ? 0 : Math.ceil((status.retry_at - now) / 1_000);
      return { tone: 'warn', moving: true, label: wait > 0 ? `Reconnecting in ${wait} s` : 'Reconnecting', detail };
    }
    case 'ended': return { tone: 'idle', moving: false, label: 'Ended', detail: status.exit ? [endWords(status.exit.reason, status.exit.code, status.exit.signal), status.exit.message].filter(Boolean).join('. ') : detail };
  }
};

export const stateOfSession = (session: TerminalSession): ShownState => {
  switch (session.state) {
    case 'opening': return { tone: 'info', moving: true, label: 'Opening' };
    case 'open': return { tone: 'ok', moving: false, label: 'Open' };
    case 'interrupted': return { tone: 'warn', moving: true, label: 'Interrupted', detail: session.interruption ?? undefined };
    case 'ended': return { tone: 'idle', moving: false, label: 'Ended', detail: session.end ? endWords(session.end.how, session.end.code, session.end.signal) : undefined };
  }
};

export type Group = 'mine' | 'shared' | 'others' | 'ended';
export const GROUP_LABELS: Readonly<Record<Group, string>> = { mine: 'Mine', shared: 'Shared with me', others: 'Of others', ended: 'Ended' };

/** Where a session belongs for this person; newest first within each. */
export const groupSessions = (sessions: Iterable<TerminalSession>, me: string): Readonly<Record<Group, readonly TerminalSession[]>> => {
  const groups: Record<Group, TerminalSession[]> = { mine: [], shared: [], others: [], ended: [] };
  for (const s of sessions) {
    const mine = s.owner === me;
    const invited = s.participants.some(p => p.person === me);
    if (s.state === 'ended') groups.ended.push(s);
    else groups[mine ? 'mine' : invited ? 'shared' : 'others'].push(s);
  }
  const newest = (a: TerminalSession, b: TerminalSession): number => b.requested_at.localeCompare(a.requested_at);
  return { mine: groups.mine.toSorted(newest), shared: groups.shared.toSorted(newest), others: groups.others.toSorted(newest), ended: groups.ended.toSorted((a, b) => (b.ended_at ?? '').localeCompare(a.ended_at ?? '')).slice(0, 20) };
};

export const megabytes = (bytes: number): string => (bytes < 100_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
