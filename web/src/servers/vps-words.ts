/** What proto says of servers in English, in the person's language: steps, work, and why something can't be done now. Pure; a spec holds it against proto. */
import type { RemovalStep, SetUpStep } from '@xanthus/proto/vps';
import { t, tc } from '../texts/text.js';

export const SET_UP_WORDS: Readonly<Record<SetUpStep, string>> = {
  key: t('SSH key at the provider'), server: t('Order the machine'), boot: t('Machine starts'), ssh: t('First contact'), prepare: t('System is prepared'), k3s: 'K3s', helm: 'Helm', traefik: 'Traefik', verify: t('Everything is checked'), ready: t('Ready'),
};
export const REMOVAL_WORDS: Readonly<Record<RemovalStep, string>> = {
  stop: t('Stop what runs'), delete: t('Delete at the provider'), gone: t('See that it is gone'), key: t('SSH key at the provider'), secrets: t('Destroy its secrets'),
};
/** In the middle of a sentence. */
export const OPERATION_WORDS: Readonly<Record<string, string>> = {
  'power-on': tc('work', 'switching on'), 'power-off': tc('work', 'switching off'), reboot: tc('work', 'rebooting'), reset: tc('work', 'resetting'), shutdown: tc('work', 'shutting down'), resize: tc('work', 'changing its type'), rebuild: tc('work', 'rebuilding'),
  'create-snapshot': tc('work', 'making a snapshot'), 'delete-snapshot': tc('work', 'deleting a snapshot'),
};

/** By the English of proto. */
export const REASONS: Readonly<Record<string, string>> = {
  'K3s is not installed on it.': t('K3s is not installed on it.'),
  'Its host key changed: nothing is sent to it until somebody accepts the new one.': t('Its host key changed: nothing is sent to it until somebody accepts the new one.'),
  'It is switched off.': t('It is switched off.'),
  'It does not answer over SSH now.': t('It does not answer over SSH now.'),
  'Its user is neither root nor has sudo without a password.': t('Its user is neither root nor has sudo without a password.'),
  'What is not written to its disk is lost.': t('What is not written to its disk is lost.'),
  'Nobody can switch it on again from here: that takes somebody at the machine, or its own provider\'s console.': t('Nobody can switch it on again from here: that takes somebody at the machine, or its own provider\'s console.'),
  'It is switched on already.': t('It is switched on already.'),
  'It is switched off already.': t('It is switched off already.'),
  'No provider of yours can switch this machine on.': t('No provider of yours can switch this machine on.'),
  'Only a provider can do this, and this machine has none here.': t('Only a provider can do this, and this machine has none here.'),
  'This server\'s provider makes no snapshots here.': t('This server\'s provider makes no snapshots here.'),
  'This server\'s provider cannot change its type.': t('This server\'s provider cannot change its type.'),
  'Switch it off first: its type changes only while it is off.': t('Switch it off first: its type changes only while it is off.'),
  'Everything on its disk is lost.': t('Everything on its disk is lost.'),
  'This server\'s provider cannot rebuild it.': t('This server\'s provider cannot rebuild it.'),
  'It is being deleted.': t('It is being deleted.'),
  'It is still being made.': t('It is still being made.'),
  'It is being set up. Wait until that has ended, or cancel it.': t('It is being set up. Wait until that has ended, or cancel it.'),
};

/** Why something can't be done, or what to know before, as proto's table of actions says it. `operation`: the kind of what is under way. */
export const reasonWords = (reason: string, operation?: string): string =>
  REASONS[reason] ?? (operation !== undefined && reason.startsWith('It is busy:') ? t('It is busy: {what}. Wait until that has ended.', { what: OPERATION_WORDS[operation] ?? operation }) : reason);
