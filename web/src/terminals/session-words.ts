/** What sessions are called on this page, and what one may do with them. Pure. */
import type { TerminalStatus } from '@xanthus/client/terminal';
import type { TerminalSession } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export const ROLE_WORDS: Readonly<Record<string, string>> = { owner: t('Owner'), peer: t('Types too'), observer: t('Watches'), moderator: t('Moderates'), type: t('Types'), watch: t('Watches') };
export const RECORDING_WORDS: Readonly<Record<TerminalSession['recording'], string>> = {
  off: t('Nothing is kept'), output: t('What the shell writes is recorded, not what you type'), all: t('Everything is recorded: what the shell writes and what you type, passwords too'),
};

const ENDS: Readonly<Record<string, string>> = {
  exit: t('The shell ended'), closed: t('The session was closed'), killed: t('The session was ended by an administrator'), idle: t('Nobody typed for too long'), time: t('The time for this session is over'), rights: t('The right to work on this server was withdrawn'),
  failed: t('The session could not be opened'), lost: t('The connection was lost'), 'server-gone': t('The server was removed'), recording: t('It could not be recorded any longer'), NOT_FOUND: t('There is no such session'),
};
export const endWords = (how: string, code?: number | null, signal?: string | null): string => `${ENDS[how] ?? t('The session is over')}${signal ? t(' (signal {signal})', { signal }) : how === 'exit' && code !== null && code !== undefined && code !== 0 ? t(' with code {code}', { code }) : ''}`;

export interface ShownState { readonly tone: Tone; readonly moving: boolean; readonly label: string; /** Why, in a sentence. */ readonly detail?: string | undefined }

/** @param now ms since 1970 */
export const stateOfTerminal = (status: TerminalStatus, now: number): ShownState => {
  const detail = status.reason?.message;
  switch (status.state) {
    case 'connecting': return { tone: 'info', moving: true, label: t('Connecting'), detail };
    case 'replaying': return { tone: 'info', moving: true, label: t('Catching up') };
    case 'live': return status.opening ? { tone: 'info', moving: true, label: t('Opening') } : { tone: 'ok', moving: false, label: t('Live') };
    case 'interrupted': return { tone: 'warn', moving: true, label: t('Interrupted'), detail: detail ?? t('The host cannot be reached; the shell lives on there and is looked for.') };
    case 'reconnecting': {
      const wait = status.retry_at === undefined ? 0 : Math.ceil((status.retry_at - now) / 1_000);
      return { tone: 'warn', moving: true, label: wait > 0 ? t('Reconnecting in {wait} s', { wait }) : t('Reconnecting'), detail };
    }
    case 'ended': return { tone: 'idle', moving: false, label: t('Ended'), detail: status.exit ? [endWords(status.exit.reason, status.exit.code, status.exit.signal), status.exit.message].filter(Boolean).join('. ') : detail };
  }
};

export const stateOfSession = (session: TerminalSession): ShownState => {
  switch (session.state) {
    case 'opening': return { tone: 'info', moving: true, label: t('Opening') };
    case 'open': return { tone: 'ok', moving: false, label: t('Open') };
    case 'interrupted': return { tone: 'warn', moving: true, label: t('Interrupted'), detail: session.interruption ?? undefined };
    case 'ended': return { tone: 'idle', moving: false, label: t('Ended'), detail: session.end ? endWords(session.end.how, session.end.code, session.end.signal) : undefined };
  }
};

export type Group = 'mine' | 'shared' | 'others' | 'ended';
export const GROUP_LABELS: Readonly<Record<Group, string>> = { mine: t('Mine'), shared: t('Shared with me'), others: t('Of others'), ended: t('Ended') };

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

export const megabytes = (bytes: number): string => (bytes < 100_000 ? t('{max} kB', { max: Math.max(1, Math.round(bytes / 1_000)) }) : t('{bytes} MB', { bytes: (bytes / 1_000_000).toFixed(1) }));
