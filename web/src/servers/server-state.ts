/** One word for how a server is, out of all that is known: its making and deleting first, then work on it, then whether it answers. Pure. */
import type { Server } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';
import type { ServerState } from './list-search.js';
import { STATUS } from './server-status.js';
import { OPERATION_WORDS, SET_UP_WORDS } from './vps-words.js';


export interface StateWords { readonly state: ServerState; readonly label: string; readonly tone: Tone; readonly moving?: true; readonly sentence: string }

const LIFECYCLE: Readonly<Record<'creating' | 'setting-up' | 'failed' | 'deleting' | 'removal-failed', { readonly label: string; readonly tone: Tone; readonly moving?: true; readonly sentence: string }>> = {
  creating: { label: t('Creating'), tone: 'info', moving: true, sentence: t('Is being made.') },
  'setting-up': { label: t('Setting up'), tone: 'info', moving: true, sentence: t('K3s is being installed.') },
  failed: { label: t('Set-up failed'), tone: 'bad', sentence: t('Its set-up failed.') },
  deleting: { label: t('Deleting'), tone: 'warn', moving: true, sentence: t('Is being deleted.') },
  'removal-failed': { label: t('Not deleted'), tone: 'bad', sentence: t('It could not be deleted.') },
};
export const STATE_LABELS: Readonly<Record<ServerState, { readonly label: string; readonly tone: Tone }>> = { ...LIFECYCLE, ...STATUS, off: { label: t('Off'), tone: 'idle' } };

type Known = Pick<Server, 'status' | 'reason' | 'lifecycle' | 'setup_step' | 'lifecycle_problem' | 'power' | 'operation'>;

export const stateOf = (server: Known): StateWords => {
  const { lifecycle, status, power, operation, setup_step, lifecycle_problem } = server;
  if (lifecycle && lifecycle !== 'ready') {
    const words = LIFECYCLE[lifecycle];
    const step = (lifecycle === 'creating' || lifecycle === 'setting-up') && setup_step ? SET_UP_WORDS[setup_step] : undefined;
    return { state: lifecycle, ...words, sentence: step ?? lifecycle_problem?.message ?? words.sentence };
  }
  if (status === 'blocked') return { state: 'blocked', ...STATUS.blocked };
  const doing = operation && OPERATION_WORDS[operation.kind];
  if (doing) return { state: power === 'off' ? 'off' : status, label: `${doing.charAt(0).toUpperCase()}${doing.slice(1)}`, tone: 'info', moving: true, sentence: t('Work on it is under way.') };
  if (power === 'off') return { state: 'off', label: t('Off'), tone: 'idle', sentence: t('Is switched off.') };
  return { state: status, ...STATUS[status], ...(server.reason ? { sentence: server.reason.message } : {}) };
};
