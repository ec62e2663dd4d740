/** Frames that a server sends, as schemas for the documents. At run time nobody parses them: the types in `src/frames.ts` say the same. */
import { z } from 'zod';
import { capabilityDocument } from '../src/auth/index.js';
import { CONNECTION_STATES, PROTOCOL_VERSION, RESET_REASONS } from '../src/frames.js';

const target = z.string();
const inbox = z.string().optional();
const time = z.iso.datetime();
const seq = z.int().min(0);
const reason = z.enum(RESET_REASONS);
const filter = z.string().optional();
const pattern = z.string().optional();
const durable = z.string().optional();
const limits = z.object({ subscriptions: z.int(), frames_per_second: z.int(), burst: z.int(), frame_bytes: z.int(), json_depth: z.int(), queue_bytes: z.int(), queue_frames: z.int(), connections_per_user: z.int(), subscriptions_per_user: z.int(), commands_per_second: z.int(), bytes_in_per_second: z.int(), bytes_out_per_second: z.int() });

const kvChange = z.union([
  z.object({ pattern, key: z.string(), revision: seq, prev: seq, kind: z.enum(['put', 'del', 'purge']), value: z.unknown().optional(), time }),
  z.object({ pattern, kind: z.enum(['in_sync', 'position']), revision: seq, prev: seq }),
  z.object({ pattern, kind: z.literal('reset'), reason, epoch: z.string() }),
]);
const streamMessage = z.union([
  z.object({ filter, durable, seq, redelivered: z.literal(true), subject: z.string(), time, payload: z.unknown() }),
  z.object({ filter, durable, seq, prev: seq, subject: z.string(), time, payload: z.unknown() }),
  z.object({ filter, durable, kind: z.enum(['in_sync', 'position']), seq, prev: seq }),
  z.object({ filter, kind: z.literal('gap'), from: seq, to: seq }),
  z.object({ filter, durable, kind: z.literal('reset'), reason, epoch: z.string(), from_seq: seq }),
]);
const problem = z.object({ code: z.string(), message: z.string(), retryable: z.boolean(), details: z.unknown().optional() });

export const serverFrames: Readonly<Record<string, { readonly summary: string; readonly schema: z.ZodType }>> = {
  hello: {
    summary: 'The first frame: who is connected, and the limits.',
    schema: z.object({
      op: z.literal('hello'),
      data: z.object({ v: z.literal(PROTOCOL_VERSION), connection: z.string(), user: z.object({ id: z.string(), name: z.string() }), tenant: z.object({ id: z.string(), name: z.string() }), limits, ping_interval_ms: z.int(), expires_at: time }),
    }),
  },
  cap_update: { summary: 'What this user may do, at the start and after every change.', schema: z.object({ op: z.literal('cap_update'), data: capabilityDocument.extend({ revision: z.int() }) }) },
  msg: { summary: 'A message of a subscription: a change of a bucket, a stored message of a stream, or a signal.', schema: z.object({ op: z.literal('msg'), target, inbox, data: z.union([kvChange, streamMessage, z.unknown()]) }) },
  reply: { summary: 'The answer to a frame with this inbox.', schema: z.object({ op: z.literal('reply'), target: target.optional(), inbox, data: z.unknown() }) },
  error: { summary: 'A refusal of a frame, or of the connection where there is no inbox.', schema: z.object({ op: z.literal('error'), target: target.optional(), inbox, data: problem }) },
  drain: { summary: `This server is going away; connect again. The connection is then ${CONNECTION_STATES[3]}.`, schema: z.object({ op: z.literal('drain'), data: z.object({ reconnect_after_ms: z.int().optional() }).optional() }) },
  auth_expiring: { summary: 'The access token ends within a minute; send `auth` with a fresh one.', schema: z.object({ op: z.literal('auth_expiring'), data: z.object({ expires_at: time }) }) },
  pong: { summary: 'The answer to ping.', schema: z.object({ op: z.literal('pong'), inbox, data: z.unknown().optional() }) },
};
