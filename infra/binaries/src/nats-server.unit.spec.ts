import { expect, it } from '@jest/globals';
import { notOlder } from './nats-server.js';

it.each([
  ['2.14.3', true], ['2.14.2', false], ['2.15.0', true], ['3.0.0', true], ['2.9.30', false], ['2.14.10', true],
])('compares %s with 2.14.3 by number: %s', (version, expected) => {
  expect(notOlder(version, '2.14.3')).toBe(expected);
});
