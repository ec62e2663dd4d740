/** States of a server in words, and which actions each allows: one table, mirroring the rules of the service. */
import type { Server } from '../contracts.js';
import type { Tone } from '../ui/status-pill.js';

export type ServerStatus = Server['status'];

export const STATUS: Readonly<Record<ServerStatus, { readonly label: string; readonly tone: Tone; readonly moving?: true; readonly sentence: string }>> = {
  connecting: { label: 'Connecting', tone: 'info', moving: true, sentence: 'Adopted; the first connection is being made.' },
  reachable: { label: 'Reachable', tone: 'ok', sentence: 'Answers over SSH.' },
  unreachable: { label: 'Unreachable', tone: 'warn', sentence: 'Doesn’t answer over SSH. It is tried again all the time.' },
  blocked: { label: 'Blocked', tone: 'bad', sentence: 'Shows another host key than the accepted one. Nothing is sent to it until somebody accepts the new key.' },
};
export const STATUSES = Object.keys(STATUS) as readonly ServerStatus[];

export type ServerAction = 'rename' | 'accept_host_key' | 'remove';

/** Why an action can't be done now; undefined: it can. `may`: the right to send its command. */
export const blockedBecause = (action: ServerAction, server: Pick<Server, 'status'>, may: boolean): string | undefined => {
  if (!may) return 'Your role doesn’t allow this (DENIED). Ask an owner or administrator.';
  if (action === 'accept_host_key' && server.status !== 'blocked') return 'The host key is the accepted one.';
  return undefined;
};
