import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@xanthus/kernel';
import type { Sessions } from '../app/sessions.js';
import { endSessionsWhenPasswordChanged } from './end-sessions-when-password-changed.js';

const PERSON = '01jd3x8e2v5y9w4z7q6r1s0tps';
const SESSION = '01jd3x8e2v5y9w4z7q6r1s0tss';
const AT = '2026-01-01T00:00:00.000Z';

const asked = async (data: object, session?: string): Promise<unknown[][]> => {
  const calls: unknown[][] = [];
  const sessions = { endAll: async (_context, ...rest) => { calls.push(rest); return 0; } } as Pick<Sessions, 'endAll'>;
  const event = {
    id: 'e', type: 'PasswordChanged', schema: 1, tenant: 'xanthus', aggregate: { service: 'auth', name: 'person', id: PERSON }, occurred_at: AT, actor: { kind: 'person', id: PERSON, ...(session === undefined ? {} : { session }) },
    command_id: 'c', correlation_id: 'c', data, stream: 'AUTH', seq: 1, stored_at: AT,
  } as RecordedEvent;
  await endSessionsWhenPasswordChanged(sessions).react(event, { delivery: 1, signal: new AbortController().signal });
  return calls;
};

describe('sessions that were open when a password changed', () => {
  it('end but for the one in which it was changed; after a reset all of them', async () => {
    expect(await asked({ reason: 'changed' }, SESSION)).toEqual([[PERSON, 'password_changed', { keep: SESSION, openedBefore: AT }]]);
    expect(await asked({}, SESSION)).toEqual([[PERSON, 'password_changed', { keep: SESSION, openedBefore: AT }]]);
    expect(await asked({ reason: 'reset' })).toEqual([[PERSON, 'password_reset', { keep: undefined, openedBefore: AT }]]);
  });
  it('stay where only the hash is another', async () => {
    expect(await asked({ reason: 'rehashed' })).toEqual([]);
  });
});
