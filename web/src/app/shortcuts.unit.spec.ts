import { describe, expect, it } from '@jest/globals';
import { NOTHING, press, shortcutsOf, type Begun } from './shortcuts.js';

const table = shortcutsOf('acme');
const type = (keys: string, every = 100): unknown[] => {
  const done: unknown[] = [];
  let begun: Begun = NOTHING;
  [...keys].forEach((key, i) => {
    const next = press(table, begun, key, 1_000 + i * every);
    begun = next.begun;
    if (next.deed) done.push(next.deed);
  });
  return done;
};

describe('shortcuts', () => {
  it('are one key, or two one after the other', () => {
    expect(type('gs')).toEqual([{ go: '/servers' }]);
    expect(type('?/')).toEqual([{ open: 'help' }, { open: 'palette' }]);
    expect(type('ns')).toEqual([{ go: '/servers/new' }]);
  });

  it('do nothing with other keys, and begin anew after them', () => {
    expect(type('gz')).toEqual([]);
    expect(type('xgs')).toEqual([{ go: '/servers' }]);
    expect(type('ggs')).toEqual([{ go: '/servers' }]);
    // what does not go on may be one itself
    expect(type('g?')).toEqual([{ open: 'help' }]);
  });

  it('forget the first key when the second takes too long', () => {
    expect(type('gs', 2_000)).toEqual([]);
  });

  it('are each once, and none hides another', () => {
    for (const tenant of ['acme', 'xanthus']) {
      const all = shortcutsOf(tenant);
      const hidden = all.filter(a => all.some(b => a !== b && b.keys.every((key, i) => a.keys[i] === key)));
      expect(hidden).toEqual([]);
    }
  });

  it('make nothing in the installation, which has nothing', () => {
    expect(shortcutsOf('xanthus').some(s => s.keys[0] === 'n')).toBe(false);
  });
});
