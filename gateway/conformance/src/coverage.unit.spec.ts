/** Nothing of the published protocol is left without a row. */
import { expect, it } from '@jest/globals';
import { CLIENT_OPS, CLOSE_CODES, ERROR_CODES, RESET_REASONS } from '@xanthus/proto';
import { ROWS } from './rows/index.js';

/** Codes that only the HTTP side answers with. Those with a dot are answers of services. */
const HTTP_ONLY: readonly string[] = ['UNSUPPORTED_TYPE'];

const covered = new Set(ROWS.flatMap(r => r.covers));

it.each([
  ['op', CLIENT_OPS],
  ['out', ['hello', 'cap_update', 'msg', 'reply', 'error', 'drain', 'auth_expiring', 'pong']],
  ['error', Object.keys(ERROR_CODES).filter(code => !HTTP_ONLY.includes(code) && !code.includes('.'))],
  ['close', Object.keys(CLOSE_CODES)],
  ['reset', [...RESET_REASONS]],
  ['limit', ['subscriptions', 'frames_per_second', 'burst', 'frame_bytes', 'json_depth', 'queue_bytes', 'queue_frames', 'connections_per_user', 'subscriptions_per_user', 'commands_per_second', 'bytes_in_per_second']],
])('every %s is seen by a row', (kind, names) => {
  expect(names.filter(name => !covered.has(`${kind}:${name}`))).toEqual([]);
});

it('names each row once, by area and promise', () => {
  const names = ROWS.map(r => r.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z_-]+\/./);
});
