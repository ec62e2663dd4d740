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
  it('show both sides', () => expect([beforeAfter({ kind: 'renamed', expected: 'a', actual: 'b' }), beforeAfter({ kind: 'powered', expected: 'running', actual: 'off' }), beforeAfter({ kind: 'unknown', expected: null, actual: 'x' })]).toEqual([['a', 'b'], ['switched on', 'switched off'], ['not known here', 'x']]));
  it('stand in order, the ignored at the end', () => {
    const open = example.findings[0] as ServerDrift['findings'][number];
    const rows = driftRows([{ ...example, name: 'b', findings: [{ ...open, state: 'ignored' }, { ...open, kind: 'powered' }] }, { ...example, name: 'a' }]);
    expect(rows.map(([s, f]) => `${s.name} ${f.kind} ${f.state}`)).toEqual(['a renamed open', 'b powered open', 'b renamed ignored']);
  });
});
