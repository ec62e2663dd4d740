/** When sessions that a provider vouches for go on, and when not: over half a day, and with logout tokens that come again. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import type { LogoutToken, Refreshed } from '../../adapters/oidc-client.js';
import { LONGEST_UNVERIFIED, OidcSessions, type OidcSessionsDeps } from './sessions.js';

const START = Date.parse('2026-11-21T08:00:00Z');
const PROVIDER = { ref: 'acme.main', tenant: 'acme', name: 'main', client: {}, settings: { group_roles: [], group_claim: 'groups', default_role: 'viewer' } };
const IDENTITY = { status: 'linked', joined: false, kind: 'oidc', tenant: 'acme' };

interface World { now: number; answer: Refreshed; identity: object; provider: object | undefined; said: LogoutToken; asked: number; failEnding: boolean; readonly open: Map<string, { opened: number; sid: string }>; readonly secrets: Map<string, string> }
let world: World;
let sessions: OidcSessions;

beforeEach(() => {
  const w: World = world = { now: START, answer: { status: 'good', refresh_token: 'r2' }, identity: IDENTITY, provider: PROVIDER, said: { issuer: 'i', subject: 'ada', jti: 'j1', issued_at: START }, asked: 0, failEnding: false, open: new Map(), secrets: new Map() };
  sessions = new OidcSessions({
    now: () => w.now,
    log: { info: () => {}, warn: () => {} },
    views: { list: async () => [...w.open].map(([id, s]) => ({ id, value: { data: { id, person: 'p', tenant: 'acme', method: 'oidc', opened_at: new Date(s.opened).toISOString(), source: { kind: 'identity', id: 'oidc ada', sid: s.sid } } } })) },
    vault: {
      put: async (_t: string, name: string, text: string) => void w.secrets.set(name, text),
      getText: async (_t: string, name: string) => w.secrets.get(name) ?? Promise.reject(new Refusal('VAULT.NOT_FOUND', 'none')),
      destroy: async (_t: string, name: string) => void w.secrets.delete(name),
    },
    sessions: {
      end: async (context: { id: string }, reason: string) => {
        if (w.failEnding) throw new Error('NATS is away');
        if (reason === 'source_ended') w.open.delete(context.id);
      },
    },
    identities: { find: async () => w.identity, idOf: (_k: string, _t: string, _i: string, subject: string) => `oidc ${subject}`, keyOf: (_ref: string, sid: string) => `key ${sid}` },
    providers: { find: async () => w.provider ?? Promise.reject(new Refusal('OIDC.NOT_FOUND', 'none')) },
    roles: { apply: async () => 'viewer' },
    oidc: { refresh: async () => { w.asked += 1; return w.answer; }, readLogout: async () => w.said },
  } as unknown as OidcSessionsDeps);
});

const open = async (id: string, refresh_token?: string, sid = 's1'): Promise<void> => {
  await sessions.keep(id, PROVIDER as never, { subject: 'ada', ...(refresh_token === undefined ? {} : { refresh_token }) });
  world.open.set(id, { opened: world.now, sid: `key ${sid}` });
};
const after = async (ms: number): Promise<string[]> => {
  world.now = START + ms;
  await sessions.verify();
  return [...world.open.keys()];
};

describe('a session', () => {
  it('goes on as long as its provider stands by it, with the newest token', async () => {
    await open('a', 'r1');
    for (let hours = 1; hours < 48; hours++) expect(await after(hours * 3_600_000)).toEqual(['a']);
    expect(world.secrets.get('oidc-session-a')).toContain('"refresh_token":"r2"');
  });

  it('ends when the provider refuses, and not at once when it is away', async () => {
    await open('a', 'r1');
    world.answer = { status: 'unavailable', why: 'down' };
    expect(await after(LONGEST_UNVERIFIED - 1)).toEqual(['a']);
    world.answer = { status: 'refused', why: 'invalid_grant' };
    expect(await after(LONGEST_UNVERIFIED)).toEqual([]);
    expect(world.secrets.size).toBe(0);
  });

  it('ends when nobody could ask for half a day, and after half a day where there is nothing to ask with', async () => {
    await open('a', 'r1');
    await open('b');
    world.answer = { status: 'unavailable', why: 'down' };
    expect(await after(LONGEST_UNVERIFIED)).toEqual(['a', 'b']);
    expect(await after(LONGEST_UNVERIFIED + 1)).toEqual([]);
  });

  it('ends with its identity, its provider and its record', async () => {
    for (const lost of [() => { world.identity = { status: 'none' }; }, () => { world.provider = undefined; }, () => { world.secrets.clear(); }]) {
      Object.assign(world, { identity: IDENTITY, provider: PROVIDER });
      await open('a', 'r1');
      lost();
      expect(await after(1_000)).toEqual([]);
    }
  });

  it('asks a provider that is away once a round, not once a session', async () => {
    for (let i = 0; i < 50; i++) await open(`s${i}`, 'r1');
    world.answer = { status: 'unavailable', why: 'down' };
    await after(1_000);
    expect(world.asked).toBeLessThanOrEqual(8);
  });
});

describe('a log-out at the provider', () => {
  const code = (problem: Promise<unknown>): Promise<unknown> => problem.catch((error: { code?: string }) => error.code ?? 'failed');

  it('ends the sessions of the person, or the one that it names', async () => {
    await open('a', 'r1', 's1');
    await open('b', 'r1', 's2');
    world.said = { ...world.said, sid: 's2' };
    expect(await sessions.logOut('acme.main', 't')).toBe(1);
    expect([...world.open.keys()]).toEqual(['a']);
    world.said = { issuer: 'i', subject: 'ada', jti: 'j2', issued_at: START };
    expect(await sessions.logOut('acme.main', 't')).toBe(1);
    world.said = { issuer: 'i', subject: 'somebody-else', jti: 'j3', issued_at: START };
    await open('c', 'r1');
    expect(await sessions.logOut('acme.main', 't')).toBe(0);
  });

  it('counts once, and never against a session that was opened after it', async () => {
    await open('a', 'r1');
    expect(await sessions.logOut('acme.main', 't')).toBe(1);
    world.now = START + 5_000;
    await open('b', 'r1');
    expect(await code(sessions.logOut('acme.main', 't'))).toBe('OIDC.LOGOUT_INVALID');
    // another copy of us has not seen it yet
    world.said = { ...world.said, jti: 'unseen' };
    expect(await sessions.logOut('acme.main', 't')).toBe(0);
    expect([...world.open.keys()]).toEqual(['b']);
  });

  it('that failed may come again', async () => {
    await open('a', 'r1');
    world.failEnding = true;
    expect(await code(sessions.logOut('acme.main', 't'))).toBe('failed');
    world.failEnding = false;
    expect(await sessions.logOut('acme.main', 't')).toBe(1);
  });
});
