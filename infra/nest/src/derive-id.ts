import { createHash } from 'node:crypto';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** A lower-case ULID that depends on nothing but its parts (128 bits of SHA-256): the same request gets the same id on every copy and every retry. */
export const deriveId = (...parts: readonly string[]): string => {
  // Lengths are hashed with the parts: ('a', 'bc') and ('ab', 'c') are different requests.
  const hash = createHash('sha256').update(parts.map(p => `${Buffer.byteLength(p)}:${p}`).join('')).digest();
  let bits = BigInt(`0x${hash.subarray(0, 16).toString('hex')}`);
  let id = '';
  for (let i = 0; i < 26; i++) {
    id = CROCKFORD.charAt(Number(bits & 31n)) + id;
    bits >>= 5n;
  }
  return id;
};
