import { describe, expect, it } from '@jest/globals';
import { returnPath } from './return-path.js';

describe('where a log-in leads to', () => {
  it.each(['/', '/servers', '/servers?sort=name#x', '/a%2fb', '/?next=https://elsewhere.example'])('%s is kept', path => expect(returnPath(path)).toBe(path));

  it.each([
    null, '', 'servers', 'https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', '\\\\elsewhere.example', '/\telsewhere', '/\n/elsewhere.example', '/a\r\nset-cookie: x=1',
    'javascript:alert(1)', '/.//elsewhere.example', '/..//elsewhere.example', '/x/..//elsewhere.example', '/api/auth/logout', ' /servers', `/${'x'.repeat(1_100)}`, 'http:elsewhere.example', '/\u202eelsewhere',
  ])('%j leads to the first page', path => expect(returnPath(path)).toBe('/'));
});
