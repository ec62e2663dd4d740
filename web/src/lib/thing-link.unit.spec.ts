import { describe, expect, it } from '@jest/globals';
import { SERVICES, type EventContract } from '@xanthus/proto';
import { historyLink, readThing, thingLink, THINGS, thingToken, thingWord } from './thing-link.js';

const aggregates = [...new Set(Object.entries(SERVICES).flatMap(([service, { events }]) => (Object.values(events) as EventContract[]).map(e => `${service} ${e.aggregate}`)))];

describe('the place of a thing', () => {
  it('was decided for every aggregate of every service', () => {
    const decided = Object.entries(THINGS).flatMap(([service, kinds]) => Object.keys(kinds).map(kind => `${service} ${kind}`));
    expect(aggregates.filter(a => !decided.includes(a))).toEqual([]);
  });
  it.each(aggregates)('of %s is a page, or a reason', (name) => {
    const [service = '', aggregate = ''] = name.split(' ');
    const thing = { service, aggregate, id: 'x1' };
    const link = thingLink(thing);
    if (link) expect(link.to).toMatch(/^\/[a-z$/-]+$/);
    else expect(THINGS[service]?.[aggregate]?.at).toMatch(/\.$/);
    expect(thingWord(thing)).toMatch(/^[A-Za-z]/);
  });
  it('is that of what it belongs to, where its own id leads nowhere', () => {
    expect(thingLink({ service: 'applications', aggregate: 'deployment', id: 'd' }, 'a')).toEqual({ to: '/applications/$id', params: { id: 'a' }, search: { tab: 'history' } });
    expect(thingLink({ service: 'dns', aggregate: 'plan', id: 'p' }, 'z')).toEqual({ to: '/domains/$id', params: { id: 'z' }, search: { tab: 'plans', plan: 'p' } });
    expect(thingLink({ service: 'dns', aggregate: 'plan', id: 'p' })).toEqual({ to: '/domains' });
  });
  it('is none for what is not known, whatever it is called', () => {
    for (const thing of [{ service: 'jobs', aggregate: 'run', id: 'x' }, { service: '__proto__', aggregate: 'constructor', id: 'x' }, { service: 'vps', aggregate: 'toString', id: 'x' }]) expect(thingLink(thing)).toBeUndefined();
    expect(thingWord({ service: 'jobs', aggregate: 'night-run' })).toBe('night run');
  });
});

describe('a thing as a word in an address', () => {
  it('comes back as it was', () => expect(readThing(thingToken({ service: 'vps', aggregate: 'ssh-key', id: '01jd' }))).toEqual({ service: 'vps', aggregate: 'ssh-key', id: '01jd' }));
  it('may be a kind, or a service', () => expect(['vps', 'vps.server'].map(readThing)).toEqual([{ service: 'vps' }, { service: 'vps', aggregate: 'server' }]));
  it.each(['', 'a.b.c.d', 'A', 'a..b', 7, null, '*', 'a b'])('%p is none', token => expect(readThing(token)).toBeUndefined());
  it('leads to its history', () => expect(historyLink({ service: 'vps', aggregate: 'server', id: 's' })).toEqual({ to: '/audit', search: { thing: 'vps.server.s' } }));
});
