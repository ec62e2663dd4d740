import { describe, expect, it } from '@jest/globals';
import type { RowChange, ViewContract } from '@xanthus/proto';
import { SERVICES } from '@xanthus/proto';
import { THINGS } from '../lib/thing-link.js';
import { fieldSteps } from './field-history.js';
import { rowName, rowThing } from './row-things.js';

const change = (seq: number, changed: RowChange['changed']): RowChange => ({ event: { id: `e${seq}`, seq, type: 'X', occurred_at: '2026-11-21T10:00:00Z', actor: { kind: 'person', id: 'a' }, command_id: 'c', correlation_id: 'k', aggregate: { service: 'vps', name: 'server', id: 'a' } }, changed });

describe('why a field is so', () => {
  const history = [
    change(5, [{ path: ['facts', 'os'], before: 'Debian 12', after: 'Debian 13' }]),
    change(4, [{ path: ['name'], before: 'a', after: 'b' }]),
    change(3, [{ path: ['facts'], before: null, after: { os: 'Debian 12', cpus: 2 } }]),
    change(1, [{ path: [], after: { name: 'a', facts: null } }]),
  ];
  const seqs = (path: string[]): unknown => fieldSteps(history, path).map(s => [s.event.seq, s.before, s.after]);
  it('is said by the event that changed it', () => expect(seqs(['name'])).toEqual([[4, 'a', 'b'], [1, undefined, 'a']]));
  it('or what it is in', () => expect(seqs(['facts', 'os'])).toEqual([[5, 'Debian 12', 'Debian 13'], [3, undefined, 'Debian 12']]));
  it('or what is in it', () => expect(fieldSteps(history, ['facts']).map(s => s.within?.length ?? 0)).toEqual([1, 0, 0]));
  it('of the whole row, all of them', () => expect(fieldSteps(history, []).map(s => s.event.seq)).toEqual([5, 4, 3, 1]));
  it('nothing made it so', () => expect(seqs(['tags'])).toEqual([]));
});

describe('whose row it is', () => {
  const INNER = new Set(['auth.capabilities', 'auth.key-checks', 'auth.jwks', 'auth.directory', 'auth.provider-budgets', 'vps.account-budgets', 'notifications.own-notices']);
  const views = Object.entries(SERVICES).flatMap(([service, s]) => Object.values<ViewContract>(s.views).map(v => `${service}.${v.view}`)).filter(v => !INNER.has(v));
  it.each(views)('%s is known', of => {
    const [service = '', view = ''] = of.split('.');
    const thing = rowThing(service, view, 'x.y');
    expect(Object.keys(THINGS[service] ?? {})).toContain(thing?.aggregate);
  });
  it.each([['dns', 'records', 'zone.record', 'zone'], ['applications', 'deployments', 'app.deployment', 'deployment'], ['vps', 'servers', 'a', 'a']])('%s %s %s is that of %s', (s, v, id, own) => expect(rowThing(s, v, id)?.id).toBe(own));
  it('has its name', () => expect([rowName({ name: 'web-1' }, 'x'), rowName({ title: 'shell' }, 'x'), rowName(null, 'x')]).toEqual(['web-1', 'shell', 'x']));
});
