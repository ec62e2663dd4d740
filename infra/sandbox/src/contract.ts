import { z } from 'zod';

/** What the control API takes, gives and refuses. README.md says it in words. */

const label = z.string().max(63).regex(/^[A-Za-z0-9._/-]*$/);
const labels = z.record(label.min(1), label).refine(all => Object.keys(all).length <= 20, 'at most 20 labels');
const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, '1 to 63 letters, digits and hyphens, none at the ends');
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/);

export const createInput = z.strictObject({
  name,
  type: word.default('sandbox-small'),
  image: word.default('ubuntu-24.04'),
  location: word.default('here'),
  labels: labels.default({}),
  user_data: z.string().refine(text => Buffer.byteLength(text) <= 32 * 1024, 'at most 32 KiB').optional(),
  ssh_keys: z.array(z.string().max(2_048).regex(/^[^\r\n\0]+$/)).max(50).default([]),
  delay_ms: z.int().min(0).max(60_000).optional(),
  /** false: it stays off until it is switched on. */
  start: z.boolean().default(true),
});
export type CreateInput = z.input<typeof createInput>;

export const changeInput = z.strictObject({ name: name.optional(), labels: labels.optional() });
export type ChangeInput = z.infer<typeof changeInput>;
export const POWER_ACTIONS = ['on', 'off', 'shutdown', 'reboot', 'reset'] as const;
export const powerInput = z.strictObject({ action: z.enum(POWER_ACTIONS) });
export type PowerAction = (typeof POWER_ACTIONS)[number];
export const resizeInput = z.strictObject({ type: word });
export const rebuildInput = z.strictObject({ image: word.optional() });
export const LABEL_FILTER = /^([A-Za-z0-9._/-]{1,63})=([A-Za-z0-9._/-]{0,63})$/;

export type SandboxStatus = 'initializing' | 'starting' | 'running' | 'stopping' | 'off' | 'rebuilding' | 'deleting' | 'failed';

export interface Sandbox {
  readonly id: string;
  readonly name: string;
  readonly status: SandboxStatus;
  /** Why it failed, or was switched off by the host. */
  readonly reason: string | null;
  /** Its own 127.x.y.z where the system has them. */
  readonly address: string;
  readonly ssh_port: number;
  readonly type: string;
  readonly image: string;
  readonly location: string;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339 */
  readonly created_at: string;
  readonly busy: { readonly action: string; readonly progress: number; readonly since: string } | null;
}

const STATUS = { INVALID: 400, UNAUTHORIZED: 401, NOT_FOUND: 404, NAME_TAKEN: 409, LOCKED: 409, WRONG_STATE: 409, TOO_LARGE: 413, LIMIT_REACHED: 429, STOPPING: 503, UNAVAILABLE: 503 } as const;
export type HostErrorCode = keyof typeof STATUS;

/** A refusal of the host; the message says what to do. */
export class HostError extends Error {
  constructor(readonly code: HostErrorCode, message: string) { super(message); }
  get status(): number { return STATUS[this.code]; }
}

/** Where a request is read. @throws HostError INVALID naming the field */
export const parseInput = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new HostError('INVALID', `${issue?.path.join('.') || 'The request'}: ${issue?.message ?? 'wrong form'}.`);
};
