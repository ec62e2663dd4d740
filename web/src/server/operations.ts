/** Long work on a server in words. Pure; "now" comes in, ms since 1970. */
import type { Operation } from '../contracts.js';
import { OPERATION_WORDS } from '../servers/vps-words.js';
import { t } from '../texts/text.js';

const DONE: Readonly<Record<Operation['kind'], string>> = {
  'power-on': t('Switched on'), 'power-off': t('Switched off'), reboot: t('Rebooted'), reset: t('Reset'), shutdown: t('Shut down'), resize: t('Type changed'), rebuild: t('Rebuilt'), 'create-snapshot': t('Snapshot made'), 'delete-snapshot': t('Snapshot deleted'),
};
const WANTED: Readonly<Record<Operation['kind'], string>> = {
  'power-on': t('Switch on'), 'power-off': t('Switch off'), reboot: t('Reboot'), reset: t('Reset'), shutdown: t('Shut down'), resize: t('Change its type'), rebuild: t('Rebuild'), 'create-snapshot': t('Make a snapshot'), 'delete-snapshot': t('Delete a snapshot'),
};

/** What it is about, behind its name: `cx22 → cx32`. */
const about = ({ kind, wish, before }: Operation): string => {
  if (kind === 'resize') return `${before.type ? `${before.type} → ` : ''}${wish.type ?? ''}${wish.grow_disk ? t(', with its disk') : ''}`;
  if (kind === 'rebuild') return wish.image ? t('from {image}', { image: wish.image }) : '';
  if (kind === 'create-snapshot') return wish.description ?? '';
  return wish.snapshot ?? '';
};

export const operationTitle = (operation: Operation): string => {
  const { kind, state } = operation;
  const running = OPERATION_WORDS[kind] ?? kind;
  const title = state === 'running' ? running.charAt(0).toUpperCase() + running.slice(1) : state === 'finished' ? DONE[kind] : t('{what}: did not work', { what: WANTED[kind] });
  const what = about(operation);
  return what ? `${title} (${what})` : title;
};

/** How long what has ended stays on the overview, ms. */
const RECENT = 30 * 60_000;
/** What runs, and what ended a moment ago: the newest first. */
export const currentOperations = (items: readonly Operation[], now: number): readonly Operation[] =>
  items.filter((o, i) => o.state === 'running' || (i < 3 && o.ended_at !== null && now - Date.parse(o.ended_at) < RECENT));
