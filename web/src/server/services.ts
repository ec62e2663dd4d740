/** Services of a machine, in words. Pure. */
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

const NAMES: Readonly<Record<string, string>> = { k3s: 'K3s', 'k3s-agent': t('K3s agent'), ssh: 'SSH', sshd: 'SSH', 'systemd-resolved': t('Name resolution'), 'systemd-timesyncd': t('Clock (timesyncd)'), chrony: t('Clock (chrony)') };
const STATES: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  active: { word: t('Runs'), tone: 'ok' }, failed: { word: t('Failed'), tone: 'bad' }, inactive: { word: t('Stopped'), tone: 'idle' }, activating: { word: t('Starting'), tone: 'info' }, deactivating: { word: t('Stopping'), tone: 'info' },
};

export interface ServiceRow { readonly name: string; readonly label: string; readonly word: string; readonly tone: Tone }

/** What is installed, troubled first; what isn't there is no row. A service that goes by two names is one. */
export const serviceRows = (services: Readonly<Record<string, string>>): readonly ServiceRow[] => Object.entries(services)
  .filter(([, state]) => state !== 'absent')
  .map(([name, state]) => ({ name, label: NAMES[name] ?? name, ...(STATES[state] ?? { word: state, tone: 'idle' as const }) }))
  .sort((a, b) => RANK[a.tone] - RANK[b.tone])
  .filter((row, i, all) => all.findIndex(r => r.label === row.label) === i);

const RANK: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, info: 2, ok: 3, idle: 4 };
