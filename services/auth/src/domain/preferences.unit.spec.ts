import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { preferences, type PreferencesEvent } from './preferences.js';

const set = (changes: Record<string, unknown>) => ({ type: 'SetPreferences', changes }) as const;
const was = (changes: Record<string, unknown>): PreferencesEvent => ({ type: 'PreferencesSet', data: { changes } });

describe('preferences', () => {
  it('change by key; null takes one away; the others stay', () => {
    const decision = given(preferences.decider, [was({ theme: 'dark', language: 'en' })]).when(set({ theme: null, density: 'compact' }));
    expect(decision.then()).toEqual([was({ theme: null, density: 'compact' })]);
    expect(decision.state()).toEqual({ language: 'en', density: 'compact' });
  });

  it('note only what is another: the same value, and nothing taken away, is no event', () => {
    const before = given(preferences.decider, [was({ tiles: { order: ['a', 'b'] } })]);
    expect(before.when(set({ tiles: { order: ['a', 'b'] }, never: null })).then()).toEqual([]);
    expect(before.when(set({ tiles: { order: ['a', 'b'] }, theme: 'dark' })).then()).toEqual([was({ theme: 'dark' })]);
  });

  it('are bounded: in number, each, and together', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i]));
    expect(given(preferences.decider, [was(many)]).when(set({ one: 1 })).refusal()).toBe('PREFERENCES.TOO_MANY');
    expect(given(preferences.decider, [was(many)]).when(set({ one: 1, k0: null })).refusal()).toBeUndefined();
    expect(given(preferences.decider).when(set({ one: 'x'.repeat(16_384) })).refusal()).toBe('PREFERENCES.TOO_LARGE');
    const large = Object.fromEntries(['a', 'b', 'c'].map(key => [key, 'x'.repeat(16_000)]));
    const full = given(preferences.decider, [was({ ...large, d: 'x'.repeat(16_000) })]);
    expect(full.when(set({ e: 'x'.repeat(2_000) })).refusal()).toBe('PREFERENCES.TOO_LARGE');
    expect(full.when(set({ e: 'x'.repeat(2_000), a: null })).refusal()).toBeUndefined();
  });
});
