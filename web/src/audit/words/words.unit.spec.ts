import { describe, expect, it } from '@jest/globals';
import { SERVICES, type EventContract } from '@xanthus/proto';
import { EVENT_WORDS, say, sayWith, spelledType } from './index.js';

const contracts = Object.values(SERVICES).flatMap(s => Object.values(s.events) as EventContract[]);
const names = contracts.map(c => `${c.service} ${c.aggregate}.${c.type}`);
const of = (c: EventContract, data: unknown = c.example) => ({ type: c.type, aggregate: { service: c.service, name: c.aggregate, id: 'x1' }, data });

describe('an event in words', () => {
  it('has some, whatever it is', () => expect(names.filter((n) => { const [service = '', key = ''] = n.split(' '); return !EVENT_WORDS[service]?.[key]; })).toEqual([]));
  it('has none that no event is called', () => expect(Object.entries(EVENT_WORDS).flatMap(([service, words]) => Object.keys(words).map(key => `${service} ${key}`)).filter(n => !names.includes(n))).toEqual([]));
  it('is a sentence of its example, with nothing left to fill in', () => {
    for (const contract of contracts) {
      const sentence = sayWith(say(of(contract)), 'Ada', 'server web-1');
      expect(sentence).toMatch(/^\p{Lu}|^\d/u);
      expect(sentence).not.toMatch(/undefined|null|NaN|\[object|[{}\u0001\u0002]/); // oxlint-disable-line no-control-regex -- what must not be left
    }
  });
  it('is one even if its data are not what they should be', () => { for (const contract of contracts) for (const data of [null, 7, {}, [], { name: { a: 1 }, tags: 'x', reason: null }]) expect(sayWith(say(of(contract, data)), 'Ada', 'it').length).toBeGreaterThan(1); });
  it('reads as people speak', () => {
    const renamed = say({ type: 'ServerRenamed', aggregate: { service: 'vps', name: 'server', id: 'x' }, data: { name: 'web-2' } });
    expect(sayWith(renamed, 'Ada', 'server web-1')).toBe('Ada renamed server web-1 to web-2');
    expect(renamed).toEqual([{ part: 'who' }, { text: ' renamed ' }, { part: 'thing' }, { text: ' to web-2' }]);
  });
  it('is its name where it is not known', () => {
    expect(sayWith(say({ type: 'NightRunDone', aggregate: { service: 'jobs', name: 'run', id: 'x' }, data: {} }), 'Ada', 'run 7')).toBe('Ada: Night run done (run 7)');
    expect(sayWith(say({ type: 'toString', aggregate: { service: '__proto__', name: 'constructor', id: 'x' }, data: {} }), 'Ada', 'it')).toContain('Ada');
    expect(spelledType('ServerPoweredOff')).toBe('Server powered off');
  });
});
