/** Deliveries: one process per channel, with its id. What waits is sent as one message; each try is written down before it is made. */
import { z } from 'zod';
import { defineEvent, defineView } from '../contract.js';
import { ulid } from '../envelope.js';
import { NOTICE_SEVERITIES, noticeThing } from './notices.js';

export const queuedNotice = z.object({ notice: ulid, what: z.enum(['raised', 'resolved']), kind: z.string(), severity: z.enum(NOTICE_SEVERITIES), text: z.string(), thing: noticeThing.nullable(), at: z.iso.datetime() });
export type QueuedNotice = z.infer<typeof queuedNotice>;

const ID = '01jd3x8e2v5y9w4z7q6r1s0tdv';
const QUEUED: QueuedNotice = { notice: '01jd3x8e2v5y9w4z7q6r1s0tnt', what: 'raised', kind: 'alert-disk', severity: 'warning', text: 'The disk is 93 % full.', thing: { service: 'vps', aggregate: 'server', id: '01jd3x8e2v5y9w4z7q6r1s0tab', name: 'web-1' }, at: '2026-11-21T08:00:00.000Z' };
const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'notifications', aggregate: 'delivery', type, schema: 1, summary, data, example });
const reason = { code: z.string(), message: z.string().max(1_000) };
const REFUSED = { code: 'CHANNEL.UNREACHABLE', message: 'hooks.example.com can\'t be reached (ECONNREFUSED).' };

/** The aggregate has the id of its channel, so that a right on one channel is a right on its deliveries. */
export const deliveryEvents = {
  NoticeQueued: event('NoticeQueued', 'A notice waits to be sent. `due`: when all that waits goes.', queuedNotice.extend({ due: z.iso.datetime(), /** It waits for nothing but others that come at the same time. */ urgent: z.boolean() }), { ...QUEUED, due: '2026-11-21T08:00:05.000Z', urgent: true }),
  DeliveryBegun: event('DeliveryBegun', 'All that waits is sent now as one message: written down before it goes. `attempt` 2 and on: the same message again.', z.object({ delivery: ulid, attempt: z.int(), notices: z.int() }), { delivery: ID, attempt: 1, notices: 3 }),
  DeliverySucceeded: event('DeliverySucceeded', 'The other side has taken it.', z.object({ delivery: ulid, detail: z.string().max(500), duration_ms: z.int() }), { delivery: ID, detail: 'hooks.example.com answers 204.', duration_ms: 120 }),
  DeliveryFailed: event('DeliveryFailed', 'A try has failed. It is made again at `retry_at`.', z.object({ delivery: ulid, attempt: z.int(), ...reason, retry_at: z.iso.datetime() }), { delivery: ID, attempt: 1, ...REFUSED, retry_at: '2026-11-21T08:00:15.000Z' }),
  DeliveryGivenUp: event('DeliveryGivenUp', 'It is not tried again: refused for good, or nothing got through for a day.', z.object({ delivery: ulid, attempt: z.int(), ...reason, because: z.enum(['refused', 'late']), notices: z.int() }), { delivery: ID, attempt: 9, ...REFUSED, because: 'late', notices: 3 }),
  NoticesDropped: event('NoticesDropped', 'What waited is not sent any more.', z.object({ because: z.enum(['paused', 'removed', 'late']), notices: z.int() }), { because: 'removed', notices: 2 }),
} as const;

export const DELIVERIES_KEPT = 20;
export const DELIVERY_STATES = ['sending', 'retrying', 'delivered', 'given-up'] as const;
export const deliveriesView = defineView({
  service: 'notifications', view: 'deliveries', schema: 1, summary: 'What was sent to each channel, the last 20 messages, and what waits.',
  data: z.object({
    /** The channel. */ id: ulid, waiting: z.int(), next_at: z.iso.datetime().nullable(),
    last: z.array(z.object({ id: ulid, state: z.enum(DELIVERY_STATES), notices: z.int(), attempts: z.int(), begun_at: z.iso.datetime(), ended_at: z.iso.datetime().nullable(), message: z.string(), retry_at: z.iso.datetime().nullable() })),
  }),
  example: { id: '01jd3x8e2v5y9w4z7q6r1s0tch', waiting: 0, next_at: null, last: [{ id: ID, state: 'delivered', notices: 3, attempts: 1, begun_at: '2026-11-21T08:00:05.000Z', ended_at: '2026-11-21T08:00:05.120Z', message: 'hooks.example.com answers 204.', retry_at: null }] },
});
