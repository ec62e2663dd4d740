import type { LivingRow } from '../views/sessions.js';

/** How long before its end those in a session are warned, ms. */
export const WARNING = 2 * 60_000;
const MINUTE = 60_000;

export interface DueEnd { readonly reason: 'idle' | 'time'; /** ms since 1970 */ readonly at: number }

/** Which end comes first, if nobody does anything? `typed`: when somebody typed last, ms since 1970; 0: nobody has here. */
export const nextEnd = (row: Pick<LivingRow, 'idle_minutes' | 'ends_at' | 'stayed_at'>, typed: number): DueEnd | undefined => {
  const ends: DueEnd[] = [
    ...(row.idle_minutes === null ? [] : [{ reason: 'idle', at: Math.max(typed, Date.parse(row.stayed_at)) + row.idle_minutes * MINUTE } as const]),
    ...(row.ends_at === null ? [] : [{ reason: 'time', at: Date.parse(row.ends_at) } as const]),
  ];
  return ends.toSorted((a, b) => a.at - b.at)[0];
};

/** Of a session that has little time in all, half of it is warning. */
export const warnAt = ({ reason, at }: DueEnd, { idle_minutes }: Pick<LivingRow, 'idle_minutes'>): number => at - (reason === 'idle' && idle_minutes !== null ? Math.min(WARNING, (idle_minutes * MINUTE) / 2) : WARNING);

export const messageOf = ({ reason }: Pick<DueEnd, 'reason'>, { idle_minutes }: Pick<LivingRow, 'idle_minutes'>): string =>
  reason === 'idle' ? `Nobody typed for ${idle_minutes === 1 ? 'a minute' : `${idle_minutes ?? 0} minutes`}.` : 'The time that a session may last was up.';
