import { describe, expect, it } from '@jest/globals';
import { endWord, leftWord, placeOf, readPort } from './words.js';

describe('an open port in words', () => {
  it('says how long it stays', () => {
    const now = Date.parse('2026-11-21T19:00:00.000Z');
    expect([leftWord('2026-11-21T20:00:00.000Z', now), leftWord('2026-11-21T19:59:59.000Z', now), leftWord('2026-11-21T19:00:42.000Z', now), leftWord('2026-11-21T18:00:00.000Z', now)]).toEqual(['1 h left', '1 h left', '42 s left', 'closing']);
  });

  it('says where it is and how it ended', () => {
    expect(placeOf({ server_name: 'web-1', port: 3_000, address: '127.0.0.1', scheme: 'http' })).toBe('web-1 · 3000');
    expect(placeOf({ server_name: 'web-1', port: 8_443, address: '10.0.0.7', scheme: 'https' })).toBe('web-1 · 10.0.0.7:8443 · HTTPS');
    expect([endWord({ end: null }), endWord({ end: { how: 'over', message: '' } }), endWord({ end: { how: 'failed', message: 'no way' } })]).toEqual(['', 'its time was up', 'it failed: no way']);
  });

  it('reads a port as typed', () => {
    expect(['80', ' 3000 ', '0', '65536', '-1', '8o', '', '1e3'].map(readPort)).toEqual([80, 3_000, undefined, undefined, undefined, undefined, undefined, undefined]);
  });
});
