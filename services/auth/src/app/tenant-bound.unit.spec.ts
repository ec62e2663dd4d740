/** Whoever a tenant's own provider vouches for is vouched for there, and nowhere else. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandContext } from '@xanthus/kernel';
import { CloudflareLogIns } from './cloudflare/log-ins.js';
import { Identities } from './oidc/identities.js';
import { OidcLogIn } from './oidc/log-in.js';
import { Sessions } from './sessions.js';

const NOW = '2026-11-21T08:00:00.000Z';
const context = (id: string): CommandContext => ({ tenant: 'xanthus', id, actor: { kind: 'person', id: 'p', session: 's' }, now: NOW, command_id: 'c', correlation_id: 'k' });
const code = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'fine', (error: { code?: string }) => error.code ?? String(error));
const SESSION = { status: 'open', person: 'p', tenant: 'acme', expires_at: '2026-12-21T08:00:00.000Z', source: { kind: 'identity', id: 'i' } };

/** What the log says, by kind of aggregate. */
let log: Record<string, object>;
const read = async ({ name }: { name: string }) => log[name];
beforeEach(() => {
  log = { tenant: { status: 'active', name: 'Acme' }, session: SESSION, identity: { status: 'linked', kind: 'oidc', tenant: 'acme' }, member: { status: 'member', role: 'viewer' }, person: { status: 'registered', has_password: false } };
});

describe('a session that an OpenID provider vouched for', () => {
  const change = () => code(new Sessions({ read } as never).switch(context('s'), 'other', { address: '', user_agent: '' }));

  it('goes on in no other tenant', async () => {
    expect(await change()).toBe('LOGIN.TENANT_BOUND');
  });

  it('nor when the identity was unlinked a moment ago, and the session is about to end', async () => {
    log['identity'] = { status: 'none' };
    expect(await change()).toBe('LOGIN.TENANT_BOUND');
  });
});

describe('a Cloudflare identity, which counts everywhere', () => {
  const link = () => code(new CloudflareLogIns({ read, sessions: new Sessions({ read } as never), accounts: { check: async () => ({ user: null }) } } as never).linkIdentity(context('new'), 'p', { token: 't' }));

  it('is not linked by who was vouched for by a tenant\'s provider alone', async () => {
    expect(await link()).toBe('LOGIN.TENANT_BOUND');
    log['identity'] = { status: 'none' };
    expect(await link()).toBe('LOGIN.TENANT_BOUND');
  });

  it('is linked by who gave their password as the proof, or came by Cloudflare, or with a password', async () => {
    log['person'] = { status: 'registered', has_password: true };
    expect(await link()).toBe('CLOUDFLARE.USER_UNKNOWN'); // the token was looked at
    log['person'] = { status: 'registered', has_password: false };
    log['identity'] = { status: 'linked', kind: 'cloudflare', tenant: 'acme' };
    expect(await link()).toBe('CLOUDFLARE.USER_UNKNOWN');
    log['session'] = { ...SESSION, source: undefined };
    expect(await link()).toBe('CLOUDFLARE.USER_UNKNOWN');
  });
});

describe('an identity at a provider', () => {
  const link = (tenant: string) => code(new OidcLogIn({ read, sessions: new Sessions({ read } as never), providers: { find: async () => ({ tenant }) } } as never).startLink(context('all'), { person: 'p', session: 's' }, { provider: `${tenant}.main`, redirect_uri: 'https://x.example/' }));

  it('of another tenant is not linked by who was vouched for by this one alone', async () => {
    expect(await link('other')).toBe('LOGIN.TENANT_BOUND');
    expect(await link('acme')).not.toBe('LOGIN.TENANT_BOUND');
    log['person'] = { status: 'registered', has_password: true };
    expect(await link('other')).not.toBe('LOGIN.TENANT_BOUND');
  });
});

describe('a session that begins while its identity is unlinked', () => {
  it('ends at once: who unlinked it could not see it yet', async () => {
    const done: string[] = [];
    const handle = async (_: object, __: object, { type }: { type: string }) => (done.push(type), { id: 's', stream: 'AUTH', seq: 1, state: SESSION });
    const sessions = new Sessions({ read, handle, vault: { put: async () => undefined, destroy: async () => undefined }, views: { waitFor: async () => true }, refresh: { make: () => 'r' }, persons: { record: async () => undefined }, access: { issue: async () => ({}) } } as never);
    const open = () => code(sessions.open(context('s'), { person: 'p', tenant: 'acme', device: { address: '', user_agent: '' }, method: 'cloudflare', source: { kind: 'identity', id: 'i' } }));
    expect(await open()).toBe('fine');
    log['identity'] = { status: 'none' };
    expect(await open()).toBe('SESSION.ENDED');
    expect(done).toEqual(['OpenSession', 'OpenSession', 'EndSession']);
  });

  it('and who unlinks it looks for sessions only when the view shows what was opened before', async () => {
    const done: string[] = [];
    const identities = new Identities({
      cache: { inTurn: (_: object, run: () => Promise<unknown>) => run() }, read: async ({ name }: { name: string }) => (name === 'person' ? { has_password: true, status: 'registered' } : log[name]),
      handle: async () => ({ id: 'i', stream: 'AUTH', seq: 7 }), vault: { destroy: async () => undefined },
      views: { list: async () => [], waitFor: async (seq: number) => done.push(`seen ${seq}`) }, sessions: { endBySource: async () => void done.push('ended') },
    } as never);
    await identities.unlink(context('i'), 'p');
    expect(done.slice(0, 2)).toEqual(['seen 7', 'ended']);
  });
});
