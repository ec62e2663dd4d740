import { describe, expect, it } from '@jest/globals';
import { allowedActions, NO_ABILITIES, OPERATION_WORDS as OPERATIONS, REMOVAL_WORDS as REMOVAL, SET_UP_WORDS as SET_UP, type Abilities, type ActionSubject } from '@xanthus/proto/vps';
import { OPERATION_WORDS, REASONS, reasonWords, REMOVAL_WORDS, SET_UP_WORDS } from './vps-words.js';

const facts = { k3s: null, sudo: false } as unknown as NonNullable<ActionSubject['facts']>;
const SUBJECTS = (['reachable', 'unreachable', 'blocked'] as const).flatMap(status => (['running', 'off'] as const).flatMap(power => [undefined, 'creating', 'setting-up', 'deleting'].flatMap(lifecycle => [undefined, facts].map(f =>
  ({ status, power, ...(lifecycle ? { lifecycle } : {}), ...(f ? { facts: f } : {}) }) as unknown as ActionSubject))));
const ALL: Abilities = { ...NO_ABILITIES, power: ['on', 'off', 'reset'], resize: true, rebuild: true, snapshots: true } as unknown as Abilities;

describe('words of proto in the console', () => {
  it('are those of proto, in English', () => {
    expect(SET_UP_WORDS).toEqual(SET_UP);
    expect(REMOVAL_WORDS).toEqual(REMOVAL);
    expect(OPERATION_WORDS).toEqual(OPERATIONS);
  });

  it('know every reason that the table of actions gives', () => {
    const said = new Set(SUBJECTS.flatMap(s => [NO_ABILITIES, ALL].flatMap(a => Object.values(allowedActions(s, a)).flatMap(v => (v.allowed ? v.warning ?? [] : v.reason)))));
    expect(said.size).toBeGreaterThan(12);
    for (const sentence of said) expect(REASONS).toHaveProperty([sentence], sentence);
    expect(reasonWords('It is busy: rebooting. Wait until that has ended.', 'reboot')).toBe('It is busy: rebooting. Wait until that has ended.');
  });
});
