/** Frames of the WebSocket protocol, version 1 (`docs/gateway.md`). The prose and these schemas say the same. */
import { z } from 'zod';

export const SUB_PROTOCOL = 'xanthus.v1.json';
export const PROTOCOL_VERSION = 1;

const inbox = z.string().regex(/^[\x20-\x7e]{1,64}$/, '1–64 printable characters');
const pattern = z.string().min(1).max(512);
const seq = z.int().min(0);
const durable = z.string().regex(/^[a-z0-9-]{1,32}$/, '1–32 of a–z, 0–9 and -');
export const policy = z.enum(['reliable', 'latest', 'lossy']);
export type Policy = z.infer<typeof policy>;

const base = { v: z.literal(1).optional(), inbox: inbox.optional() };

/** What a client may send. Unknown fields are ignored. */
export const clientFrames = {
  sub: z.object({ ...base, op: z.literal('sub'), target: pattern, data: z.object({ policy: policy.optional() }).optional() }),
  unsub: z.object({ ...base, op: z.literal('unsub'), target: pattern, data: z.object({ pattern: pattern.optional(), filter: pattern.optional(), durable: durable.optional() }).optional() }),
  kv_sub: z.object({
    ...base, op: z.literal('kv_sub'), target: pattern,
    data: z.object({ pattern: pattern.optional(), last_revision: seq.optional(), epoch: z.string().max(64).optional(), policy: policy.optional() }).optional(),
  }),
  js_sub: z.object({
    ...base, op: z.literal('js_sub'), target: pattern,
    data: z.object({
      filter: pattern.optional(), start_seq: seq.optional(), start_time: z.iso.datetime().optional(),
      /** Resume: everything after `last_seq` of `epoch`; `last_time` is the time of that message, checked against the stored one. */
      last_seq: seq.optional(), last_time: z.iso.datetime().optional(), epoch: z.string().max(64).optional(),
      batch: z.int().min(1).max(1_000).optional(), credit: z.int().min(1).max(100_000).optional(),
      /** Its position lives in JetStream under this name, one per person: it goes on after what was acknowledged. */
      durable: durable.optional(),
      policy: policy.optional(),
    }).optional(),
  }),
  credit: z.object({ ...base, op: z.literal('credit'), target: pattern, data: z.object({ filter: pattern.optional(), durable: durable.optional(), n: z.int().min(0).max(100_000), /** Durable subscriptions: this message and all before it were dealt with. */ ack_seq: seq.optional() }) }),
  cmd: z.object({
    ...base, op: z.literal('cmd'), target: pattern, data: z.unknown().optional(),
    /** Takes effect once per key, tenant and actor. */
    idempotency_key: z.string().min(1).max(128).optional(),
    /** Sequence of the last event of the thing as the sender knows it: if it was changed since, the command is refused, COMMAND.CHANGED. */
    expected_seq: seq.optional(),
  }),
  auth: z.object({ ...base, op: z.literal('auth'), data: z.object({ token: z.string().max(4_096) }) }),
  ping: z.object({ ...base, op: z.literal('ping'), data: z.unknown().optional() }),
} as const;

export type ClientOp = keyof typeof clientFrames;
export type ClientFrame = { [K in ClientOp]: z.infer<(typeof clientFrames)[K]> }[ClientOp];
export const CLIENT_OPS = Object.keys(clientFrames) as ClientOp[];

export const RESET_REASONS = ['epoch_changed', 'trimmed', 'filter_changed', 'ahead'] as const;
export type ResetReason = (typeof RESET_REASONS)[number];

export interface Limits { readonly subscriptions: number; readonly frames_per_second: number; readonly burst: number; readonly frame_bytes: number; readonly json_depth: number; readonly queue_bytes: number; readonly queue_frames: number;
  /** Of one person, on all connections and over HTTP. */
  readonly connections_per_user?: number; readonly subscriptions_per_user?: number; readonly commands_per_second?: number;
  readonly bytes_in_per_second?: number; readonly bytes_out_per_second?: number }

export interface HelloData { readonly v: 1; readonly connection: string; readonly user: { readonly id: string; readonly name: string }; readonly tenant: { readonly id: string; readonly name: string }; readonly limits: Limits; readonly ping_interval_ms: number; readonly expires_at: string }

/** `value` / `payload` is the stored JSON, or `{"$base64": "…"}` where what is stored is not valid JSON. */
export type KvChange =
  | { readonly pattern?: string; readonly key: string; readonly revision: number; readonly prev: number; readonly kind: 'put' | 'del' | 'purge'; readonly value?: unknown; readonly time: string }
  | { readonly pattern?: string; readonly kind: 'in_sync'; readonly revision: number; readonly prev: number }
  | { readonly pattern?: string; readonly kind: 'position'; readonly revision: number; readonly prev: number }
  | { readonly pattern?: string; readonly kind: 'reset'; readonly reason: ResetReason; readonly epoch: string };

/** `durable` names the durable subscription that it belongs to; then a repeated delivery says `redelivered` and has no `prev`. */
export type StreamMessage =
  | { readonly filter?: string; readonly durable: string; readonly seq: number; readonly redelivered: true; readonly subject: string; readonly time: string; readonly payload: unknown }
  | { readonly filter?: string; readonly durable?: string; readonly seq: number; readonly prev: number; readonly subject: string; readonly time: string; readonly payload: unknown }
  | { readonly filter?: string; readonly durable?: string; readonly kind: 'in_sync'; readonly seq: number; readonly prev: number }
  | { readonly filter?: string; readonly durable?: string; readonly kind: 'position'; readonly seq: number; readonly prev: number }
  /** `lossy`: what lay in this range was dropped. */
  | { readonly filter?: string; readonly durable?: undefined; readonly kind: 'gap'; readonly from: number; readonly to: number }
  | { readonly filter?: string; readonly durable?: string; readonly kind: 'reset'; readonly reason: ResetReason; readonly epoch: string; readonly from_seq: number };

/** Of a `sub`. `gap`: so many were dropped (`lossy`, and `latest` beyond 1,024 subjects). */
export type SignalMessage =
  | { readonly subject: string; readonly payload: unknown }
  | { readonly kind: 'gap'; readonly count: number };

export type SubscribeReply =
  | { readonly status: 'live' | 'ended' }
  | { readonly status: 'subscribed' | 'resumed'; readonly epoch: string; readonly from_seq?: number; readonly head_seq?: number }
  | { readonly status: 'reset'; readonly reason: ResetReason; readonly epoch: string; readonly from_seq?: number; readonly head_seq?: number };

/** What a server may send; a frame is one of these or an array of them. */
export interface ServerFrame {
  readonly op: 'hello' | 'cap_update' | 'msg' | 'reply' | 'error' | 'drain' | 'auth_expiring' | 'pong';
  readonly target?: string;
  readonly inbox?: string;
  readonly data?: unknown;
}

/** States of a connection and of a subscription: the same names in gateway, SDK and metrics. */
export const CONNECTION_STATES = ['connecting', 'authenticating', 'live', 'draining', 'closed'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];
export const SUBSCRIPTION_STATES = ['subscribing', 'catching_up', 'live', 'ended'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];
