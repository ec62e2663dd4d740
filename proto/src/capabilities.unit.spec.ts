import { describe, expect, it } from '@jest/globals';
import { contains } from './capabilities.js';

describe('contains', () => {
  it('takes a wildcard for what it covers', () => {
    expect(contains('evt.acme.>', 'evt.acme.vps.server.1')).toBe(true);
    expect(contains('evt.*.vps', 'evt.>')).toBe(false);
  });
});
