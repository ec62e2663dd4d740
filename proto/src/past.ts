/**
 * Questions about the past of a view, for every view of every service: `qry.<tenant>.<service>.view-at.<view>.<id|all>` and
 * `qry.<tenant>.<service>.view-history.<view>.<id>`. Nothing more than the events is stored for them: the service folds its projections once more. Whoever may read a
 * view now may ask for its past (`allows`); what a person may see is decided by their rights of today.
 *
 * Values that no projection folds (the last sample of a metric, a budget) are no part of the past: their views say so with `no_past`, and are refused with PAST.NOT_KEPT.
 */
import { z } from 'zod';
import { defineQuery, type QueryContract, type ViewContract } from './contract.js';
import { actor, subjectToken } from './envelope.js';

/** A moment, to the nanosecond as streams have it: `2026-11-21T23:00:00Z`, with up to nine digits after the second. */
const moment = z.iso.datetime({ offset: true });
const row = z.object({ id: z.string(), schema: z.int(), seq: z.int(), time: z.string(), data: z.unknown() });

/** An event that could not be folded: what it belongs to stands still from there on, in the view as in its past. */
const parked = z.object({ projection: z.string(), aggregate: z.string(), id: z.string(), seq: z.int() });

const viewAtInput = z.object({
  time: moment.optional().describe('the state when the stream\'s clock stood there: all that was stored then or before'),
  seq: z.int().min(0).optional().describe('instead of a time: the state after this sequence of the service\'s stream'),
  limit: z.int().min(1).max(1_000).default(200),
  cursor: z.string().max(256).optional().describe('`next_cursor` of the page before; ask with the `as_of.seq` of the first page, so that all pages are of one moment'),
}).refine(input => (input.time === undefined) !== (input.seq === undefined), 'give a time or a seq, one of them');
const viewAtOutput = z.object({
  items: z.array(row),
  next_cursor: z.string().optional(),
  as_of: z.object({
    stream: z.string(),
    seq: z.int().describe('asked with this as `seq`, the answer is the same'),
    time: z.string().nullable().describe('when the last event that is in it was stored; null: there was none yet, the view was empty'),
  }),
  parked: z.array(parked).optional().describe('what could not be folded, and so stands still since then'),
});
export type ViewAt = z.infer<typeof viewAtOutput>;
export type PastRow = z.infer<typeof row>;

const PAST_DEADLINE = 20_000;

/** A view as it was, of all (`id` left out) or of one; of a view `within`, all that belongs to the id. */
export const viewAtQuery = (view: ViewContract, on: 'all' | 'id' = 'all'): QueryContract<typeof viewAtInput, typeof viewAtOutput> => defineQuery({
  service: view.service, question: `view-at/${view.view}`, on, deadline: PAST_DEADLINE, summary: `As it was: ${view.summary}`, input: viewAtInput, output: viewAtOutput,
  errors: ['PAST.IN_FUTURE', 'PAST.NOT_KEPT', 'PAST.NOT_READY', 'PAST.TOO_LARGE'], example: { time: '2026-11-21T23:00:00Z' },
});

const change = z.object({
  event: z.object({
    id: z.string(), seq: z.int(), type: z.string(), occurred_at: z.string(), actor, command_id: z.string(), correlation_id: z.string(),
    aggregate: z.object({ service: z.string(), name: z.string(), id: z.string() }),
  }),
  changed: z.array(z.object({ path: z.array(z.string()), before: z.unknown().optional(), after: z.unknown().optional() })).describe('fields of the row, each with what it was and became; an empty path: the row came (no `before`) or went (no `after`)'),
});
export type RowChange = z.infer<typeof change>;

const viewHistoryInput = z.object({
  before: z.int().min(1).optional().describe('only events before this sequence: the `event.seq` of the last one of the page before'),
  limit: z.int().min(1).max(200).default(50),
  part: subjectToken.optional().describe('of a view whose rows belong to something: the row\'s own part of its id'),
});
const viewHistoryOutput = z.object({
  stream: z.string(),
  changes: z.array(change).describe('newest first'),
  complete: z.boolean().describe('nothing older is left; else ask again with `before`'),
  before: z.int().optional().describe('where to go on, if it is not complete: everything from here on was looked through'),
});
export type ViewHistory = z.infer<typeof viewHistoryOutput>;

/** Which event made which field of one row what it is. */
export const viewHistoryQuery = (view: ViewContract): QueryContract<typeof viewHistoryInput, typeof viewHistoryOutput> => defineQuery({
  service: view.service, question: `view-history/${view.view}`, on: 'id', deadline: PAST_DEADLINE, summary: `Which event changed what of it? ${view.summary}`, input: viewHistoryInput, output: viewHistoryOutput,
  errors: ['PAST.NOT_KEPT', 'PAST.NOT_READY', 'PAST.TOO_LARGE'], example: { limit: 50 },
});
