import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Whom a ticket or a cookie lets in, to what, and until when (ms since 1970). */
const pass = z.object({
  for: z.enum(['ticket', 'cookie']), tenant: z.string(), forward: z.string(), person: z.string(), session: z.string(), until: z.number(),
  /** Of a ticket: its own id, and where it leads. */ entry: z.string().optional(), to: z.string().optional(),
});
export type Pass = z.infer<typeof pass>;

const MOST = 4_096;

export interface Seals {
  seal(pass: Pass): string;
  /** Undefined: forged, of another kind, or over. */
  open(text: string, kind: Pass['for']): Pass | undefined;
}

/** Passes with an authentication code, under a key that only gateways have: every copy takes what another one gave. @param secret private part of the gateway's key */
export const sealsOf = (secret: string, now: () => number = Date.now): Seals => {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), 'xanthus', 'passes of forwards 1', 32));
  const code = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    seal(given) {
      const body = Buffer.from(JSON.stringify(given)).toString('base64url');
      return `${body}.${code(body).toString('base64url')}`;
    },
    open(text, kind) {
      const [, body = '', mac = ''] = text.length > MOST ? [] : /^([\w-]+)\.([\w-]{43})$/.exec(text) ?? [];
      const told = Buffer.from(mac, 'base64url');
      const right = code(body);
      if (body === '' || told.length !== right.length || !timingSafeEqual(told, right)) return undefined;
      const parsed = pass.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
      return parsed.success && parsed.data.for === kind && parsed.data.until > now() ? parsed.data : undefined;
    },
  };
};
