import { describe, expect, it } from '@jest/globals';
import { costsView, serverView } from '@xanthus/proto/vps';
import type { Server, ServerCosts } from '../contracts.js';
import { readListSearch } from './list-search.js';
import { countByState, countByStatus, describeServer, listServers, monthlyNow } from './server-list.js';
import { stateOf } from './server-state.js';
import { blockedBecause } from './server-status.js';
import { backFor } from './use-metrics.js';

const server = (change: Partial<Server>): Server => ({ ...serverView.example as Server, ...change });
const servers = [
  server({ id: 'a', name: 'web-10', status: 'reachable', adopted_at: '2026-11-21T08:00:00Z' }), server({ id: 'b', name: 'web-2', status: 'blocked', adopted_at: '2026-11-21T09:00:00Z' }),
  server({ id: 'c', name: 'DB-1', host: '198.51.100.7', status: 'unreachable', adopted_at: '2026-11-20T08:00:00Z' }),
];
const names = (list: readonly Server[]): string[] => list.map(s => s.name);

describe('the list of servers', () => {
  it('sorts by name as people do', () => expect(names(listServers(servers, {}))).toEqual(['DB-1', 'web-2', 'web-10']));
  it('puts trouble first', () => expect(names(listServers(servers, { sort: 'status' }))).toEqual(['web-2', 'DB-1', 'web-10']));
  it('puts the newest first', () => expect(names(listServers(servers, { sort: 'adopted' }))).toEqual(['web-2', 'web-10', 'DB-1']));
  it('finds by name, address and system', () => {
    expect(names(listServers(servers, { q: ' db ' }))).toEqual(['DB-1']);
    expect(names(listServers(servers, { q: '198.51' }))).toEqual(['DB-1']);
    expect(listServers(servers, { q: 'bookworm' })).toHaveLength(3);
    expect(listServers(servers, { status: 'blocked' })).toHaveLength(1);
  });
  it('counts', () => expect(countByStatus(servers)).toEqual({ connecting: 0, reachable: 1, unreachable: 1, blocked: 1 }));
  it('reads an address bar without trusting it', () => {
    expect(readListSearch({ q: 'x', status: 'blocked', sort: 'status' })).toEqual({ q: 'x', status: 'blocked', sort: 'status' });
    expect(readListSearch({ q: 7, status: 'nonsense', sort: 'name', provider: '../x' })).toEqual({});
    expect(readListSearch({ status: 'creating', provider: 'hetzner', sort: 'cost' })).toEqual({ status: 'creating', provider: 'hetzner', sort: 'cost' });
  });
  it('sorts by load and by cost, what is not known last', () => {
    const figures = { load: (id: string) => ({ a: 0.5, b: 2 })[id], cost: (id: string) => ({ b: '9.99', c: '10.00' })[id] };
    expect(names(listServers(servers, { sort: 'load' }, figures))).toEqual(['web-2', 'web-10', 'DB-1']);
    expect(names(listServers(servers, { sort: 'cost' }, figures))).toEqual(['DB-1', 'web-2', 'web-10']);
  });
  it('filters by provider, and finds by type, place and tag', () => {
    const made = server({ id: 'd', name: 'made-1', provider: 'hetzner', provider_id: 'p', type: 'cx22', location: 'fsn1', tags: ['staging'] });
    expect(names(listServers([...servers, made], { provider: 'hetzner' }))).toEqual(['made-1']);
    for (const q of ['cx22', 'FSN', 'stag']) expect(names(listServers([...servers, made], { q }))).toEqual(['made-1']);
    expect(describeServer(made, kind => kind.toUpperCase())).toBe('HETZNER · cx22 · fsn1');
    expect(describeServer(servers[0] as Server, () => 'Adopted')).toBe('Adopted · Debian GNU/Linux 12 (bookworm)');
  });
  it('puts a failed creation before a server that does not answer', () => {
    const failed = server({ id: 'e', name: 'zz', lifecycle: 'failed', status: 'connecting' });
    expect(names(listServers([...servers, failed], { sort: 'status' }))[0]).toBe('zz');
    expect(countByState([...servers, failed]).get('failed')).toBe(1);
  });
});

describe('the state of a server', () => {
  it.each([
    [{ lifecycle: 'creating', setup_step: 'k3s', status: 'reachable' }, 'Creating', 'K3s'], [{ lifecycle: 'failed', lifecycle_problem: { code: 'X', message: 'No stock.' }, status: 'connecting' }, 'Set-up failed', 'No stock.'],
    [{ lifecycle: 'setting-up', status: 'reachable' }, 'Setting up', 'K3s is being installed.'], [{ lifecycle: 'deleting', status: 'unreachable' }, 'Deleting', 'Is being deleted.'],
    [{ lifecycle: 'ready', status: 'reachable', power: 'running' }, 'Reachable', 'Answers over SSH.'], [{ status: 'unreachable', power: 'off' }, 'Off', 'Is switched off.'],
    [{ status: 'unreachable', reason: { code: 'SERVER.TIMEOUT', message: 'No answer.' } }, 'Unreachable', 'No answer.'], [{ status: 'reachable', operation: { id: 'o', kind: 'reboot' } }, 'Rebooting', 'Work on it is under way.'],
    [{ status: 'blocked', operation: { id: 'o', kind: 'reboot' } }, 'Blocked', 'Shows another host key'],
  ] as const)('%j is %s', (change, label, sentence) => {
    const found = stateOf(server(change as Partial<Server>));
    expect(found.label).toBe(label);
    expect(found.sentence).toContain(sentence);
  });
});

describe('what a server costs a month', () => {
  const period = { ...(costsView.example as ServerCosts).periods[0] as ServerCosts['periods'][number] };
  it('is its price now, with the address', () => {
    expect(monthlyNow({ until: null, periods: [{ ...period, monthly: { net: '1', gross: '99' }, to: '2026-11-21T09:00:00.000Z' }, period] })).toEqual({ amount: '4.1531', currency: 'EUR' });
    expect(monthlyNow({ until: null, periods: [{ ...period, ipv4: null }] })?.amount).toBe('3.5581');
  });
  it('is nothing when it is gone, or not known', () => expect([monthlyNow(undefined), monthlyNow({ until: '2026-11-21T09:00:00.000Z', periods: [period] }), monthlyNow({ until: null, periods: [] })]).toEqual([undefined, undefined, undefined]));
});

describe('the sparklines of many servers', () => {
  it('begin as far back as there is room', () => expect([1, 66, 67, 200, 500, 1_000].map(n => backFor(n) / 60_000)).toEqual([15, 15, 5, 5, 2, 1]));
});

describe('allowed actions', () => {
  it('needs the right', () => expect(blockedBecause('remove', { status: 'reachable' }, false)).toMatch(/DENIED/));
  it('accepts a host key only of a blocked server', () => {
    expect(blockedBecause('accept_host_key', { status: 'reachable' }, true)).toBeDefined();
    expect(blockedBecause('accept_host_key', { status: 'blocked' }, true)).toBeUndefined();
  });
  it('removes in any state', () => expect(blockedBecause('remove', { status: 'unreachable' }, true)).toBeUndefined());
});
