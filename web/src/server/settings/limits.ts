/** Limits of a server's alerts, as they are typed. Pure. */
import type { AlertKind, ServerAlerts } from '../../contracts.js';
import { t } from '../../texts/text.js';

export interface LimitsDraft { readonly disk: string; readonly load: string; readonly off: readonly AlertKind[] }

export const showLimits = ({ disk, load, off }: ServerAlerts['limits']): LimitsDraft => ({ disk: disk === undefined ? '' : String(Math.round(disk * 100)), load: load === undefined ? '' : String(load), off: off ?? [] });

const number = (text: string): number => Number(text.trim().replace(',', '.').replace(/\s*%$/, ''));

/** Empty: as for all servers. */
export const readLimits = ({ disk, load, off }: LimitsDraft): ServerAlerts['limits'] => ({
  ...(disk.trim() ? { disk: number(disk) / 100 } : {}), ...(load.trim() ? { load: number(load) } : {}), ...(off.length > 0 ? { off: off.toSorted() } : {}),
});

export const limitsProblem = ({ disk, load }: LimitsDraft): { readonly disk?: string; readonly load?: string } => ({
  ...(disk.trim() && !(number(disk) >= 50 && number(disk) <= 99) ? { disk: t('50 to 99.') } : {}),
  ...(load.trim() && !(number(load) >= 0.5 && number(load) <= 100) ? { load: t('0.5 to 100.') } : {}),
});
