import { describe, expect, it } from '@jest/globals';
import { isFilePath, type FileAccess, type FileRule } from '@xanthus/proto/terminals';
import fc from 'fast-check';
import { join, MOST_NAME_BYTES, nameOf, parentOf, partName, textName } from './paths.js';
import { accessTo, allowsWithin, leadsOn, matchesPattern, rulesFor } from './rules.js';

const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tsv';
let made = 0;
const rule = (pattern: string, access: FileAccess, more: Partial<FileRule> = {}): FileRule => ({ id: `r${made++}`, server: null, role: null, pattern, access, ...more });
const as = (role: string, ...rules: FileRule[]) => rulesFor(rules, { server: SERVER, role });

describe('a pattern', () => {
  it.each([
    ['/var/www/**', '/var/www', true], ['/var/www/**', '/var/www/a/b', true], ['/var/www/**', '/var/wwwroot', false], ['/var/www/*', '/var/www/a', true], ['/var/www/*', '/var/www/a/b', false],
    ['/**', '/', true], ['/', '/', true], ['/', '/a', false], ['/**/.ssh/**', '/home/ada/.ssh/id', true], ['/**/.ssh/**', '/home/ada/ssh', false], ['/home/*/*.txt', '/home/ada/a.txt', true],
    ['/a/**/b/**/c', '/a/b/x/b/c', true], ['/log/app-??.log', '/log/app-01.log', true], ['/log/app-??.log', '/log/app-1.log', false], ['/x/[ab]+', '/x/a', false], ['/x/[ab]+', '/x/[ab]+', true], ['/n/*', '/n/new\nline', true], ['/e/?', '/e/😀', true],
  ])('%s and %s: %s', (pattern, path, fits) => { expect(matchesPattern(pattern, path)).toBe(fits); });

  it('of many stars takes no longer than its length asks for', () => {
    expect(matchesPattern(`/${'a*'.repeat(120)}b`, `/${'a'.repeat(250)}`)).toBe(false);
    expect(matchesPattern(`/${'**/'.repeat(60)}x`, `/${'a/'.repeat(400)}y`)).toBe(false);
  });
});

describe('rules', () => {
  it('allow everything where none fits', () => {
    expect(accessTo([], '/etc/shadow')).toBe('write');
    expect(accessTo(as('admin', rule('/etc/**', 'none')), '/var')).toBe('write');
  });

  it('count by how much they say: place, then server, then role, then less', () => {
    const rules = [rule('/**', 'none'), rule('/var/www/**', 'read'), rule('/var/www/**', 'write', { role: 'member' }), rule('/var/www/secret/**', 'none'), rule('/srv/**', 'read'), rule('/srv/**', 'none', { server: SERVER }), rule('/opt/**', 'write'), rule('/opt/**', 'read')];
    const member = as('member', ...rules);
    const viewer = as('viewer', ...rules);
    expect([accessTo(member, '/etc'), accessTo(member, '/var/www/a'), accessTo(viewer, '/var/www/a'), accessTo(member, '/var/www/secret/key'), accessTo(member, '/srv/a'), accessTo(member, '/opt/a')]).toEqual(['none', 'write', 'read', 'none', 'none', 'read']);
    expect(accessTo(rulesFor(rules, { server: 'another', role: undefined }), '/srv/a')).toBe('read');
  });

  it('let a folder go as a whole only where all in it is allowed', () => {
    const rules = as('member', rule('/home/*/.ssh/**', 'none'), rule('/var/log/**', 'read'));
    expect([allowsWithin(rules, '/home', 'write'), allowsWithin(rules, '/home/ada', 'write'), allowsWithin(rules, '/home/ada/docs', 'write'), allowsWithin(rules, '/var', 'write'), allowsWithin(rules, '/srv', 'write')]).toEqual([false, false, true, false, true]);
    expect(allowsWithin(as('member', rule('/**', 'none'), rule('/srv/www/**', 'write')), '/srv/www', 'write')).toBe(true);
    expect(allowsWithin(as('member', rule('/**', 'none'), rule('/srv/www/**', 'write'), rule('/srv/www/*/private', 'read')), '/srv/www', 'write')).toBe(false);
  });

  it('show the way to what is allowed', () => {
    const rules = as('member', rule('/**', 'none'), rule('/var/www/**', 'read'));
    expect([leadsOn(rules, '/'), leadsOn(rules, '/var'), leadsOn(rules, '/etc'), leadsOn(rules, '/var/log')]).toEqual([true, true, false, false]);
  });

  it('never say less of a folder as a whole than of anything in it', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const pattern = fc.array(fc.constantFrom('a', 'b', 'c', '*', '**', 'a*'), { minLength: 1, maxLength: 4 }).map(s => `/${s.join('/')}`);
    const path = fc.array(word, { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(fc.array(fc.tuple(pattern, fc.constantFrom<FileAccess>('none', 'read', 'write')), { maxLength: 5 }), path, path, (given, folder, rest) => {
      const rules = as('member', ...given.map(([p, a]) => rule(p, a)));
      const within = `/${[...folder, ...rest].join('/')}`;
      if (allowsWithin(rules, `/${folder.join('/')}`, 'write')) expect(accessTo(rules, within)).toBe('write');
    }), { numRuns: 500 });
  });
});

describe('names', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).filter(n => isFilePath(`/${n}`) && !n.includes('/'));

  it('are data: whatever they hold, they come apart and together the same', () => {
    fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), names => {
      const path = `/${names.join('/')}`;
      expect(isFilePath(path)).toBe(true);
      expect(join(parentOf(path), nameOf(path))).toBe(path);
      expect(matchesPattern('/**', path)).toBe(true);
    }));
  });

  it.each(['-rf', '$(id)', '`id`', 'a\nb', '; rm -rf ~', '*', '\'"', ' ', 'ä😀', 'x'.repeat(255)])('%j is one like any other', odd => { expect(isFilePath(`/tmp/${odd}`)).toBe(true); });
  it.each(['', 'tmp', '/tmp/', '/tmp//a', '/tmp/..', '/../etc', '/./a', '/a\0b', '/\uFFFD', '/\uD800', `/${'x'.repeat(256)}`, `/${'😀'.repeat(64)}`])('%j is refused', odd => { expect(isFilePath(odd)).toBe(false); });

  it('of what waits are hidden, of 255 bytes at most, and another for another source', () => {
    fc.assert(fc.property(name, n => {
      const about = { size: 1, modified: '2026-11-21T19:00:00.000Z', person: 'p', once: 'o' };
      for (const waiting of [partName(n, about), textName(n, 'o')]) {
        expect(waiting.startsWith('.')).toBe(true);
        expect(isFilePath(`/${waiting}`)).toBe(true);
        expect(Buffer.byteLength(waiting)).toBeLessThanOrEqual(MOST_NAME_BYTES);
      }
      expect(new Set([partName(n, about), partName(n, { ...about, size: 2 }), partName(n, { ...about, person: 'q' }), partName(n, { ...about, modified: undefined })]).size).toBe(4);
    }));
  });
});
