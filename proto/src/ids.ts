/** Lower-case ULID: 26 characters of Crockford's base32. Sorts by the time it was made. */
export const ULID = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** A tenant's immutable slug. Never reused, so a subject names the same tenant for ever. */
export const TENANT_SLUG = /^[a-z][a-z0-9-]{1,30}$/;
/** Every token of a subject that we build. */
export const TOKEN = /^[a-z0-9-]+$/;

/** The reserved tenant that owns what belongs to the installation: persons, sessions, tenants, global markers. */
export const INSTALLATION = 'xanthus';

export const isUlid = (value: string): boolean => ULID.test(value);
export const isTenantSlug = (value: string): boolean => TENANT_SLUG.test(value);

/**
 * What is hashed (SHA-256, UTF-8) for the id of a create command: tenant, `<kind>:<id>` of the actor, idempotency key. A retry finds itself, on every copy of a service, and a
 * client knows the id before the answer. Lengths in bytes stand with the parts: ('a', 'bc') and ('ab', 'c') are different requests.
 */
export const derivationText = (...parts: readonly string[]): string => parts.map(part => `${bytesOf(part)}:${part}`).join('');
const bytesOf = (text: string): number => (ASCII.test(text) ? text.length : UTF8.encode(text).length);

const ASCII = /^[\x20-\x7e]*$/;
const UTF8 = new TextEncoder();
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** The first 128 bits as a lower-case ULID, most significant first. */
export const ulidOf = (hash: Uint8Array): string => {
  let id = '';
  let bits = 0;
  let held = 2; // 26 digits of five bits hold 130: the first two are nought
  for (const byte of hash.subarray(0, 16)) {
    bits = ((bits << 8) | byte) & 0xffff;
    for (held += 8; held >= 5;) {
      held -= 5;
      id += CROCKFORD.charAt((bits >> held) & 31);
    }
  }
  return id;
};
