/** What somebody changed at Cloudflare, in words. Pure. */
import type { ZoneDrift } from '../contracts.js';
import { t } from '../texts/text.js';

type Kind = ZoneDrift['finding']['kind'];
export const DRIFT_TITLES: Readonly<Record<Kind, string>> = { changed: t('Changed outside'), missing: t('Deleted outside'), unknown: t('Made outside') };
/** What each answer does. */
export const DRIFT_EFFECTS: Readonly<Record<Kind, { readonly accept: string; readonly revert: string }>> = {
  changed: { accept: t('It stays as it is at Cloudflare, and is known so here.'), revert: t('A plan makes it what it was. Nothing is changed before you apply it.') },
  missing: { accept: t('It stays deleted, and is no longer known here.'), revert: t('A plan makes it again. Nothing is changed before you apply it.') },
  unknown: { accept: t('It stays at Cloudflare and is known here as somebody else’s: no plan touches it.'), revert: t('A plan deletes it. Nothing is changed before you apply it.') },
};
const RANK: Readonly<Record<Kind, number>> = { missing: 0, changed: 1, unknown: 2 };
export const driftList = (rows: Iterable<ZoneDrift>): readonly ZoneDrift[] =>
  [...rows].sort((a, b) => RANK[a.finding.kind] - RANK[b.finding.kind] || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
