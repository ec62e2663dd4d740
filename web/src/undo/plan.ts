/** What an undo would do, before it is done: how it is now, how it will be, and whether somebody changed it since. Pure. */
import type { Fields, Sending, UndoCommand, UndoneEvent } from '@xanthus/proto/undo';
import { same, spellValue } from '../past/changes.js';

export interface PlanLine { readonly name: string; readonly is: string; readonly will: string; /** What the event made of it, where it is something else by now. */ readonly was?: string }
export type UndoPlan =
  | { readonly kind: 'ready'; readonly sending: Sending; readonly lines: readonly PlanLine[]; /** Somebody changed it after the event. */ readonly stale: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cannot'; readonly why: string };

/** The row before the event, right after it, and now; undefined: there is none. */
export interface Pictures { readonly before: Fields | undefined; readonly after: Fields | undefined; readonly now: Fields | undefined }

const at = (row: Fields | undefined, path: string): unknown => path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Fields)[name] : undefined), row);

export const undoPlan = (undo: UndoCommand, event: UndoneEvent, { before, after, now }: Pictures, moment: string): UndoPlan => {
  const sending = undo.make({ event, before, now: moment });
  if (typeof sending === 'string') return { kind: 'cannot', why: sending };
  if (!undo.row) return { kind: 'ready', sending, lines: undo.says?.(event) ?? [], stale: false };
  const lines: PlanLine[] = [];
  let stale = (after === undefined) !== (now === undefined);
  for (const field of undo.row.fields) {
    const [will, made, is] = [at(before, field), at(after, field), at(now, field)];
    if (!same(made, is)) stale = true;
    if (same(is, will) && same(is, made)) continue;
    lines.push({ name: field.replaceAll('_', ' ').replaceAll('.', ' · '), is: spellValue(is), will: spellValue(will), ...(same(made, is) ? {} : { was: spellValue(made) }) });
  }
  const [is, will, made] = [now, before, after].map(row => pickAll(row, undo.row?.fields ?? []));
  // It was put back already, by somebody else or by hand.
  if (same(is, will) && (now === undefined || !same(made, will))) return { kind: 'nothing' };
  return { kind: 'ready', sending, lines, stale };
};

const pickAll = (row: Fields | undefined, fields: readonly string[]): unknown => (row === undefined ? undefined : fields.map(field => at(row, field) ?? null));
