/** Changes that somebody collects before a plan is made of them. Pure; every function answers a new set. */
import type { PlanSource, RecordInput, RecordIssue, ZoneRecord } from '../contracts.js';
import { t } from '../texts/text.js';
import { inputOf, sameInput } from './record-model.js';

export type Pending =
  | { readonly op: 'create'; readonly key: string; readonly input: RecordInput }
  | { readonly op: 'update'; readonly key: string; readonly input: RecordInput; readonly before: ZoneRecord }
  | { readonly op: 'delete'; readonly key: string; readonly before: ZoneRecord };
/** By record id, or `new-…` of what is not there yet; in the order in which it was wished. */
export type PendingSet = ReadonlyMap<string, Pending>;
export type Wishes = Extract<PlanSource, { from: 'wishes' }>['wishes'];

const put = (all: PendingSet, pending: Pending): PendingSet => new Map(all).set(pending.key, pending);

export const drop = (all: PendingSet, keys: Iterable<string>): PendingSet => {
  const next = new Map(all);
  for (const key of keys) next.delete(key);
  return next;
};

export const wishCreate = (all: PendingSet, input: RecordInput, key: string): PendingSet => put(all, { op: 'create', key, input });

/** What turns a record into what it is already is no change. */
export const wishUpdate = (all: PendingSet, before: ZoneRecord, input: RecordInput, zone: string): PendingSet =>
  sameInput(inputOf(before), input, zone) ? drop(all, [before.id]) : put(all, { op: 'update', key: before.id, input, before });

export const wishDelete = (all: PendingSet, before: ZoneRecord): PendingSet => put(all, { op: 'delete', key: before.id, before });

/** A row as it would be. */
export interface Row { readonly key: string; readonly record: ZoneRecord | undefined; readonly pending: Pending | undefined; readonly input: RecordInput }
export const rowOf = (record: ZoneRecord, pending: Pending | undefined): Row =>
  ({ key: record.id, record, pending, input: pending && pending.op !== 'delete' ? pending.input : inputOf(record) });

export interface Bulk { readonly delete?: true; readonly ttl?: number; readonly proxied?: boolean }
/** Changes many at once. What is not there yet and shall be deleted is forgotten; a proxied record has no TTL of its own. */
export const wishBulk = (all: PendingSet, rows: Iterable<Row>, bulk: Bulk, zone: string, proxiable: ReadonlySet<string>): PendingSet => {
  let next = all;
  for (const { key, record, pending, input } of rows) {
    if (bulk.delete) { next = record ? wishDelete(next, record) : drop(next, [key]); continue; }
    if (pending?.op === 'delete') continue;
    const proxied = bulk.proxied !== undefined && proxiable.has(input.type) ? bulk.proxied : input.proxied ?? false;
    const changed: RecordInput = { ...input, proxied, ttl: proxied ? 1 : bulk.ttl ?? input.ttl ?? 1 };
    next = record ? wishUpdate(next, record, changed, zone) : wishCreate(next, changed, key);
  }
  return next;
};

/** Without what is so anyway: many wishes fit into one command then. */
const lean = ({ ttl, proxied, comment, tags, ...rest }: RecordInput): RecordInput =>
  ({ ...rest, ...(ttl === undefined || ttl === 1 ? {} : { ttl }), ...(proxied ? { proxied } : {}), ...(comment ? { comment } : {}), ...(tags && tags.length > 0 ? { tags } : {}) });
const wishOf = (p: Pending): Wishes[number] => (p.op === 'create' ? { op: p.op, record: lean(p.input) } : p.op === 'update' ? { op: p.op, id: p.before.id, record: lean(p.input) } : { op: p.op, id: p.before.id });
export const wishesOf = (all: PendingSet): Wishes => [...all.values()].map(wishOf);

/** Wishes of one plan, as its contract says. */
const MOST_WISHES = 5_000;
/** As many of the first as one plan takes; the rest waits for the next. */
export const fitting = (all: PendingSet, most = MOST_WISHES): PendingSet => (all.size <= most ? all : new Map([...all].slice(0, most)));

/** What a refused plan says of single wishes, by their key; the rest is about the zone as a whole. */
export const issuesByKey = (all: PendingSet, issues: readonly RecordIssue[]): { readonly of: ReadonlyMap<string, readonly RecordIssue[]>; readonly rest: readonly RecordIssue[] } => {
  const keys = [...all.keys()];
  const of = new Map<string, RecordIssue[]>();
  const rest: RecordIssue[] = [];
  for (const issue of issues) {
    const key = issue.at === undefined ? undefined : keys[issue.at];
    if (key === undefined) rest.push(issue);
    else of.set(key, [...of.get(key) ?? [], issue]);
  }
  return { of, rest };
};

/** `2 new, 1 changed, 3 deleted`. */
export const tally = (all: PendingSet): string => {
  const count = (op: Pending['op']): number => [...all.values()].filter(p => p.op === op).length;
  return tallyOf(count('create'), count('update'), count('delete'));
};
/** Without any: an empty text. */
export const tallyOf = (creates: number, updates: number, deletes: number): string => [
  creates > 0 && t('{n, number} new', { n: creates }), updates > 0 && t('{n, number} changed', { n: updates }), deletes > 0 && t('{n, number} deleted', { n: deletes }),
].filter(Boolean).join(', ');

/** What was done to a record meanwhile: a wish about one that is gone falls away; one that was fulfilled too. */
export const settle = (all: PendingSet, records: ReadonlyMap<string, ZoneRecord>, zone: string): PendingSet => {
  const over = [...all.values()].filter(p => {
    if (p.op === 'create') return false;
    const now = records.get(p.before.id);
    return !now || (p.op === 'update' && sameInput(inputOf(now), p.input, zone));
  });
  return over.length === 0 ? all : drop(all, over.map(p => p.key));
};
