import { z } from 'zod';
import { defineCommand, defineEvent, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';

/** disk: nearly full. unreachable: no answer for a minute. load: more work than processors for minutes. service: one failed. clock: it goes wrong. */
export const ALERT_KINDS = ['disk', 'unreachable', 'load', 'service', 'clock'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];
const kind = z.enum(ALERT_KINDS);

/** When an alert is raised and when it is cleared. What lies between changes nothing, so that none flaps. */
export const ALERT_LIMITS = {
  /** Fraction of the root file system in use. */
  disk: { raise: 0.9, clear: 0.85 },
  /** Seconds without an answer. */
  unreachable: { raise_after: 60 },
  /** The 5-minute load per processor, and for how many seconds it stays so. */
  load: { raise: 2, clear: 1.5, raise_after: 300, clear_after: 120 },
  /** Samples in a row. */
  service: { raise_after: 2, clear_after: 2 },
  /** Seconds that the clock is off, either way, and samples in a row. */
  clock: { raise: 10, clear: 5, raise_after: 3, clear_after: 3 },
} as const;

/** Limits of one's own, in place of the above. A server's win over the tenant's. */
export const alertLimits = z.strictObject({
  /** Fraction of the disk, 0.5–0.99. */
  disk: z.number().min(0.5).max(0.99).optional(),
  /** Load per processor, 0.5–100. */
  load: z.number().min(0.5).max(100).optional(),
  /** Kinds that this server never raises. */
  off: z.array(kind).max(ALERT_KINDS.length).optional(),
});
export type AlertLimits = z.infer<typeof alertLimits>;

/** `value` and `limit` in the unit of the kind: fraction, seconds, load, number of failed services, seconds. */
const finding = z.object({ kind, message: z.string().max(500), value: z.number().optional(), limit: z.number().optional(), /** Names of failed services. */ services: z.array(z.string()).max(16).optional(), /** Why it is unreachable. */ code: z.string().optional() });
export type AlertFinding = z.infer<typeof finding>;

const alertEvent = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'vps', aggregate: 'alert', type, schema: 1, summary, data, example });
const EXAMPLE = { kind: 'disk', message: 'The disk is 93 % full.', value: 0.93, limit: 0.9 } as const;

/** The aggregate has the id of its server, so that a right on one server is a right on its alerts. */
export const alertEvents = {
  AlertRaised: alertEvent('AlertRaised', 'Something about a server needs a person.', finding, EXAMPLE),
  AlertCleared: alertEvent('AlertCleared', 'It is over: seen by itself, or because the server is no longer watched.', z.object({ kind, message: z.string().max(500).optional() }), { kind: 'disk', message: 'The disk is 80 % full.' }),
  AlertAcknowledged: alertEvent('AlertAcknowledged', 'A person takes care of it; it stays open until it is over.', z.object({ kind }), { kind: 'disk' }),
  AlertMuted: alertEvent('AlertMuted', 'Alerts of this kind are not shown as new until then; they are raised and cleared all the same.', z.object({ kind, until: z.iso.datetime().nullable() }), { kind: 'load', until: '2026-11-22T08:00:00.000Z' }),
  AlertLimitsSet: alertEvent('AlertLimitsSet', 'The server has limits of its own; an empty set takes them back.', z.object({ limits: alertLimits }), { limits: { disk: 0.95 } }),
} as const;

export const alertState = finding.extend({
  /** `cleared`: over, kept for a while. */
  status: z.enum(['open', 'cleared']),
  raised_at: z.iso.datetime(),
  cleared_at: z.iso.datetime().nullable(),
  acknowledged_at: z.iso.datetime().nullable(),
  acknowledged_by: actor.nullable(),
});
export type AlertState = z.infer<typeof alertState>;

export const alertsView = defineView({
  service: 'vps', view: 'alerts', schema: 1,
  summary: 'Alerts of each server: those that are open, and the last that is over of each kind.',
  data: z.object({
    /** The server. */
    id: ulid,
    /** At most one of each kind, the newest. */
    alerts: z.array(alertState),
    /** Kind → until when it is muted. */
    muted: z.record(z.string(), z.iso.datetime()),
    limits: alertLimits,
    changed_at: z.iso.datetime(),
  }),
  example: {
    id: '01jd3x8e2v5y9w4z7q6r1s0tab', muted: {}, limits: {}, changed_at: '2026-11-21T08:00:00.000Z',
    alerts: [{ ...EXAMPLE, status: 'open', raised_at: '2026-11-21T08:00:00.000Z', cleared_at: null, acknowledged_at: null, acknowledged_by: null }],
  },
});

const alertCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'vps', aggregate: 'alert', ...c } as Parameters<typeof defineCommand<I, O>>[0]);

export const acknowledgeAlert = alertCommand({
  verb: 'acknowledge', on: 'id', summary: 'Say that one takes care of an open alert of a server. The id is the server\'s.',
  input: z.object({ kind }), output: written, example: { kind: 'disk' }, errors: ['ALERT.NOT_OPEN'],
});

export const muteAlert = alertCommand({
  verb: 'mute', on: 'id', summary: 'Let alerts of a kind be quiet for a server until a time (at most 90 days ahead); null ends it. The id is the server\'s.',
  input: z.object({ kind, until: z.iso.datetime().nullable() }), output: written, example: { kind: 'load', until: '2026-11-22T08:00:00.000Z' }, errors: ['ALERT.UNTIL_INVALID', 'SERVER.NOT_FOUND'],
});

export const setAlertLimits = alertCommand({
  verb: 'set-limits', on: 'id', summary: 'Give a server limits of its own for its alerts, or take them back with an empty set. The id is the server\'s.',
  input: z.object({ limits: alertLimits }), output: written, example: { limits: { disk: 0.95 } }, errors: ['SERVER.NOT_FOUND'],
});
