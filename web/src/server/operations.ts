/** Long work on a server in words. Pure; "now" comes in, ms since 1970. */
import { OPERATION_WORDS } from '@xanthus/proto/vps';
import type { Operation } from '../contracts.js';

const DONE: Readonly<Record<Operation['kind'], string>> = {
  'power-on': 'Switched on', 'power-off': 'Switched off', reboot: 'Rebooted', reset: 'Reset', shutdown: 'Shut down', resize: 'Type changed', rebuild: 'Rebuilt', 'create-snapshot': 'Snapshot made', 'delete-snapshot': 'Snapshot deleted',
};
const WANTED: Readonly<Record<Operation['kind'], string>> = {
  'power-on': 'Switch on', 'power-off': 'Switch off', reboot: 'Reboot', reset: 'Reset', shutdown: 'Shut down', resize: 'Change its type', rebuild: 'Rebuild', 'create-snapshot': 'Make a snapshot', 'delete-snapshot': 'Delete a snapshot',
};

/** What it is about, behind its name: `cx22 → cx32`. */
const about = ({ kind, wish, before }: Operation): string => {
  if (kind === 'resize') return `${before.type ? `${before.type} → ` : ''}${wish.type ?? ''}${wish.grow_disk ? ', with its disk' : ''}`;
  if (kind === 'rebuild') return wish.image ? `from ${wish.image}` : '';
  if (kind === 'create-snapshot') return wish.description ?? '';
  return wish.snapshot ?? '';
};

export const operationTitle = (operation: Operation): string => {
  const { kind, state } = operation;
  const running = OPERATION_WORDS[kind] ?? kind;
  const title = state === 'running' ? running.charAt(0).toUpperCase() + running.slice(1) : state === 'finished' ? DONE[kind] : `${WANTED[kind]}: did not work`;
  const what = about(operation);
  return what ? `${title} (${what})` : title;
};

/** How long what has ended stays on the overview, ms. */
const RECENT = 30 * 60_000;
/** What runs, and what ended a moment ago: the newest first. */
export const currentOperations = (items: readonly Operation[], now: number): readonly Operation[] =>
  items.filter((o, i) => o.state === 'running' || (i < 3 && o.ended_at !== null && now - Date.parse(o.ended_at) < RECENT));
