/** Parts of a server's page, in its address. Pure. */
import { t } from '../texts/text.js';

export const SERVER_TABS = [
  ['overview', t('Overview')], ['set-up', t('Set-up')], ['metrics', t('Metrics')], ['applications', t('Applications')],
  ['terminal', t('Terminal')], ['files', t('Files')], ['logs', t('Logs')], ['history', t('History')], ['settings', t('Settings')],
] as const;
export type ServerTab = (typeof SERVER_TABS)[number][0];

const SPANS = ['24h', '30d'] as const;
export interface ServerSearch { readonly tab?: ServerTab; /** Of the metrics; an hour when left out. */ readonly span?: (typeof SPANS)[number]; /** Of the files: an absolute path; the home when left out. */ readonly path?: string }

/** Unknown values in an address are left out, not an error. */
export const readServerSearch = ({ tab, span, path }: Record<string, unknown>): ServerSearch => {
  const found = SERVER_TABS.find(([key]) => key === tab)?.[0];
  const long = SPANS.find(s => s === span);
  return { ...(found && found !== 'overview' ? { tab: found } : {}), ...(found === 'metrics' && long ? { span: long } : {}), ...(found === 'files' && typeof path === 'string' && path.startsWith('/') ? { path } : {}) };
};
