import { describe, expect, it } from '@jest/globals';
import { serverView } from '@xanthus/proto/vps';
import type { Server } from '../contracts.js';
import { rank } from '../app/rank.js';
import { countByStatus, listServers, readListSearch } from './server-list.js';
import { blockedBecause } from './server-status.js';

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
    expect(readListSearch({ q: 7, status: 'nonsense', sort: 'name' })).toEqual({});
  });
});

describe('allowed actions', () => {
  it('needs the right', () => expect(blockedBecause('remove', { status: 'reachable' }, false)).toMatch(/DENIED/));
  it('accepts a host key only of a blocked server', () => {
    expect(blockedBecause('accept_host_key', { status: 'reachable' }, true)).toBeDefined();
    expect(blockedBecause('accept_host_key', { status: 'blocked' }, true)).toBeUndefined();
  });
  it('removes in any state', () => expect(blockedBecause('remove', { status: 'unreachable' }, true)).toBeUndefined());
});

describe('the palette', () => {
  it('ranks starts, words, parts, letters in order', () => expect(rank(['my web', 'web-1', 'cobweb', 'wide belt', 'zzz'], 'web', t => t)).toEqual(['web-1', 'my web', 'cobweb', 'wide belt']));
  it('shows all for nothing', () => expect(rank(['b', 'a'], '  ', t => t)).toEqual(['b', 'a']));
});
