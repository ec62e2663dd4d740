import { describe, expect, it } from '@jest/globals';
import { isUlid } from '@xanthus/proto';
import { deriveId } from './derive-id.js';

describe('a derived id', () => {
  it('is a ULID, the same for the same parts', () => {
    for (let i = 0; i < 200; i++) expect(isUlid(deriveId('acme', 'person:1', `key-${i}`))).toBe(true);
    expect(deriveId('acme', 'person:1', 'k')).toBe(deriveId('acme', 'person:1', 'k'));
  });

  it('is what other clients compute too', () => {
    expect(deriveId('acme', 'person:01jd3x8e2v5y9w4z7q6r1s0tcd', 'key-ü')).toBe('4zyryp3btywg3zytxd8zbk07vz');
  });

  it('differs where any part or the border between them differs', () => {
    const ids = [['acme', 'person:1', 'k'], ['globex', 'person:1', 'k'], ['acme', 'person:2', 'k'], ['acme', 'person:1', 'k2'], ['acme', 'person:1k', ''], ['acmep', 'erson:1', 'k']].map(p => deriveId(...p));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
