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
