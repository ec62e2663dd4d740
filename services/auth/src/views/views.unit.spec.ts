import { describe, expect, it } from '@jest/globals';
import type { Projection, RecordedEvent } from '@xanthus/kernel';
import { authEvents } from '@xanthus/proto/auth';
import { capabilities } from './capabilities.js';
import { accounts, credentials } from './credentials.js';
import { memberships, members } from './members.js';
import { sessions } from './sessions.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const PERSON = '01jd3x8e2v5y9w4z7q6r1s0tps';

const recorded = (type: keyof typeof authEvents, tenant: string, id: string, data?: unknown): RecordedEvent => ({
  id: ID, type, schema: 1, tenant, aggregate: { service: 'auth', name: authEvents[type].aggregate, id }, occurred_at: '2026-01-01T00:00:00.000Z', actor: { kind: 'system', id: 'spec' },
  command_id: 'c', correlation_id: 'c', data: data ?? authEvents[type].example, stream: 'AUTH', seq: 1, stored_at: '2026-01-01T00:00:00.000Z',
});

/** Folds events one after the other, as the projector does, and answers the keys that are left. */
const fold = async (projection: Projection, events: readonly RecordedEvent[]): Promise<Record<string, unknown>> => {
  const view = new Map<string, unknown>();
  const reader = { get: <T>(key: string) => view.get(key) as T | undefined };
  for (const event of events) {
    for (const change of await projection.project(event, reader)) {
      if ('deleted' in change) view.delete(change.key);
      else view.set(change.key, change.value);
    }
  }
  return Object.fromEntries(view);
};

describe('views of auth', () => {
  it('members and the tenants of a person', async () => {
    const events = [recorded('MemberAdded', 'acme', PERSON, { role: 'viewer' }), recorded('MemberAdded', 'other', PERSON, { role: 'owner' }), recorded('MemberRoleAssigned', 'acme', PERSON, { role: 'admin' })];
    expect(await fold(members, events)).toMatchObject({ [`acme.members.${PERSON}`]: { role: 'admin' }, [`other.members.${PERSON}`]: { role: 'owner' } });
    expect(await fold(memberships, events)).toEqual({ [`_memberships.${PERSON}`]: { tenants: ['acme', 'other'] } });
    expect(await fold(memberships, [...events, recorded('MemberRemoved', 'acme', PERSON), recorded('MemberRemoved', 'other', PERSON)])).toEqual({});
  });

  it('sessions are found again without their person being named, and leave nothing behind', async () => {
    const opened = recorded('SessionOpened', 'xanthus', ID, { ...authEvents.SessionOpened.example, person: PERSON });
    expect(Object.keys(await fold(sessions, [opened, recorded('SessionRefreshed', 'xanthus', ID)]))).toEqual([`xanthus.sessions.${PERSON}.${ID}`, `_session.${ID}`]);
    expect(await fold(sessions, [opened, recorded('SessionEnded', 'xanthus', ID)])).toEqual({});
    expect(await fold(sessions, [recorded('SessionEnded', 'xanthus', ID)])).toEqual({});
  });

  it('a revoked credential leaves the console and its rights, and stays among the accounts', async () => {
    const events = [recorded('CredentialCreated', 'acme', ID), recorded('CredentialRevoked', 'acme', ID)];
    expect(await fold(credentials, events)).toEqual({});
    expect(await fold(capabilities, events)).toEqual({});
    expect(await fold(accounts, events)).toMatchObject({ [`xanthus.accounts.acme.${ID}`]: { revoked: true, name: 'billing' } });
    expect(await fold(capabilities, events.slice(0, 1))).toMatchObject({ [`acme.capabilities.${ID}`]: { principal: { kind: 'credential', nkey: expect.stringMatching(/^U/) } } });
  });

  it('rights fail closed when an event cannot be folded', async () => {
    const none = { get: () => undefined };
    expect(await capabilities.onParked?.({ tenant: 'acme', service: 'auth', aggregate: 'member', id: PERSON }, none)).toEqual([{ key: `acme.capabilities.${PERSON}`, deleted: true }]);
    expect(await capabilities.onParked?.({ tenant: 'xanthus', service: 'auth', aggregate: 'session', id: ID }, none)).toEqual([]);
  });
});
