import { applicationsUndo } from './applications.js';
import { auditUndo } from './audit.js';
import { authUndo } from './auth.js';
import { dnsUndo } from './dns.js';
import { notificationsUndo } from './notifications.js';
import { terminalsUndo } from './terminals.js';
import { cannot, type Undo, type UndoneEvent, type UndoTable } from './undo.js';
import { vpsUndo } from './vps.js';

export type { Fields, Given, Said, Sending, Undo, UndoCannot, UndoCommand, UndoneEvent, UndoPage, UndoTable } from './undo.js';

export const UNDO: Readonly<Record<string, UndoTable>> = { applications: applicationsUndo, audit: auditUndo, auth: authUndo, dns: dnsUndo, notifications: notificationsUndo, terminals: terminalsUndo, vps: vpsUndo };

const UNKNOWN = cannot('This console does not know this kind of event, so it does not know how to take it back.');

/** How an event is taken back. */
export const undoOf = (event: UndoneEvent): Undo => {
  const { service, name } = event.aggregate;
  const table = Object.hasOwn(UNDO, service) ? UNDO[service] : undefined;
  const key = `${name}.${event.type}`;
  const row = table && Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof row === 'function' ? row(event) : row ?? UNKNOWN;
};
