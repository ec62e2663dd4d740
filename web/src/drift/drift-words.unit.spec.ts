import { describe, expect, it } from '@jest/globals';
import { DRIFT_CHOICES, DRIFT_KINDS, driftView } from '@xanthus/proto/vps';
import type { ServerDrift } from '../contracts.js';
import { beforeAfter, CHOICES, driftRows, driftWords } from './drift-words.js';

const example = driftView.example as ServerDrift;

describe('differences at a provider', () => {
  it('have the answers that the service takes', () => expect(CHOICES).toEqual(DRIFT_CHOICES));
  it.each(DRIFT_KINDS)('have words and effects for %s', kind => {
    const words = driftWords({ name: 'web-1' }, { kind, expected: 'running', actual: 'off' });
    expect(Object.keys(words.choices).toSorted()).toEqual([...CHOICES[kind]].toSorted());
    for (const choice of Object.values(words.choices)) expect(choice.effect).toMatch(/^[A-Zw].*\.$/);
    expect(JSON.stringify(words)).not.toMatch(/undefined|null/);
  });
  it('say what a change of power back does', () => {
    expect(driftWords({ name: 'web-1' }, { kind: 'powered', expected: 'running', actual: 'off' }).choices.revert?.label).toBe('Switch it on');
    expect(driftWords({ name: 'web-1' }, { kind: 'powered', expected: 'off', actual: 'running' }).choices.revert?.label).toBe('Shut it down');
  });
  it('ask for the name before anything is deleted', () => expect(driftWords({ name: 'x' }, { kind: 'unknown', expected: null, actual: 'x' }).choices.revert).toMatchObject({ confirm: true, danger: true }));
  it('say of which server a snapshot is, and what it costs, and that it may be the last copy', () => {
    const snapshot = { of: 'web-1', size_bytes: 2_300_000_000, created_at: '2026-11-21T08:00:00.000Z', price: { currency: 'EUR', monthly: { net: '0.0253', gross: '0.0301' } } };
    const words = (change: Partial<typeof snapshot> | Readonly<Record<string, null>> = {}) => driftWords({ name: 'before the upgrade' }, { kind: 'snapshot', expected: null, actual: 'before the upgrade', snapshot: { ...snapshot, ...change } });
    expect(words().text).toBe('A copy of the disk of web-1, which is not kept here any more: from 21 Nov 2026, 2.1 GiB. It costs €0.03 a month at the provider.');
    expect(words({ of: null, size_bytes: null, price: null }).text).toBe('A copy of the disk of a server, which is not kept here any more: from 21 Nov 2026. It may cost money at the provider.');
    expect(words().choices.revert).toMatchObject({ danger: true, effect: expect.stringMatching(/“before the upgrade” of web-1 is deleted.*last copy/) });
  });
  it('show both sides', () => expect([beforeAfter({ kind: 'renamed', expected: 'a', actual: 'b' }), beforeAfter({ kind: 'powered', expected: 'running', actual: 'off' }), beforeAfter({ kind: 'unknown', expected: null, actual: 'x' })]).toEqual([['a', 'b'], ['switched on', 'switched off'], ['not known here', 'x']]));
  it('stand in order, the ignored at the end', () => {
    const open = example.findings[0] as ServerDrift['findings'][number];
    const rows = driftRows([{ ...example, name: 'b', findings: [{ ...open, state: 'ignored' }, { ...open, kind: 'powered' }] }, { ...example, name: 'a' }]);
    expect(rows.map(([s, f]) => `${s.name} ${f.kind} ${f.state}`)).toEqual(['a renamed open', 'b powered open', 'b renamed ignored']);
  });
});
