/** Kubernetes objects that are about to be applied. Pure. */
import type { ManifestPlan } from '../../contracts.js';
import { t } from '../../texts/text.js';
import type { Tone } from '../../ui/status-pill.js';

/** As the service takes them at most, bytes. */
export const LIMIT = 40 * 1024;

type Outcome = ManifestPlan['objects'][number]['outcome'];
export const OUTCOMES: Readonly<Record<Outcome, { readonly will: string; readonly was: string; readonly tone: Tone }>> = {
  created: { will: t('would be made'), was: 'made', tone: 'ok' }, configured: { will: t('would change'), was: 'changed', tone: 'warn' }, unchanged: { will: t('stays as it is'), was: t('stayed as it was'), tone: 'idle' }, refused: { will: t('would be refused'), was: 'refused', tone: 'bad' },
};

export const tooLong = (yaml: string): string | undefined => {
  const bytes = new TextEncoder().encode(yaml).length;
  return bytes > LIMIT ? t('{size} KiB; at most {most} KiB can be applied at once.', { size: Math.ceil(bytes / 1024), most: LIMIT / 1024 }) : undefined;
};

/** Is there anything to apply, and would it be taken? A sentence why not. */
export const applyBlocked = (plan: ManifestPlan | undefined): string | undefined => {
  if (!plan) return t('See what it would do first.');
  if (plan.objects.some(o => o.outcome === 'refused')) return t('The cluster would refuse a part of it.');
  return plan.objects.every(o => o.outcome === 'unchanged') ? t('Nothing would change.') : undefined;
};

export type DiffLine = readonly [kind: 'added' | 'removed' | 'place' | 'same', text: string];
export const diffLines = (diff: string): readonly DiffLine[] => diff.replace(/\n$/, '').split('\n').map(text => [
  text.startsWith('@@') || text.startsWith('+++') || text.startsWith('---') || text.startsWith('diff ') ? 'place' : text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same', text,
]);
