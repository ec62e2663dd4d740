/** States of a server in words, and which actions each allows: one table, mirroring the rules of the service. */
import type { Server } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export type ServerStatus = Server['status'];

export const STATUS: Readonly<Record<ServerStatus, { readonly label: string; readonly tone: Tone; readonly moving?: true; readonly sentence: string }>> = {
  connecting: { label: t('Connecting'), tone: 'info', moving: true, sentence: t('Adopted; the first connection is being made.') },
  reachable: { label: t('Reachable'), tone: 'ok', sentence: t('Answers over SSH.') },
  unreachable: { label: t('Unreachable'), tone: 'warn', sentence: t('Doesn’t answer over SSH. It is tried again all the time.') },
  blocked: { label: t('Blocked'), tone: 'bad', sentence: t('Shows another host key than the accepted one. Nothing is sent to it until somebody accepts the new key.') },
};
export const STATUSES = Object.keys(STATUS) as readonly ServerStatus[];

export type ServerAction = 'rename' | 'accept_host_key' | 'remove';

/** Why an action can't be done now; undefined: it can. `may`: the right to send its command. */
export const blockedBecause = (action: ServerAction, server: Pick<Server, 'status'>, may: boolean): string | undefined => {
  if (!may) return t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.');
  if (action === 'accept_host_key' && server.status !== 'blocked') return t('The host key is the accepted one.');
  return undefined;
};
