import { expect, it } from '@jest/globals';
import { checkSpace } from './data-folder.js';
import { explain, Sentence } from './sentence.js';

it.each([
  [{ code: 'EACCES', path: '/data' }, /can't be written \(\/data\)/],
  [{ code: 'EACCES', port: 80 }, /may not listen on port 80/],
  [{ code: 'ENOSPC' }, /disk is full/],
  [{ code: 'EADDRINUSE', port: 7700 }, /Port 7700 is taken/],
  [{ code: 'EADDRNOTAVAIL' }, /no such address/],
  [new Sentence('As said.'), /^As said\.$/],
])('explains %j', (error, expected) => {
  expect(explain(error)).toMatch(expected);
});

it('does not pretend to know other errors', () => {
  expect(explain(new TypeError('x is undefined'))).toBeUndefined();
});

it('refuses a disk without room', () => {
  expect(() => checkSpace('/data', { bavail: 100, bsize: 4096 })).toThrow(/almost full: 0 MiB are free for \/data/);
  expect(() => checkSpace('/data', { bavail: 1e6, bsize: 4096 })).not.toThrow();
});
