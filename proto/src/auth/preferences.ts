/** What a person likes in the console: order of tiles, theme, language, what was read. One's own, in the tenant `xanthus`. */
import { z } from 'zod';
import { defineCommand, defineView } from '../contract.js';
import { ulid, written } from '../envelope.js';
import { eventOf, EXAMPLE } from './common.js';

/** Of one tenant: `<what>.<tenant>`. */
export const preferenceKey = z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/, 'a key begins with a letter; letters, digits, dots and dashes, at most 64');

/** Bytes of JSON. */
export const PREFERENCE_LIMITS = { keys: 200, value: 16_384, all: 65_536 } as const;

/** Null: none any more. */
const changes = z.record(preferenceKey, z.unknown());

export const setPreferences = defineCommand({
  service: 'auth', aggregate: 'preferences', verb: 'set', on: 'id', summary: 'Change one\'s own preferences: those that are named; null takes one away. At most 200, 16 KiB of JSON each and 64 KiB together.',
  input: z.object({ changes: changes.refine(all => Object.keys(all).length <= PREFERENCE_LIMITS.keys, 'at most 200 changes at once') }), output: written, example: { changes: { theme: 'dark' } },
  errors: ['PREFERENCES.TOO_MANY', 'PREFERENCES.TOO_LARGE'],
});

/** Key `xanthus.preferences.<person>`: for the person only. Absent until the first change. */
export const preferencesView = defineView({
  service: 'auth', view: 'preferences', schema: 1, summary: 'What a person likes in the console. For the person only.',
  data: z.object({ person: ulid, values: z.record(preferenceKey, z.unknown()) }),
  example: { person: EXAMPLE.id, values: { theme: 'dark', language: 'en' } },
});

const preferences = eventOf('preferences');
export const preferencesEvents = {
  PreferencesSet: preferences('PreferencesSet', 'A person changed how the console is for them. A value of null was taken away.', z.object({ changes }), { changes: { theme: 'dark', language: null } }),
} as const;
