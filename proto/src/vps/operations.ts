/** Long work on a server: the command answers at once, what follows is told by events, and shown in the view `operations`. One at a time per server. */
import { z } from 'zod';
import { defineView } from '../contract.js';
import { actor, ulid } from '../envelope.js';
import { POWER_COMMANDS, POWER_STATES } from './allowed-actions.js';
import { serverEvent } from './events.js';
import { problemReason } from './views.js';

export const OPERATION_KINDS = [...POWER_COMMANDS, 'resize', 'rebuild', 'create-snapshot', 'delete-snapshot'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];
export const powerState = z.enum(POWER_STATES);

/** What is wanted, and what it was before. Only the fields of its kind are there. */
export const operationWish = z.object({
  type: z.string().optional(),
  grow_disk: z.boolean().optional(),
  image: z.string().optional(),
  snapshot: z.string().optional(),
  description: z.string().optional(),
});
export const operationBefore = z.object({ power: powerState, type: z.string().optional(), image: z.string().optional() });

const ID = '01jd3x8e2v5y9w4z7q6r1s0tqp';

export const operationEvents = {
  OperationStarted: serverEvent('OperationStarted', 'Long work on a server was asked for; nothing else of its kind is taken until it has ended.', z.object({
    operation: ulid, kind: z.enum(OPERATION_KINDS), way: z.enum(['provider', 'ssh']), wish: operationWish, before: operationBefore,
  }), { operation: ID, kind: 'resize', way: 'provider', wish: { type: 'cx32' }, before: { power: 'off', type: 'cx22' } }),
  OperationProgressed: serverEvent('OperationProgressed', 'Long work on a server went on. `asked`: the provider is being asked, and may have heard. `action` is the provider\'s own id of it, `boot` the mark of the boot before.', z.object({
    operation: ulid, percent: z.int().min(0).max(100).optional(), text: z.string().max(200).optional(), asked: z.boolean().optional(), action: z.string().max(200).optional(), boot: z.string().max(200).optional(),
  }), { operation: ID, percent: 50, action: '4711' }),
  OperationFinished: serverEvent('OperationFinished', 'Long work on a server has ended well.', z.object({ operation: ulid, duration_ms: z.int().min(0) }), { operation: ID, duration_ms: 41_000 }),
  OperationFailed: serverEvent('OperationFailed', 'Long work on a server has failed; the reason says what to do.', z.object({ operation: ulid, reason: problemReason, retryable: z.boolean() }), {
    operation: ID, reason: { code: 'PROVIDER.SOLD_OUT', message: 'The type cx32 is sold out there now. Choose another one, or try again later.' }, retryable: true,
  }),
} as const;

export const operationsView = defineView({
  service: 'vps', view: 'operations', schema: 1,
  summary: 'Long work on each server (its id is the key): what runs now, and the last 20 that ended, newest first.',
  data: z.object({
    server: ulid,
    items: z.array(z.object({
      id: ulid,
      kind: z.enum(OPERATION_KINDS),
      state: z.enum(['running', 'finished', 'failed']),
      wish: operationWish,
      before: operationBefore,
      /** 0–100; absent as long as nobody told. */
      percent: z.int().optional(),
      text: z.string().optional(),
      started_at: z.iso.datetime(),
      started_by: actor,
      ended_at: z.iso.datetime().nullable(),
      reason: problemReason.nullable(),
    })),
  }),
  example: {
    server: '01jd3x8e2v5y9w4z7q6r1s0tab',
    items: [{
      id: ID, kind: 'resize', state: 'running', wish: { type: 'cx32' }, before: { power: 'off', type: 'cx22' }, percent: 50, started_at: '2026-11-21T08:00:00.000Z', started_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' },
      ended_at: null, reason: null,
    }],
  },
});
