/** What is said of recordings. Pure. */
import type { Recording } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export const shownState = (r: Pick<Recording, 'state' | 'whole'>): { readonly label: string; readonly tone: Tone; readonly moving?: true } =>
  r.state === 'recording' ? { label: t('Recording'), tone: 'info', moving: true } : r.whole === false ? { label: t('Not whole'), tone: 'warn' } : { label: t('Whole'), tone: 'ok' };

export const OPENINGS: Readonly<Record<Recording['opened'][number]['what'], string>> = { played: t('played it'), exported: t('downloaded it'), searched: t('found words in it') };

/** Newest first; by title, server and who it was. */
export const filterRecordings = (all: readonly Recording[], wanted: string, nameOf: (person: string) => string): Recording[] => {
  const needle = wanted.trim().toLowerCase();
  return all.filter(r => needle === '' || [r.title, r.server_name, nameOf(r.person)].some(text => text.toLowerCase().includes(needle))).toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1));
};

/** Until when it is kept; null: for ever. */
export const keptUntil = (r: Pick<Recording, 'expires_at' | 'kept_until'>): string | null => (r.expires_at === null ? null : r.kept_until !== null && r.kept_until > r.expires_at ? r.kept_until : r.expires_at);
