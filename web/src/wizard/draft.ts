/** What was entered in the wizard "New server", and which step comes next. Pure. */
import type { ProviderKind } from '../contracts.js';
import { t } from '../texts/text.js';

export const STEPS = ['provider', 'key', 'location', 'type', 'review'] as const;
export type Step = (typeof STEPS)[number];
export const STEP_LABELS: Readonly<Record<Step, string>> = { provider: t('Provider'), key: t('Account'), location: t('Location'), type: t('Type'), review: t('Review') };

export const SORTS = ['price', 'cpus', 'memory'] as const;
export type TypeSort = (typeof SORTS)[number];
export interface WizardSearch { readonly step?: Step; readonly arch?: 'x86' | 'arm'; readonly sort?: Exclude<TypeSort, 'price'>; readonly desc?: true }

/** Unknown values in an address are left out, not an error. */
export const readWizardSearch = ({ step, arch, sort, desc }: Record<string, unknown>): WizardSearch => ({
  ...(step !== 'provider' && STEPS.includes(step as Step) ? { step: step as Step } : {}),
  ...(arch === 'x86' || arch === 'arm' ? { arch } : {}),
  ...(sort === 'cpus' || sort === 'memory' ? { sort } : {}),
  ...(desc === true || desc === 'true' ? { desc: true } : {}),
});

export interface Draft {
  readonly kind: string;
  readonly account: string;
  readonly location: string;
  readonly type: string;
  /** Per month with VAT and address, when the type was chosen: to tell when it changed since. */
  readonly seen: string;
  readonly name: string;
  readonly image: string;
  readonly time_zone: string;
  readonly ssh_keys: readonly string[];
  readonly port: string;
}

export const EMPTY_DRAFT: Draft = { kind: '', account: '', location: '', type: '', seen: '', name: '', image: '', time_zone: '', ssh_keys: [], port: '22' };

/** Chosen anew, what hung on it is open again: each provider has its own places, each place its own types. */
export const choose = (draft: Draft, change: Partial<Draft>): Draft => {
  const next = { ...draft, ...change };
  if (next.kind !== draft.kind) return { ...next, account: change.account ?? '', location: '', type: '', seen: '', image: '' };
  if (next.account !== draft.account) return { ...next, location: '', type: '', seen: '', image: '' };
  if (next.location !== draft.location) return { ...next, type: change.type ?? next.type, seen: change.seen ?? '' };
  return next;
};

/** After an order: another server like it has another name; all else may be as before, also to choose again what was refused. */
export const nextOne = (draft: Draft): Draft => ({ ...draft, name: '', seen: '' });

/** What was kept in the session, as far as it still is a draft. */
export const readDraft = (text: string | null): Draft => {
  let given: unknown;
  try { given = JSON.parse(text ?? '{}'); } catch { return EMPTY_DRAFT; }
  if (typeof given !== 'object' || given === null) return EMPTY_DRAFT;
  const entries = Object.entries(EMPTY_DRAFT).map(([key, empty]) => {
    const value = (given as Record<string, unknown>)[key];
    if (Array.isArray(empty)) return [key, Array.isArray(value) ? value.filter(v => typeof v === 'string') : empty];
    return [key, typeof value === 'string' ? value : empty];
  });
  return Object.fromEntries(entries) as Draft;
};

/** A provider without a key has no step for one. */
export const stepsFor = (kind: Pick<ProviderKind, 'key'> | undefined): readonly Step[] => (kind && kind.key === null ? STEPS.filter(s => s !== 'key') : STEPS);

/** Is what a step asks for answered? Of the last only the command can tell. */
const ANSWERED: Readonly<Record<Step, (draft: Draft) => boolean>> = {
  provider: d => d.kind !== '', key: d => d.account !== '', location: d => d.location !== '', type: d => d.type !== '', review: () => false,
};

/** The furthest step that can be opened: everything before it is answered. */
export const furthest = (draft: Draft, steps: readonly Step[]): Step => steps.find(s => !ANSWERED[s](draft)) ?? 'review';

/** The step that an address asks for, but none whose questions hang on answers that are not there. */
export const stepAt = (wanted: Step | undefined, draft: Draft, steps: readonly Step[]): Step => {
  const most = furthest(draft, steps);
  const step = wanted ?? 'provider';
  return steps.includes(step) && steps.indexOf(step) <= steps.indexOf(most) ? step : most;
};

/** The same request has the same key, however often it is sent; a changed one has another. */
export interface Attempt { readonly key: string; readonly of: string }
export const attemptFor = (before: Attempt | undefined, input: unknown, fresh: () => string): Attempt => {
  const of = JSON.stringify(input);
  return before?.of === of ? before : { key: fresh(), of };
};
