const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id that a create command gets from its idempotency key, as the services derive it: 128 bits of SHA-256 over the parts and their lengths, as a ULID.
 * Lets the page listen for what a command tells before it is answered. Needs a secure context (https or this machine).
 */
export const deriveId = async (...parts: readonly string[]): Promise<string> => {
  const bytes = new TextEncoder();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.encode(parts.map(p => `${bytes.encode(p).length}:${p}`).join(''))));
  let bits = hash.subarray(0, 16).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let id = '';
  for (let i = 0; i < 26; i++) {
    id = CROCKFORD.charAt(Number(bits & 31n)) + id;
    bits >>= 5n;
  }
  return id;
};
