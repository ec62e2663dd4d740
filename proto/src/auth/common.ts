/** What several topics of auth share. */
import { z } from 'zod';
import { defineEvent } from '../contract.js';

export const email = z.email().max(254);
/** Length is what protects; no rules on classes of characters. */
export const password = z.string().min(12, 'at least 12 characters').max(1_024);
export const displayName = z.string().trim().min(1).max(100).regex(/^[^\p{C}]*$/u, 'no control characters');
export const roleName = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a request comes from. `token`: what an earlier log-in on this device was given (`device_token`). */
export const device = z.object({
  address: z.string().max(64), user_agent: z.string().max(512),
  /** What guesses are counted by; empty: not by address. Absent: the address itself. */
  network: z.string().max(64).optional(),
  token: z.string().max(512).optional(),
});

/** For examples. */
export const EXAMPLE = {
  id: '01jd3x8e2v5y9w4z7q6r1s0tcd', sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  device: { address: '192.0.2.7', user_agent: 'Mozilla/5.0' },
} as const;

/** `const session = eventOf('session')` then `session('SessionOpened', summary, data, example)`. */
export const eventOf = (aggregate: string) => <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) =>
  defineEvent({ service: 'auth', aggregate, type, schema: 1, summary, data, example });
