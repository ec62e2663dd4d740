/** What a person likes in the console, in the tenant `xanthus`; the id is the person's. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents, PREFERENCE_LIMITS } from '@xanthus/proto/auth';
import { isDeepStrictEqual } from 'node:util';
import { schemasOf } from './schemas.js';

const events = { PreferencesSet: authEvents.PreferencesSet };
export type PreferencesEvent = EventOf<typeof events>;
/** Never written to: what is not there is undefined. */
export type PreferencesState = Readonly<Record<string, unknown>>;
export type PreferencesCommand = { readonly type: 'SetPreferences'; readonly changes: Readonly<Record<string, unknown>> };

/** The values after the changes; null takes away. */
export const withChanges = (values: PreferencesState, changes: PreferencesState): PreferencesState =>
  Object.fromEntries([...Object.entries(values).filter(([key]) => !Object.hasOwn(changes, key)), ...Object.entries(changes).filter(([, value]) => value !== null && value !== undefined)]);

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const decider: Decider<PreferencesState, PreferencesCommand, PreferencesEvent> = {
  initialState: {},
  decide(state, { changes }) {
    const real = Object.fromEntries(Object.entries(changes).filter(([key, value]) => !isDeepStrictEqual(Object.hasOwn(state, key) ? state[key] : null, value ?? null)));
    if (Object.keys(real).length === 0) return [];
    const after = withChanges(state, real);
    const large = Object.keys(real).find(key => Object.hasOwn(after, key) && bytes(after[key]) > PREFERENCE_LIMITS.value);
    if (large !== undefined) throw new Refusal('PREFERENCES.TOO_LARGE', `The preference ${large} is larger than ${PREFERENCE_LIMITS.value} bytes; keep less in it.`);
    if (Object.keys(after).length > PREFERENCE_LIMITS.keys) throw new Refusal('PREFERENCES.TOO_MANY', `There are at most ${PREFERENCE_LIMITS.keys} preferences; take some away first.`);
    // What only takes away always goes, whatever there is.
    if (bytes(after) > PREFERENCE_LIMITS.all && bytes(after) > bytes(state)) throw new Refusal('PREFERENCES.TOO_LARGE', `All preferences together are larger than ${PREFERENCE_LIMITS.all} bytes; take some away first.`);
    return [{ type: 'PreferencesSet', data: { changes: real } }];
  },
  evolve: (state, event) => withChanges(state, event.data.changes),
};

export const preferences: AggregateType<PreferencesState, PreferencesCommand, PreferencesEvent> = { service: 'auth', name: 'preferences', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 50 } };
