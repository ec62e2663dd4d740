import { describe, expect, it } from '@jest/globals';
import { RECENT, readRecent, withRecent } from './recent.js';
import { readPasted, score, search, type Entry, type Kind } from './search-model.js';

const entry = (kind: Kind, label: string, more: Partial<Entry> = {}): Entry => ({ key: `${kind} ${label}`, kind, label, hint: '', to: { to: '/' }, ...more });
const web = entry('server', 'web-1', { hint: '192.0.2.7', words: ['01jd3x8e2v5y9w4z7q6r1s0tab', 'Debian 12'] });
const shop = entry('application', 'Web shop', { hint: 'shop.example.com' });
const servers = entry('place', 'Servers');
const make = entry('new', 'Make a server');
const all = [servers, make, web, shop, entry('server', 'db-2', { hint: '192.0.2.70' }), entry('record', 'www.example.com', { hint: 'A 192.0.2.7' })];
const labels = (query: string, recent: readonly string[] = []): readonly string[] => search(all, query, recent).flatMap(g => g.entries.map(e => e.label));

describe('the search', () => {
  it('finds by name, by address and by id; every word must fit', () => {
    expect(labels('web')).toEqual(['web-1', 'Web shop']);
    expect(labels('192.0.2.7')).toEqual(['web-1', 'db-2', 'www.example.com']);
    expect(labels('01JD3X8E2V5Y9W4Z7Q6R1S0TAB')).toEqual(['web-1']);
    expect(labels('web debian')).toEqual(['web-1']);
    expect(labels('web windows')).toEqual([]);
  });

  it('ranks the start of a name before its middle, and the name before what is beside it', () => {
    expect(score(web, 'web')).toBeGreaterThan(score(entry('server', 'my-web'), 'web'));
    expect(score(entry('server', 'my-web'), 'web')).toBeGreaterThan(score(entry('server', 'cobweb'), 'web'));
    expect(score(shop, 'shop')).toBeGreaterThan(score(entry('server', 'x', { hint: 'shop.example.com' }), 'shop'));
    expect(score(entry('place', 'Security events'), 'sevt')).toBeGreaterThan(0);
  });

  it('shows kinds as groups, the kind of the best first', () => {
    expect(search(all, 'serv', []).map(g => g.kind)).toEqual(['place', 'new']);
    expect(search(all, 'shop', []).map(g => g.kind)).toEqual(['application']);
  });

  it('without words has what was recent first, as far as it is still there', () => {
    const groups = search(all, ' ', ['server gone', shop.key, web.key]);
    expect(groups.map(g => [g.kind, g.entries.map(e => e.label)])).toEqual([['recent', ['Web shop', 'web-1']], ['place', ['Servers']], ['new', ['Make a server']]]);
    expect(search(all, '', []).map(g => g.kind)).toEqual(['place', 'new']);
  });

  it('prefers what was used lately among equals', () => {
    const twins = [entry('server', 'app-1'), entry('server', 'app-2')];
    expect(search(twins, 'app', ['server app-2'])[0]?.entries.map(e => e.label)).toEqual(['app-2', 'app-1']);
  });

  it('remembers a few, each once, and trusts nothing that is stored', () => {
    expect(withRecent(['a', 'b'], 'b')).toEqual(['b', 'a']);
    const same = ['a'];
    expect(withRecent(same, 'a')).toBe(same);
    expect(withRecent(Array.from({ length: RECENT }, (_, i) => `k${i}`), 'new')).toHaveLength(RECENT);
    expect(readRecent([1, 'a', null, 'x'.repeat(200)])).toEqual(['a']);
    expect(readRecent({})).toEqual([]);
  });

  it('knows an id when it is pasted', () => {
    expect(readPasted(' 01JD3X8E2V5Y9W4Z7Q6R1S0TAB ')).toEqual({ id: '01jd3x8e2v5y9w4z7q6r1s0tab' });
    expect(readPasted('vps.server.01jd3x8e2v5y9w4z7q6r1s0tab')).toEqual({ thing: 'vps.server.01jd3x8e2v5y9w4z7q6r1s0tab' });
    expect(readPasted('023e105f4ecef8ad9ca31a8372d0c353')).toEqual({ id: '023e105f4ecef8ad9ca31a8372d0c353' });
    for (const no of ['web-1', 'shop.example.com', 'a.b.c', '192.0.2.7', '']) expect(readPasted(no)).toBeUndefined();
  });
});
