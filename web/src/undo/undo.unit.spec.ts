import { describe, expect, it } from '@jest/globals';
import { undoOf, type UndoCommand, type UndoneEvent } from '@xanthus/proto/undo';
import { undoPlan, type Pictures } from './plan.js';

const NOW = '2026-11-21T10:00:00.000Z';
const planned = (type: string, aggregate: string, data: Record<string, unknown>, pictures: Partial<Pictures>, service = 'vps') => {
  const event: UndoneEvent = { type, aggregate: { service, name: aggregate, id: 'a' }, data };
  return undoPlan(undoOf(event) as UndoCommand, event, { before: undefined, after: undefined, now: undefined, ...pictures }, NOW);
};
const row = (name: string) => ({ name, tags: ['x'] });

describe('the plan of an undo', () => {
  it('shows how it is and how it will be', () => expect(planned('ServerRenamed', 'server', { name: 'b' }, { before: row('a'), after: row('b'), now: row('b') }))
    .toEqual({ kind: 'ready', sending: { verb: 'rename', input: { name: 'a' } }, lines: [{ name: 'name', is: 'b', will: 'a' }], stale: false }));
  it('says when somebody changed it since', () => expect(planned('ServerRenamed', 'server', { name: 'b' }, { before: row('a'), after: row('b'), now: row('c') }))
    .toMatchObject({ kind: 'ready', stale: true, lines: [{ is: 'c', will: 'a', was: 'b' }] }));
  it('does nothing where it is so already', () => expect(planned('ServerRenamed', 'server', { name: 'b' }, { before: row('a'), after: row('b'), now: row('a') }).kind).toBe('nothing'));
  it('other fields that changed do not matter', () => expect(planned('ServerRenamed', 'server', { name: 'b' }, { before: row('a'), after: row('b'), now: { ...row('b'), tags: [] } })).toMatchObject({ stale: false }));
  it('takes away what was made', () => expect(planned('MemberAdded', 'member', { role: 'viewer' }, { after: { role: 'viewer' }, now: { role: 'viewer' } }, 'auth')).toMatchObject({ kind: 'ready', sending: { verb: 'remove' }, lines: [{ name: 'role', is: 'viewer', will: '–' }], stale: false }));
  it('is done when it is gone already', () => expect(planned('MemberAdded', 'member', { role: 'viewer' }, { after: { role: 'viewer' } }, 'auth').kind).toBe('nothing'));
  it('brings back what was removed', () => expect(planned('RoleRemoved', 'role', {}, { before: { description: 'x', grants: [] } }, 'auth')).toMatchObject({ kind: 'ready', sending: { verb: 'define', input: { description: 'x', grants: [] } }, stale: false }));
  it('says why not', () => expect(planned('ServerRenamed', 'server', { name: 'b' }, { after: row('b'), now: row('b') })).toEqual({ kind: 'cannot', why: 'What was before it is not known.' }));
  it('without a row it says it in words', () => expect(planned('FileRenamed', 'files', { from: '/a', to: '/b', replaced: false }, {}, 'terminals')).toMatchObject({ kind: 'ready', lines: [{ is: '/b', will: '/a' }] }));
});
