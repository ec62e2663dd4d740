/**
 * What a log-in at a provider has to remember until the browser comes back: sealed, in a cookie of that browser, so that nobody
 * but it can end what it began and nothing of it has to be kept here.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

const flow = z.object({
  /** `<tenant>.<name>` of the provider. */
  provider: z.string(),
  state: z.string(), nonce: z.string(), verifier: z.string(), redirect_uri: z.string(),
  invitation: z.string().optional(),
  /** The person who is linking, and their session. */
  link: z.object({ person: z.string(), session: z.string() }).optional(),
  /** ms */
  expires: z.number(),
});
export type Flow = z.infer<typeof flow>;

/** How long somebody may take at the provider, ms. */
export const FLOW_LIFE = 10 * 60_000;
const PREFIX = 'xof_';
const AAD = Buffer.from('xanthus.oidc-flow.v1');
const IV = 12;
const TAG = 16;

export interface SealedFlows {
  seal(flow: Flow): string;
  /** Undefined: not ours, changed, or too old. */
  open(text: string, now: number): Flow | undefined;
}

/** @param root a key that never changes; one of its own is derived for this */
export const sealedFlows = (root: Buffer): SealedFlows => {
  const key = Buffer.from(hkdfSync('sha256', root, 'xanthus', 'oidc flows', 32));
  const decrypt = (box: Buffer): string => {
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, IV), { authTagLength: TAG }).setAAD(AAD);
    decipher.setAuthTag(box.subarray(box.length - TAG));
    return Buffer.concat([decipher.update(box.subarray(IV, box.length - TAG)), decipher.final()]).toString('utf8');
  };
  return {
    seal(content) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG }).setAAD(AAD);
      const text = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
      return PREFIX + Buffer.concat([iv, text, cipher.getAuthTag()]).toString('base64url');
    },
    open(text, now) {
      const box = Buffer.from(text.slice(PREFIX.length), 'base64url');
      if (!text.startsWith(PREFIX) || box.length <= IV + TAG) return undefined;
      try {
        const content = flow.parse(JSON.parse(decrypt(box)));
        return content.expires > now ? content : undefined;
      } catch {
        return undefined;
      }
    },
  };
};
