import { describe, expect, it } from '@jest/globals';
import type { StreamItem } from '@xanthus/client';
import { authEvents } from '@xanthus/proto/auth';
import { toHistory } from '../servers/history.js';
import { SECRET_KINDS } from './secret-kinds.js';
import { secretKind } from '@xanthus/proto/auth';
import { filterRows, securityWords } from './security-events.js';
import { KINDS, readSecuritySearch } from './security-search.js';

/** Of persons, sessions and the installation: they lie in the tenant `xanthus`, which no organisation reads. */
const ELSEWHERE: ReadonlySet<string> = new Set(['installation', 'person', 'session', 'signing-key', 'identity', 'refusals', 'master-key', 'preferences']);
const shown = Object.values(authEvents).filter(e => !ELSEWHERE.has(e.aggregate));
const words = securityWords(id => `<${id}>`);

const item = (seq: number, type: string, aggregate: string, data: unknown): StreamItem =>
  ({ seq, subject: '', time: '2026-11-21T08:00:00.000Z', payload: { id: `e${seq}`, type, aggregate: { service: 'auth', name: aggregate, id: 'thing' }, actor: { kind: 'person', id: 'ada' }, data } });

describe('security events in words', () => {
  it.each(shown.map(e => [e.type, e] as const))('%s has words, without a blank or a code in them, and a kind', (_, event) => {
    const { text, detail = 'x' } = words[event.type]?.(event.data.parse(event.example) as Record<string, unknown>, 'thing') ?? { text: '' };
    expect(text.trim()).not.toBe('');
    for (const part of [text, detail]) expect(part).not.toMatch(/undefined|null|\[object|_|^$/);
    expect(Object.values(KINDS).some(k => (k.aggregates as readonly string[]).includes(event.aggregate))).toBe(true);
  });

  const rows = toHistory([item(1, 'MemberAdded', 'member', { role: 'viewer' }), item(2, 'RoleDefined', 'role', { description: 'Restarts', grants: [] }), item(3, 'SomethingOfNextYear', 'member', {})], words);
  it('shows an unknown one by its name', () => expect(rows.map(r => r.text)).toEqual(['Something of next year', 'The role thing was defined', '<thing> became a member']));
  it('filters by kind and text, the actor included', () => {
    const find = (search: Parameters<typeof filterRows>[1]): number[] => filterRows(rows, search, () => 'Ada').map(r => r.seq);
    expect(find({})).toEqual([3, 2, 1]);
    expect(find({ kind: 'people' })).toEqual([3, 1]);
    expect(find({ q: ' RESTARTS ' })).toEqual([2]);
    expect(find({ q: 'ada', kind: 'rights' })).toEqual([2]);
    expect(find({ q: 'nobody' })).toEqual([]);
  });
  it('leaves out what an address has wrong', () => {
    expect(readSecuritySearch({ q: 'x', kind: 'keys' })).toEqual({ q: 'x', kind: 'keys' });
    expect(readSecuritySearch({ q: 7, kind: 'toString' })).toEqual({});
  });
  it('has a word for each kind of secret', () => expect(Object.keys(SECRET_KINDS).sort()).toEqual([...secretKind.options].sort()));
});
