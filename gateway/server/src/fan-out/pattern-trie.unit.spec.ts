import { describe, expect, it } from '@jest/globals';
import { matches } from '@xanthus/proto';
import fc from 'fast-check';
import { Channel } from './channel.js';
import { Feed } from './feed.js';
import { Outbox } from './outbox.js';
import { PatternTrie } from './pattern-trie.js';

const token = fc.constantFrom('a', 'b', 'c');
const subject = fc.array(token, { minLength: 1, maxLength: 4 }).map(t => t.join('.'));
const pattern = fc.tuple(fc.array(fc.oneof(token, fc.constant('*')), { maxLength: 4 }), fc.boolean())
  .map(([tokens, rest]) => (rest || tokens.length === 0 ? [...tokens, '>'] : tokens).join('.'));

describe('the trie of patterns', () => {
  it('finds what a scan finds, whatever came and went', () => {
    fc.assert(fc.property(fc.array(fc.tuple(pattern, fc.boolean()), { maxLength: 40 }), fc.array(subject, { maxLength: 10 }), (changes, subjects) => {
      const trie = new PatternTrie<string>();
      const there = new Set<string>();
      for (const [p, add] of changes) {
        if (add) {
          trie.set(p, p);
          there.add(p);
        } else {
          trie.delete(p);
          there.delete(p);
        }
        expect(trie.get(p)).toBe(add ? p : undefined);
      }
      expect([...trie.values()].toSorted()).toEqual([...there].toSorted());
      for (const s of subjects) expect(trie.matching(s).toSorted()).toEqual([...there].filter(p => matches(p, s)).toSorted());
    }), { numRuns: 2_000 });
  });

  it('keeps nothing of patterns that went', () => {
    const trie = new PatternTrie<number>();
    for (let i = 0; i < 1_000; i++) trie.set(`a.${i}.*.>`, i);
    for (let i = 0; i < 1_000; i++) trie.delete(`a.${i}.*.>`);
    expect((trie as unknown as { root: { literal: Map<string, unknown> } }).root.literal.size).toBe(0);
  });
});

describe('10,000 different filters', () => {
  const FILTERS = 10_000;
  const publish = (filters: number): { readonly told: number; readonly ms: number } => {
    let told = 0;
    const channel = new Channel({ target: 'js:VPS', label: 'seq', filter: 'filter' }, () => ({ next: () => 'head' }));
    for (let i = 0; i < filters; i++) {
      const outbox = new Outbox({ write: frames => { told += frames.length; }, pending: () => 0 }, { bytes: 1e9, frames: 1e6 }, () => 0, () => outbox.flush());
      new Feed(channel, `evt.acme.vps.server.s${i}.>`, outbox, 0).pump();
    }
    told = 0;
    const started = process.cpuUsage();
    for (let seq = 1; seq <= 2_000; seq++) channel.publish({ seq, name: `evt.acme.vps.server.s${seq % filters}.x`, body: '"payload":1' });
    const { user, system } = process.cpuUsage(started);
    return { told, ms: (user + system) / 1_000 };
  };

  it('cost one message hardly more than 10 do', () => {
    publish(10); // the compiler's share
    const few = publish(10);
    const many = publish(FILTERS);
    expect(few.told).toBe(2_000);
    expect(many.told).toBe(2_000);
    // A scan takes 500 times as long.
    expect(many.ms).toBeLessThan(few.ms * 10 + 100);
  });
});
