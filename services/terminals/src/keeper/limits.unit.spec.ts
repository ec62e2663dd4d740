import { describe, expect, it } from '@jest/globals';
import { endsAt, extensionOf, mustHaveRoom, recordingOf } from '../use-cases/limits.js';
import type { LivingRow } from '../views/sessions.js';
import { messageOf, nextEnd, warnAt } from './limits.js';
import { createLiving } from './living.js';

const NOW = '2026-01-01T00:00:00.000Z';
const at = (minutes: number): number => Date.parse(NOW) + minutes * 60_000;
const row = { idle_minutes: 30, ends_at: new Date(at(60)).toISOString(), stayed_at: NOW };

describe('the end of a session', () => {
  it('is the idle time after the last key, or that one stays, or its time; with a warning of two minutes', () => {
    expect(nextEnd(row, 0)).toEqual({ reason: 'idle', at: at(30) });
    expect(nextEnd(row, at(10))).toEqual({ reason: 'idle', at: at(40) });
    expect(nextEnd({ ...row, stayed_at: new Date(at(20)).toISOString() }, at(10))).toEqual({ reason: 'idle', at: at(50) });
    expect(nextEnd(row, at(40))).toEqual({ reason: 'time', at: at(60) });
    expect(nextEnd({ ...row, idle_minutes: null, ends_at: null }, 0)).toBeUndefined();
    expect([warnAt({ reason: 'idle', at: at(30) }, row), warnAt({ reason: 'time', at: at(60) }, row), warnAt({ reason: 'idle', at: at(1) }, { idle_minutes: 1 })]).toEqual([at(28), at(58), at(0.5)]);
    expect(messageOf({ reason: 'idle' }, row)).toBe('Nobody typed for 30 minutes.');
  });
});

describe('limits at open', () => {
  const living = createLiving();
  for (let n = 0; n < 3; n++) living.expect({ tenant: 'acme', id: `s${n}`, owner: n < 2 ? 'ann' : 'bob' } as LivingRow);
  const check = (person: number, tenant: number, id = 'new', owner = 'ann', of = 'acme') => (): void => mustHaveRoom({ XANTHUS_TERMINALS_PER_PERSON: person, XANTHUS_TERMINALS_PER_TENANT: tenant }, living, of, id, owner);

  it('count per person and per tenant, and not what is asked for once more', () => {
    expect(check(2, 10)).toThrow(/You have 2 terminals open/);
    expect(check(3, 10)).not.toThrow();
    expect(check(2, 10, 's0')).not.toThrow();
    expect(check(9, 3)).toThrow(/Your organisation has 3 terminals open/);
    expect(check(1, 1, 'new', 'ann', 'other')).not.toThrow();
  });

  it('record no less than the operator wants, and no key that they do not want', () => {
    expect([recordingOf(undefined, 'output'), recordingOf('output', 'off'), recordingOf('all', 'all'), recordingOf('off', 'off')]).toEqual(['output', 'output', 'all', 'off']);
    expect(() => recordingOf('off', 'output')).toThrow(expect.objectContaining({ code: 'SESSION.RECORDING_REQUIRED' }));
    expect(() => recordingOf('output', 'all')).toThrow(expect.objectContaining({ code: 'SESSION.RECORDING_REQUIRED' }));
    expect(() => recordingOf('all', 'output')).toThrow(expect.objectContaining({ code: 'SESSION.RECORDING_REFUSED' }));
  });

  it('give time as the operator says', () => {
    expect([endsAt({ XANTHUS_TERMINALS_MOST_HOURS: 0 }, NOW), endsAt({ XANTHUS_TERMINALS_MOST_HOURS: 12 }, NOW)]).toEqual([null, '2026-01-01T12:00:00.000Z']);
    expect([extensionOf({ XANTHUS_TERMINALS_EXTEND_HOURS: 0 }, NOW), extensionOf({ XANTHUS_TERMINALS_EXTEND_HOURS: 1 }, NOW)]).toEqual([undefined, '2026-01-01T01:00:00.000Z']);
  });
});
