/** Plans in words, and their changes as what a person compares. Pure. */
import type { DnsRecord, KnownRecord, Plan, PlanObstacle, PlanRisk, PlanVisibility, RecordChange } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';
import { tallyOf } from './pending.js';
import { dataText, ttlText } from './record-model.js';

export const PLAN_STATES: Readonly<Record<Plan['state'], { readonly label: string; readonly tone: Tone; readonly moving?: true }>> = {
  draft: { label: t('Not applied'), tone: 'info' }, applying: { label: t('Applying'), tone: 'info', moving: true }, 'rolling-back': { label: t('Rolling back'), tone: 'warn', moving: true }, failed: { label: t('Failed half-way'), tone: 'bad' },
  applied: { label: t('Applied'), tone: 'ok' }, stopped: { label: t('Stopped half-way'), tone: 'warn' }, 'rolled-back': { label: t('Rolled back'), tone: 'idle' }, discarded: { label: t('Thrown away'), tone: 'idle' },
};
export const PLAN_ORIGINS: Readonly<Record<Plan['from'], string>> = { wishes: t('Changes made here'), file: t('From a zone file'), undo: t('Takes another plan back'), drift: t('Takes outside changes back'), time: t('Back to an earlier time') };

export const RISK_TITLES: Readonly<Record<PlanRisk['kind'], string>> = {
  many_deletions: t('Deletes much of the zone'), name_servers: t('Touches name servers'), mail: t('Touches mail'), root: t('Changes the address of the zone itself'), proxy_off: t('Shows an address that was hidden'), policy: t('Touches who may issue certificates'), in_use: t('Touches records of applications'),
};
/** What a person says yes to, beside the box. */
export const RISK_YES: Readonly<Record<PlanRisk['kind'], string>> = {
  many_deletions: t('Yes, delete them'), name_servers: t('Yes, change the name servers'), mail: t('Yes, change where mail goes'), root: t('Yes, change it'), proxy_off: t('Yes'), policy: t('Yes'), in_use: t('Yes, although applications use them'),
};

/** Which of a plan's risks still wait for a yes. */
export const openRisks = (risks: readonly PlanRisk[], accepted: ReadonlySet<string>): readonly PlanRisk[] => risks.filter(r => r.asks_again && !accepted.has(r.kind));

export type Cell = readonly [name: string, before: string, after: string];
const cells = (r: DnsRecord | KnownRecord): readonly (readonly [string, string])[] => [
  [t('Name'), r.name], [t('Value'), `${r.data.type} ${dataText(r.data)}`], ['TTL', ttlText(r.ttl)], [t('Proxied'), r.proxied ? t('yes') : t('no')], [t('Comment'), r.comment], [t('Tags'), r.tags.join(', ')],
];
/** What differs between two states of a record. */
export const differences = (before: DnsRecord, after: DnsRecord): readonly Cell[] => {
  const then = cells(before);
  return cells(after).flatMap(([name, now], i) => { const was = then[i]?.[1] ?? ''; return was === now ? [] : [[name, was, now] as const]; });
};

/** One line of a record: `www.example.com  A 192.0.2.1  5 min`. */
export const recordLine = (r: DnsRecord): string => [`${r.data.type} ${dataText(r.data)}`, ttlText(r.ttl), r.proxied ? t('proxied') : '', r.comment && `“${r.comment}”`, r.tags.join(', ')].filter(Boolean).join(' · ');
export const changedName = (change: RecordChange): string => (change.op === 'delete' ? change.before.name : change.after.name);
export const CHANGE_WORDS: Readonly<Record<RecordChange['op'], string>> = { create: t('New'), update: t('Changed'), delete: t('Deleted') };

export const planTally = ({ creates, updates, deletes }: Pick<Plan, 'creates' | 'updates' | 'deletes'>): string =>
  tallyOf(creates, updates, deletes) || t('nothing');

/** `2 of 5 parts`; one part needs no counting. */
export const progressText = ({ parts, parts_done, state }: Pick<Plan, 'parts' | 'parts_done' | 'state'>): string =>
  state === 'rolling-back' ? t('{parts, plural, one {{parts_done} of # part still to be taken back} other {{parts_done} of # parts still to be taken back}}', { parts, parts_done }) : t('{parts, plural, one {{parts_done} of # part done} other {{parts_done} of # parts done}}', { parts, parts_done });

/** Records of others that stood in the way: adopted, the plan may be made again. */
export const adoptable = (obstacles: readonly PlanObstacle[]): readonly string[] => [...new Set(obstacles.flatMap(o => ((o.kind === 'foreign' || o.kind === 'exists') && o.id ? [o.id] : [])))];

/** Of a refusal's details, whatever they hold. */
export const listIn = <T>(details: unknown, key: 'obstacles' | 'issues' | 'names'): readonly T[] => {
  const list = (details as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return Array.isArray(list) ? list as T[] : [];
};

/** Pauses between two looks at the name servers, ms: they grow, and end. */
const PAUSES = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000, 120_000, 300_000] as const;
/** Nobody answers: asked a few times more, then only when a person wants it. */
const UNANSWERED = 3;
/** @returns false: no need to ask again by itself */
export const nextLook = (seen: PlanVisibility | undefined, asked: number): number | false => {
  if (seen && (seen.total === 0 || seen.visible === seen.total)) return false;
  if (seen && seen.unanswered === seen.total && asked >= UNANSWERED) return false;
  return PAUSES[Math.max(0, asked - 1)] ?? false;
};
/** The tone of the truth about it. */
export const visibilityTone = (seen: PlanVisibility): { readonly tone: Tone; readonly label: string } => {
  if (seen.total === 0) return { tone: 'idle', label: t('Cannot be seen from outside') };
  if (seen.unanswered === seen.total) return { tone: 'warn', label: t('Not known') };
  if (seen.visible === seen.total) return { tone: 'ok', label: t('Visible') };
  return { tone: 'warn', label: t('Not yet visible') };
};
