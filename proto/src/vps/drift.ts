/** What differs at a provider from what we know: found by a reconciler, settled by a person. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineView } from '../contract.js';
import { ulid, written } from '../envelope.js';
import { price } from './catalogue.js';
import { problemReason } from './views.js';
import { PROVIDER_ERRORS } from './providers.js';

/** missing: the provider has it no more. renamed, resized, powered: somebody changed it there. unknown: it has our labels, and we don't know it. snapshot: it is left of a server that is not kept here any more. */
export const DRIFT_KINDS = ['missing', 'renamed', 'resized', 'powered', 'unknown', 'snapshot'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
export const DRIFT_ANSWERS = ['accept', 'revert', 'ignore'] as const;
export type DriftAnswer = (typeof DRIFT_ANSWERS)[number];
const kind = z.enum(DRIFT_KINDS);

/** Which answers there are to a finding. What is gone can't be brought back; a snapshot can be kept or deleted. */
export const DRIFT_CHOICES: Readonly<Record<DriftKind, readonly DriftAnswer[]>> = {
  missing: ['accept', 'ignore'], renamed: ['accept', 'revert', 'ignore'], resized: ['accept', 'revert', 'ignore'], powered: ['accept', 'revert', 'ignore'], unknown: ['accept', 'revert', 'ignore'],
  snapshot: ['revert', 'ignore'],
};

/** A copy of a disk, which costs by its size as long as it is there. */
const driftSnapshot = z.object({
  /** The server that it was taken of: its name here, else its id; null: nobody knows. */
  of: z.string().nullable(),
  size_bytes: z.number().min(0).nullable(),
  created_at: z.iso.datetime(),
  /** Per month, as it was when this was found; null: its provider does not say. */
  price: z.object({ currency: z.string().regex(/^[A-Z]{3}$/), monthly: price }).nullable(),
});

export const driftFinding = z.object({
  kind,
  /** As we know it and as the provider has it: a name, a type, `running` or `off`. Null: not there. */
  expected: z.string().nullable(),
  actual: z.string().nullable(),
  /** Of kind `snapshot`, whose name is `actual`. */
  snapshot: driftSnapshot.optional(),
});
export type DriftFinding = z.infer<typeof driftFinding>;

const subject = {
  /** Null for what we don't know. */
  server: ulid.nullable(),
  /** What it is called here, or at the provider if it is unknown here. */
  name: z.string(),
  provider_id: ulid,
  /** The provider's own id of it. */
  provider_ref: z.string(),
};
const EXAMPLE_FINDING = { kind: 'renamed', expected: 'web-1', actual: 'web-1-old' } as const;
const EXAMPLE_SUBJECT = { server: '01jd3x8e2v5y9w4z7q6r1s0tab', name: 'web-1', provider_id: '01jd3x8e2v5y9w4z7q6r1s0tpr', provider_ref: '4711' };

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'vps', aggregate: 'drift', type, schema: 1, summary, data, example });
/** The aggregate has the id of its server, so that a right on one server is a right on its findings; what is unknown gets an id from account and machine, or snapshot. */
export const driftEvents = {
  DriftFound: event('DriftFound', 'A server differs at its provider from what we know. The same kind again replaces the earlier finding.', z.object({ ...subject, ...driftFinding.shape }), { ...EXAMPLE_SUBJECT, ...EXAMPLE_FINDING }),
  DriftSettled: event('DriftSettled', 'A finding is over: taken over here, undone at the provider, or no longer so.', z.object({ kind, how: z.enum(['accepted', 'reverted', 'by_itself']) }), { kind: 'renamed', how: 'reverted' }),
  DriftIgnored: event('DriftIgnored', 'A finding is left as it is, and not told again until it changes.', z.object({ kind }), { kind: 'renamed' }),
  DriftAnswerFailed: event('DriftAnswerFailed', 'A finding could not be settled as asked; it stays open.', z.object({ kind, answer: z.enum(DRIFT_ANSWERS), reason: problemReason }), {
    kind: 'renamed', answer: 'revert', reason: { code: 'PROVIDER.NAME_TAKEN', message: 'Another server there is called web-1 by now. Rename that one, or accept the new name.' },
  }),
} as const;

export const driftState = driftFinding.extend({
  state: z.enum(['open', 'ignored']),
  found_at: z.iso.datetime(),
  /** Why the last answer to it failed. */
  failed: problemReason.nullable(),
});
export type DriftState = z.infer<typeof driftState>;

export const driftView = defineView({
  service: 'vps', view: 'drift', schema: 1, summary: 'What differs at the providers, by server; none while all is as known.',
  data: z.object({ id: ulid, ...subject, findings: z.array(driftState), changed_at: z.iso.datetime() }),
  example: { id: EXAMPLE_SUBJECT.server, ...EXAMPLE_SUBJECT, findings: [{ ...EXAMPLE_FINDING, state: 'open', found_at: '2026-11-21T08:00:00.000Z', failed: null }], changed_at: '2026-11-21T08:00:00.000Z' },
});

const command = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'vps', aggregate: 'drift', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const OPEN = ['DRIFT.NOT_FOUND', 'DRIFT.CHANGED', 'DRIFT.NOT_POSSIBLE'] as const;
/** What the person saw: refused with DRIFT.CHANGED if it is another by now. */
const seen = { kind, actual: z.string().nullable() };

export const acceptDrift = command({
  verb: 'accept', on: 'id', deadline: 25_000, summary: 'Take over what is at the provider: its name, type, power; take what is missing off the list; let go of what is unknown, by taking our labels off (to manage it again, adopt it by its address).',
  input: z.object(seen), output: written, example: { kind: 'renamed', actual: 'web-1-old' }, errors: [...OPEN, 'SERVER.NAME_TAKEN', 'SERVER.BUSY', ...PROVIDER_ERRORS],
});
export const revertDrift = command({
  verb: 'revert', on: 'id', deadline: 25_000, summary: 'Undo it at the provider: rename it back at once, resize (it must be off) or switch it back as an operation of the server; delete what is unknown, whose name confirms it, or a snapshot.',
  input: z.object({ ...seen, /** Of what is unknown: its name at its provider, which need not be one that a server may have here. */ confirm_name: z.string().max(253).optional() }), output: written, example: { kind: 'renamed', actual: 'web-1-old' }, errors: [...OPEN, 'DRIFT.NAME_NOT_CONFIRMED', 'SERVER.BUSY', 'SERVER.NOT_ALLOWED_NOW', ...PROVIDER_ERRORS],
});
export const ignoreDrift = command({
  verb: 'ignore', on: 'id', summary: 'Leave it as it is, until it changes again.', input: z.object(seen), output: written, example: { kind: 'powered', actual: 'off' }, errors: OPEN,
});
export const checkDrift = command({
  verb: 'check-now', on: 'new', deadline: 25_000, summary: 'Compare with the providers now instead of in a few minutes; findings appear in the view `drift`.',
  input: z.object({}), output: z.object({
    accounts: z.array(z.object({ provider_id: ulid, name: z.string(), checked: z.boolean(), /** Why not. */ reason: problemReason.nullable(), servers: z.int().min(0), findings: z.int().min(0) })),
  }), example: {},
});
