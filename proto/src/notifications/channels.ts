/** Channels: where notices are sent. What leads there (addresses, keys) lies in the vault; events and views name it in part. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { NOTICE_SEVERITIES } from './notices.js';

export const CHANNEL_KINDS = ['email', 'webhook', 'slack'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

const line = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
export const channelName = line(64);
const address = z.email().max(254);
const outgoing = z.url({ protocol: /^https?$/ }).max(2_048);

/** How a mail server is reached: `tls` from the first byte, `starttls` or nothing at all, or `none` on a network that is trusted. */
export const SMTP_SECURITY = ['tls', 'starttls', 'none'] as const;
export const smtpServer = z.strictObject({
  host: z.string().trim().min(1).max(253).regex(/^[A-Za-z0-9.:-]+$/, 'a host name or an IP address'), port: z.int().min(1).max(65_535), security: z.enum(SMTP_SECURITY),
  user: z.string().max(256).optional(), /** Left out in a change: as before. */ password: z.string().min(1).max(1_024).optional(), from: address,
});

export const SIGNING_SECRET = { least: 24, most: 256 } as const;
/** `server` null: the one of the operator. Secrets that a change leaves out stay as they are. */
export const channelTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), server: smtpServer.nullable(), to: z.array(address).min(1).max(20) }),
  z.strictObject({ kind: z.literal('webhook'), url: outgoing.optional(), secret: z.string().min(SIGNING_SECRET.least).max(SIGNING_SECRET.most).regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces').optional() }),
  z.strictObject({ kind: z.literal('slack'), url: outgoing.optional() }),
]);
export type ChannelTarget = z.infer<typeof channelTarget>;

const token = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as 22:00');
/** Empty or absent: all. */
export const channelFilter = z.strictObject({ severities: z.array(z.enum(NOTICE_SEVERITIES)).max(3).default([]), kinds: z.array(token).max(100).default([]), services: z.array(token).max(20).default([]), /** Told too when it is over. */ resolved: z.boolean().default(true) });
export type ChannelFilter = z.infer<typeof channelFilter>;
/** What happens in quiet hours waits for their end; `errors` come all the same. `from` after `to`: over midnight. */
export const quietHours = z.strictObject({ from: clock, to: clock, time_zone: z.string().min(1).max(64), errors: z.boolean().default(true) });
export type QuietHours = z.infer<typeof quietHours>;
/** `none`: as it happens, what comes within seconds of each other in one message. Else everything that came meanwhile, on the hour or at eight in the morning; `errors` come at once all the same. */
export const DIGESTS = ['none', 'hourly', 'daily'] as const;
export const channelDigest = z.strictObject({ every: z.enum(DIGESTS).default('none'), time_zone: z.string().min(1).max(64).default('UTC'), errors: z.boolean().default(true) });
export type ChannelDigest = z.infer<typeof channelDigest>;

const ID = '01jd3x8e2v5y9w4z7q6r1s0tch';
const channel = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'notifications', aggregate: 'channel', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const TARGET_ERRORS = ['CHANNEL.TARGET_REFUSED', 'CHANNEL.NO_SERVER', 'CHANNEL.TIME_ZONE_UNKNOWN', 'CHANNEL.SECRET_NEEDED'] as const;

export const defineChannel = channel({
  verb: 'define', on: 'new', deadline: 15_000, summary: 'Send notices somewhere: by e-mail, to a signed webhook, or to a Slack-compatible one. Nothing is sent yet.',
  input: z.strictObject({ name: channelName, target: channelTarget, filter: channelFilter.optional(), quiet: quietHours.nullable().optional(), digest: channelDigest.optional() }), output: written,
  example: { name: 'Operations', target: { kind: 'webhook', url: 'https://hooks.example.com/xanthus', secret: 'jR4vYfWm2t8Qx0kZb7Ns5uLh' }, filter: { severities: ['warning', 'error'] } }, errors: ['CHANNEL.NAME_TAKEN', 'CHANNEL.EXISTS', 'CHANNEL.LIMIT_REACHED', ...TARGET_ERRORS],
});
export const changeChannel = channel({
  verb: 'change', on: 'id', deadline: 15_000, summary: 'Change a channel; what is left out stays. A target of the same kind keeps the secrets that it leaves out.',
  input: z.strictObject({ name: channelName.optional(), target: channelTarget.optional(), filter: channelFilter.optional(), quiet: quietHours.nullable().optional(), digest: channelDigest.optional() }), output: written,
  example: { filter: { severities: ['error'] } }, errors: ['CHANNEL.NOT_FOUND', 'CHANNEL.NAME_TAKEN', 'CHANNEL.KIND_DIFFERS', ...TARGET_ERRORS],
});
export const pauseChannel = channel({ verb: 'pause', on: 'id', summary: 'Send nothing for a while; what happens meanwhile is not sent later.', input: z.strictObject({}), output: written, example: {}, errors: ['CHANNEL.NOT_FOUND'] });
export const resumeChannel = channel({ verb: 'resume', on: 'id', summary: 'Send again what happens from now on.', input: z.strictObject({}), output: written, example: {}, errors: ['CHANNEL.NOT_FOUND'] });
export const testChannel = channel({
  verb: 'test', on: 'id', deadline: 30_000, summary: 'Send a trial notice now and answer what really happened.', input: z.strictObject({}),
  output: written.extend({ ok: z.boolean(), /** A sentence: what the other side said, or why it was not reached. */ message: z.string(), code: z.string().optional() }), example: {}, errors: ['CHANNEL.NOT_FOUND'],
});
export const removeChannel = channel({ verb: 'remove', on: 'id', summary: 'Forget a channel; what waits to be sent there is dropped, its secrets are destroyed.', input: z.strictObject({}), output: written, example: {}, errors: ['CHANNEL.NOT_FOUND'] });

/** Where it leads, in part. `to`: first letters of addresses. */
const label = z.string().max(512);
const settings = { name: z.string(), kind: z.enum(CHANNEL_KINDS), label, filter: channelFilter, quiet: quietHours.nullable(), digest: channelDigest };
const SETTINGS = { name: 'Operations', kind: 'webhook' as const, label: 'https://hooks.example.com/…', filter: { severities: ['warning' as const, 'error' as const], kinds: [], services: [], resolved: true }, quiet: null, digest: { every: 'none' as const, time_zone: 'UTC', errors: true } };
const vault = { secret: z.string(), fingerprint: z.string() };
const VAULT = { secret: `channel-${ID}-9f86d081`, fingerprint: '9f86d081884c7d65' };

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'notifications', aggregate: 'channel', type, schema: 1, summary, data, example });
export const channelEvents = {
  ChannelDefined: event('ChannelDefined', 'Notices are sent there from now on. Where it leads lies in the vault under `secret`.', z.object({ ...settings, ...vault }), { ...SETTINGS, ...VAULT }),
  ChannelChanged: event('ChannelChanged', 'From now on it is like this. `secret`: where it leads lies there now.', z.object({ ...settings, ...vault }), { ...SETTINGS, ...VAULT, filter: { ...SETTINGS.filter, severities: ['error'] } }),
  ChannelPaused: event('ChannelPaused', 'Nothing is sent there.', z.object({}), {}),
  ChannelResumed: event('ChannelResumed', 'Notices are sent there again.', z.object({}), {}),
  ChannelTested: event('ChannelTested', 'A trial notice was sent, or could not be.', z.object({ ok: z.boolean(), message: z.string().max(1_000), code: z.string().optional() }), { ok: false, message: 'hooks.example.com answers 404: there is nothing at that address.', code: 'CHANNEL.REFUSED' }),
  ChannelRemoved: event('ChannelRemoved', 'The channel is no more; its secrets were destroyed.', z.object({}), {}),
} as const;

export const channelsView = defineView({
  service: 'notifications', view: 'channels', schema: 1, summary: 'Where notices are sent.',
  data: z.object({
    id: ulid, ...settings, state: z.enum(['active', 'paused']), tested: z.object({ at: z.iso.datetime(), ok: z.boolean(), message: z.string() }).nullable(),
    /** Since when nothing gets through, and why. */ failing: z.object({ since: z.iso.datetime(), message: z.string() }).nullable(), delivered_at: z.iso.datetime().nullable(),
    defined_at: z.iso.datetime(), defined_by: actor, changed_at: z.iso.datetime(),
  }),
  example: { id: ID, ...SETTINGS, state: 'active', tested: null, failing: null, delivered_at: null, defined_at: '2026-11-21T08:00:00.000Z', defined_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, changed_at: '2026-11-21T08:00:00.000Z' },
});

/** For whoever may change it: addresses and servers in full; secrets never. */
export const channelSettings = defineQuery({
  service: 'notifications', question: 'channel-settings', on: 'id', summary: 'Where a channel leads, in full: recipients and mail server. Passwords, signing secrets and the addresses of webhooks are never shown.',
  input: z.strictObject({}), output: z.object({ kind: z.enum(CHANNEL_KINDS), to: z.array(z.string()), server: z.object({ host: z.string(), port: z.int(), security: z.enum(SMTP_SECURITY), user: z.string().optional(), from: z.string(), has_password: z.boolean() }).nullable() }), example: {}, errors: ['CHANNEL.NOT_FOUND'],
});
export const channelOptions = defineQuery({
  service: 'notifications', question: 'channel-options', on: 'all', summary: 'What a channel can be made of here: whether the operator has a mail server, and which kinds of notices there are.',
  input: z.strictObject({}), output: z.object({ operator_smtp: z.boolean(), kinds: z.array(z.object({ kind: z.string(), service: z.string() })) }), example: {},
});
