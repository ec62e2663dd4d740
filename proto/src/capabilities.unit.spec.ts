import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allows, contains, containsAny, isPattern, matches, NO_CAPABILITIES, type CapabilityDocument } from './capabilities.js';

/** Every pattern of 1 to `length` tokens over this alphabet. */
const patternsUpTo = (length: number, alphabet: readonly string[]): string[] => {
  const found: string[] = [];
  const grow = (prefix: readonly string[]): void => {
    for (const t of [...alphabet, '*']) {
      const tokens = [...prefix, t];
      found.push(tokens.join('.'));
      if (tokens.length < length) grow(tokens);
    }
    found.push([...prefix, '>'].join('.'));
  };
  grow([]);
  return found;
};

/** The definition of a match, written another way: token by token as a regular expression. */
const asRegExp = (pattern: string): RegExp => new RegExp(`^${pattern.split('.').map(t => (t === '>' ? '[^.]+(\\.[^.]+)*' : t === '*' ? '[^.]+' : t)).join('\\.')}$`);

/**
 * The oracle: a pattern is the set of subjects that it matches, as bits over every subject up to a length that is one longer than any pattern
 * and over an alphabet with one letter that no pattern has. Containment of patterns is then containment of sets.
 */
const setsOf = (patterns: readonly string[], subjects: readonly string[]): Uint32Array[] => patterns.map(pattern => {
  const re = asRegExp(pattern);
  const bits = new Uint32Array(Math.ceil(subjects.length / 32));
  subjects.forEach((s, i) => {
    if (re.test(s)) bits[i >> 5] = (bits[i >> 5] ?? 0) | (1 << (i & 31));
  });
  return bits;
});
const isSubset = (inner: Uint32Array, outer: Uint32Array): boolean => {
  for (let i = 0; i < inner.length; i++) if (((inner[i] ?? 0) & ~(outer[i] ?? 0)) !== 0) return false;
  return true;
};

describe('contains', () => {
  it('agrees with the set of subjects for every pair of over a million', () => {
    const patterns = patternsUpTo(4, ['a', 'b', 'c', 'd']).concat(patternsUpTo(6, ['a']));
    const literals = patternsUpTo(5, ['a', 'b', 'c', 'd', 'z']).concat(patternsUpTo(7, ['a', 'z'])).filter(p => !/[*>]/.test(p));
    const sets = setsOf(patterns, [...new Set(literals)]);
    let pairs = 0;
    const wrong: string[] = [];
    for (let g = 0; g < patterns.length && wrong.length === 0; g++) {
      const granted = patterns[g] ?? '';
      const outer = sets[g] ?? new Uint32Array();
      for (let r = 0; r < patterns.length; r++) {
        pairs++;
        if (contains(granted, patterns[r] ?? '') !== isSubset(sets[r] ?? new Uint32Array(), outer)) wrong.push(`${granted} ⊇ ${patterns[r]}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThan(1_000_000);
  });

  it('of a list is that of its patterns, however many', () => {
    const token = fc.constantFrom('a', 'b', 'c', '*');
    const pattern = fc.array(token, { minLength: 1, maxLength: 4 }).chain(t => fc.constantFrom(t.join('.'), [...t, '>'].join('.'), '>'));
    fc.assert(fc.property(fc.array(pattern, { maxLength: 12 }), fc.array(pattern, { minLength: 1, maxLength: 20 }), (granted, requests) => {
      for (const request of requests) expect([granted, request, containsAny(granted, request)]).toEqual([granted, request, granted.some(g => contains(g, request))]);
    }), { numRuns: 2_000 });
  });

  it('is reflexive and transitive, and a literal subject is a match', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 5 }).chain(t => fc.constantFrom(t.join('.'), [...t, '>'].join('.')));
    fc.assert(fc.property(pattern, pattern, pattern, (a, b, c) => {
      expect(contains(a, a)).toBe(true);
      if (contains(a, b) && contains(b, c)) expect(contains(a, c)).toBe(true);
    }), { numRuns: 2_000 });
    expect(matches('evt.*.vps.>', 'evt.acme.vps.server.1')).toBe(true);
    expect(matches('evt.*.vps.>', 'evt.acme.vps')).toBe(false);
  });
});

describe('a pattern', () => {
  it.each(['a', 'a.b', 'a.*', '*', '>', 'a.>', 'a.*.b', '$JS.API', 'acme.servers.*'])('%s is one', p => expect(isPattern(p)).toBe(true));
  it.each(['', '.', 'a.', '.a', 'a..b', '>.a', 'a.>.b', 'a*', '*a', 'a>', 'a b', 'a.\t', 'a\u0000*', `${'a.'.repeat(300)}a`])('%j is none', p => expect(isPattern(p)).toBe(false));
});

describe('a capability document', () => {
  const document: CapabilityDocument = { subjects: ['sig.acme.>'], commands: ['cmd.acme.vps.server.*.rename', 'qry.acme.>'], buckets: { vps: ['acme.servers.>', 'acme.metrics.*'] }, streams: { VPS: ['evt.acme.>'] } };

  it('grants what one of its patterns contains', () => {
    expect(allows(document, { what: 'subject', subject: 'sig.acme.vps.>' })).toBe(true);
    expect(allows(document, { what: 'command', subject: 'cmd.acme.vps.server.1.rename' })).toBe(true);
    expect(allows(document, { what: 'bucket', bucket: 'vps', pattern: 'acme.servers.*' })).toBe(true);
    expect(allows(document, { what: 'stream', stream: 'VPS', filter: 'evt.acme.vps.>' })).toBe(true);
  });

  it('grants nothing wider, nothing of another tenant, nothing of another part', () => {
    expect(allows(document, { what: 'subject', subject: '>' })).toBe(false);
    expect(allows(document, { what: 'subject', subject: 'cmd.acme.vps.server.1.rename' })).toBe(false);
    expect(allows(document, { what: 'command', subject: 'cmd.acme.vps.server.1.delete' })).toBe(false);
    expect(allows(document, { what: 'command', subject: 'qry.globex.vps.view.servers.all' })).toBe(false);
    expect(allows(document, { what: 'bucket', bucket: 'vps', pattern: '>' })).toBe(false);
    expect(allows(document, { what: 'bucket', bucket: 'auth', pattern: 'acme.servers.*' })).toBe(false);
    expect(allows(document, { what: 'stream', stream: 'VPS', filter: 'evt.*.vps.>' })).toBe(false);
  });

  it('does not add several patterns up', () => {
    expect(allows({ ...NO_CAPABILITIES, subjects: ['sig.acme.a', 'sig.acme.*.>'] }, { what: 'subject', subject: 'sig.acme.>' })).toBe(false);
  });

  it('never grants an internal name, whatever it says', () => {
    const all: CapabilityDocument = { subjects: ['>'], commands: ['>'], buckets: { '>': ['>'] }, streams: { '>': ['>'] } };
    for (const name of ['$JS.API.STREAM.DELETE.VPS', '_INBOX.x', '_pos', 'acme._x', 'KV.$SYS']) {
      expect(allows(all, { what: 'subject', subject: name })).toBe(false);
      expect(allows(all, { what: 'command', subject: name })).toBe(false);
      expect(allows(all, { what: 'bucket', bucket: 'vps', pattern: name })).toBe(false);
      expect(allows(all, { what: 'stream', stream: 'VPS', filter: name })).toBe(false);
    }
    expect(allows(all, { what: 'bucket', bucket: '_vault', pattern: 'a' })).toBe(false);
    expect(allows(all, { what: 'stream', stream: '$KV', filter: 'a' })).toBe(false);
    expect(allows(all, { what: 'subject', subject: 'a..b' })).toBe(false);
  });

  it('none grants nothing', () => {
    expect(allows(NO_CAPABILITIES, { what: 'subject', subject: 'sig.acme.x' })).toBe(false);
    expect(allows(NO_CAPABILITIES, { what: 'bucket', bucket: 'vps', pattern: 'acme.servers.1' })).toBe(false);
  });
});
