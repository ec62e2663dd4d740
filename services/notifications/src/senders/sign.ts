/** Signatures of webhooks: HMAC-SHA-256 over `<timestamp>.<body>`, hex. Whoever gets one checks it like `verifySignature`. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADERS = { timestamp: 'X-Xanthus-Timestamp', signature: 'X-Xanthus-Signature', delivery: 'X-Xanthus-Delivery', idempotency: 'Idempotency-Key' } as const;
const VERSION = 'v1';

/** @param timestamp seconds since 1970, as the header has it */
export const signatureOf = (secret: string, timestamp: string, body: string): string => `${VERSION}=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** @param tolerance seconds that clocks may differ */
export const verifySignature = (secret: string, { timestamp, signature, body }: { readonly timestamp: string; readonly signature: string; readonly body: string }, now: number, tolerance = 300): boolean => {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1_000 - Number(timestamp)) > tolerance) return false;
  const [expected, given] = [Buffer.from(signatureOf(secret, timestamp, body)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
};
