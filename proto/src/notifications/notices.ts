/** Notices: what has happened that somebody should know. One is open per kind and thing; what comes again is counted. */
import { z } from 'zod';
import { defineEvent, defineView } from '../contract.js';
import { actor, ulid } from '../envelope.js';

export const NOTICE_SEVERITIES = ['info', 'warning', 'error'] as const;
export type NoticeSeverity = (typeof NOTICE_SEVERITIES)[number];
const severity = z.enum(NOTICE_SEVERITIES);

/** Of each kind: whose events it comes from, and whom it is for. `person`: only whom it is about sees it, and no channel gets it. */
export const NOTICE_KINDS = {
  'alert-disk': { service: 'vps', to: 'tenant' }, 'alert-unreachable': { service: 'vps', to: 'tenant' }, 'alert-load': { service: 'vps', to: 'tenant' }, 'alert-service': { service: 'vps', to: 'tenant' }, 'alert-clock': { service: 'vps', to: 'tenant' },
  'server-ready': { service: 'vps', to: 'tenant' }, 'server-failed': { service: 'vps', to: 'tenant' }, 'server-deleted': { service: 'vps', to: 'tenant' }, 'server-removal-failed': { service: 'vps', to: 'tenant' },
  'server-host-key-changed': { service: 'vps', to: 'tenant' }, 'server-operation-failed': { service: 'vps', to: 'tenant' }, 'server-drift': { service: 'vps', to: 'tenant' }, 'provider-refused': { service: 'vps', to: 'tenant' },
  'application-changed': { service: 'applications', to: 'tenant' }, 'application-failed': { service: 'applications', to: 'tenant' }, 'application-rolled-back': { service: 'applications', to: 'tenant' }, 'application-deleted': { service: 'applications', to: 'tenant' },
  'application-unwell': { service: 'applications', to: 'tenant' }, 'application-drift': { service: 'applications', to: 'tenant' }, 'application-update-held': { service: 'applications', to: 'tenant' },
  'zone-drift': { service: 'dns', to: 'tenant' }, 'zone-vanished': { service: 'dns', to: 'tenant' }, 'dns-plan-failed': { service: 'dns', to: 'tenant' }, 'domain-configured': { service: 'dns', to: 'tenant' }, 'domain-failed': { service: 'dns', to: 'tenant' },
  'certificate-expiring': { service: 'dns', to: 'tenant' }, 'certificate-renewal-failed': { service: 'dns', to: 'tenant' }, 'certificate-revoked': { service: 'dns', to: 'tenant' },
  'recording-failed': { service: 'terminals', to: 'tenant' }, 'recording-deleted': { service: 'terminals', to: 'tenant' },
  'member-joined': { service: 'auth', to: 'tenant' }, 'member-role-changed': { service: 'auth', to: 'tenant' }, 'member-left': { service: 'auth', to: 'tenant' }, 'role-changed': { service: 'auth', to: 'tenant' },
  'api-key-created': { service: 'auth', to: 'tenant' }, 'api-key-expired': { service: 'auth', to: 'tenant' }, 'credential-created': { service: 'auth', to: 'tenant' }, 'sign-on-changed': { service: 'auth', to: 'tenant' }, 'log-in-refused': { service: 'auth', to: 'tenant' },
  'cloudflare-refused': { service: 'auth', to: 'tenant' }, 'data-exported': { service: 'auth', to: 'tenant' },
  'new-device': { service: 'auth', to: 'person' }, 'second-factor-refused': { service: 'auth', to: 'person' }, 'log-in-locked': { service: 'auth', to: 'person' }, 'password-changed': { service: 'auth', to: 'person' },
  'second-factor-changed': { service: 'auth', to: 'person' }, 'recovery-code-used': { service: 'auth', to: 'person' }, 'session-stolen': { service: 'auth', to: 'person' }, 'identity-linked': { service: 'auth', to: 'person' },
  'delivery-failed': { service: 'notifications', to: 'tenant' },
} as const satisfies Readonly<Record<string, { readonly service: string; readonly to: 'tenant' | 'person' }>>;
export type NoticeKind = keyof typeof NOTICE_KINDS;
/** Stored as text: an older service folds kinds of a newer one. */
const kind = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

/** What it is about. `name`: as it was called then, where its owner's log says so. */
export const noticeThing = z.object({ service: z.string(), aggregate: z.string(), id: z.string(), name: z.string().max(256).optional() });
export type NoticeThing = z.infer<typeof noticeThing>;
const cause = z.object({ stream: z.string(), seq: z.int() });

const notice = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'notifications', aggregate: 'notice', type, schema: 1, summary, data, example });
const ID = '01jd3x8e2v5y9w4z7q6r1s0tnt';
const ZONE = { service: 'dns', aggregate: 'zone', id: '023e105f4ecef8ad9ca31a8372d0c353', name: 'example.com' };
const FINDING = 'changed-372e67954025e0ba6aaa6d586b9e0b59';
const THING = { service: 'vps', aggregate: 'server', id: '01jd3x8e2v5y9w4z7q6r1s0tab', name: 'web-1' };

/** The aggregate is the kind and thing: its id follows from both, so that two can't be open at once. */
export const noticeEvents = {
  NoticeRaised: notice('NoticeRaised', 'Something happened that somebody should know. `lasting`: it is open until it is over.', z.object({
    notice: ulid, kind, severity, text: z.string().max(1_000), thing: noticeThing.nullable(), event: cause, /** Who did it, where somebody did. */ by: actor.nullable(), lasting: z.boolean(),
    /** Of several that make one notice: it is over when all are. */ items: z.array(z.string().max(128)).max(500).optional(), /** Only for them. */ person: ulid.optional(),
  }), { notice: ID, kind: 'zone-drift', severity: 'warning', text: 'Records of example.com were changed outside.', thing: ZONE, event: { stream: 'DNS', seq: 4_711 }, by: null, lasting: true, items: [FINDING, 'missing-472e67954025e0ba6aaa6d586b9e0b5a'] }),
  NoticeRepeated: notice('NoticeRepeated', 'It happened again. `times`: in all.', z.object({ notice: ulid, severity, text: z.string().max(1_000), times: z.int(), event: cause, items: z.array(z.string().max(128)).max(500).optional() }), { notice: ID, severity: 'warning', text: 'Records of example.com were changed outside.', times: 2, event: { stream: 'DNS', seq: 4_790 }, items: ['unknown-572e67954025e0ba6aaa6d586b9e0b5b'] }),
  NoticeEased: notice('NoticeEased', 'Some of what it was raised for is over, not all.', z.object({ notice: ulid, items: z.array(z.string().max(128)).max(500) }), { notice: ID, items: [FINDING] }),
  NoticeResolved: notice('NoticeResolved', 'It is over.', z.object({ notice: ulid, text: z.string().max(1_000), event: cause }), { notice: ID, text: 'The records are as they were left.', event: { stream: 'DNS', seq: 4_801 } }),
} as const;

const row = z.object({
  id: ulid, kind, severity, /** Words of the console for the kind; an unknown one is shown by its text. */ title_key: z.string().optional(), text: z.string(), thing: noticeThing.nullable(), event: cause, by: actor.nullable(),
  at: z.iso.datetime(), /** How often, and when last. */ times: z.int(), last_at: z.iso.datetime(), /** Open until then; of what doesn't last, the moment itself. */ resolved_at: z.iso.datetime().nullable(), lasting: z.boolean(),
});
export type NoticeRow = z.infer<typeof row>;
const ROW: NoticeRow = { id: ID, kind: 'alert-disk', severity: 'warning', title_key: 'alert-disk', text: 'The disk is 93 % full.', thing: THING, event: { stream: 'VPS', seq: 4_711 }, by: null, at: '2026-11-21T08:00:00.000Z', times: 1, last_at: '2026-11-21T08:00:00.000Z', resolved_at: null, lasting: true };

export const NOTICES_KEPT = 500;
export const noticesView = defineView({ service: 'notifications', view: 'notices', schema: 1, summary: 'What has happened that somebody should know: the newest 500 of the tenant.', data: row, example: ROW });
/** Key `xanthus.own-notices.<person>.<notice>`: of their account, in every tenant that they are in. */
export const ownNoticesView = defineView({ service: 'notifications', view: 'own-notices', within: true, schema: 1, no_past: 'What a person alone was told comes from every organisation that they belong to, and is kept as it is now only.', summary: 'What a person alone should know of their account: the newest 100.', data: row, example: { ...ROW, kind: 'new-device', title_key: 'new-device', text: 'You logged in with Chromium on Linux.', thing: null, lasting: false, resolved_at: ROW.at } });
export const OWN_NOTICES_KEPT = 100;
