import { describe, expect, it } from '@jest/globals';
import { fixedBeginning } from './dockerhub.source.js';
import { compareVersions, isPrerelease, isVersion, plainVersion, stepBetween } from './version-order.js';

describe('versions', () => {
  it('follow each other as semantic versions do, and as images have them', () => {
    const rising = ['latest', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.0.1', '1.2', 'v1.10.0', '2.0.0rc1', '2', '17.5', '17.10'];
    for (let i = 1; i < rising.length; i++) expect([rising[i - 1], rising[i], Math.sign(compareVersions(rising[i - 1] ?? '', rising[i] ?? ''))]).toEqual([rising[i - 1], rising[i], -1]);
    expect(compareVersions('1.2', '1.2.0')).toBe(0);
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
    expect(compareVersions('1.2.3-alpine', '1.2.3')).toBe(0);
  });

  it('are told from other tags, and early ones from finished ones', () => {
    expect(['1.2.3', 'v1', '17.5-alpine', '2.0.0-beta.1'].map(isVersion)).toEqual([true, true, true, true]);
    expect(['latest', 'sha-1a2b3c', 'nightly', ''].map(isVersion)).toEqual([false, false, false, false]);
    expect(['1.0.0-rc.1', '2.0.0-beta', '3.0b', '1.0.0-alpine', '1.0.0'].map(isPrerelease)).toEqual([true, true, false, false, false]);
    expect(plainVersion('v1.2')).toBe('1.2');
    expect(plainVersion('valkey')).toBe('valkey');
  });

  it('are so far from each other', () => {
    expect([['1.2.3', '1.2.4'], ['1.2.3', '1.3.0'], ['1.2.3', '2.0.0'], ['1.2.3', '1.2.3'], ['2.0.0', '1.9.9'], ['x', '1.0.0']].map(([a = '', b = '']) => stepBetween(a, b))).toEqual(['patch', 'minor', 'major', undefined, undefined, undefined]);
  });

  it.each([['17\\.\\d+', '17.'], ['8\\.0\\.\\d+', '8.0.'], ['\\d+', ''], ['1\\.2|2\\.0', ''], ['12?', '1'], ['1\\.*', '1'], [undefined, '']])('what fits %s begins with "%s"', (pattern, beginning) => {
    expect(fixedBeginning(pattern)).toBe(beginning);
  });
});
