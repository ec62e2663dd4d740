/** Who comes with a Cloudflare token and was here before in another way. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandContext } from '@xanthus/kernel';
import { CloudflareLogIns } from './log-ins.js';

const CONTEXT: CommandContext = { tenant: 'xanthus', id: 's', actor: { kind: 'service', id: 'gateway' }, now: '2026-11-21T08:00:00.000Z', command_id: 'c', correlation_id: 'k' };
const FOUND = { token_id: 't', account: { id: 'a', name: 'A' }, user: { id: 'u', email: 'carol@example.com' }, features: [], steps: [] };
const code = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'fine', (error: { code?: string }) => error.code ?? String(error));

/** What the log says, by kind of aggregate. */
let log: Record<string, object>;
let identities: object[];
let done: string[];
let guessed: string[];
beforeEach(() => {
  log = { identity: { status: 'none' }, person: { status: 'unknown' }, member: { status: 'none' }, 'cloudflare-account': { status: 'linked', join_role: 'viewer' } };
  [identities, done, guessed] = [[], [], []];
});

const logIn = (device: object = { address: '192.0.2.7', user_agent: '' }) => code(new CloudflareLogIns({
  accounts: { check: async () => FOUND, tenantOf: async () => 'acme', linked: async () => log['cloudflare-account'] },
  read: async ({ name }: { name: string }) => log[name],
  handle: async (_: object, __: object, { type }: { type: string }) => (done.push(type), { id: 'x', stream: 'AUTH', seq: 1, events: [], repeated: false, state: {} }),
  views: { list: async () => identities, waitFor: async () => true },
  vault: { put: async () => undefined },
  persons: { keep: async () => void done.push('keep'), emailKey: () => 'k', findByEmail: async () => undefined, forget: async () => undefined },
  members: { join: async () => void done.push('join') }, roles: { granter: async () => ({ role: null, roles: {} }) },
  sessions: { open: async () => void done.push('open') },
  throttle: { begin: async (guesses: { key: string }[]) => (guessed.push(...guesses.map(g => g.key)), { forgiven: async () => undefined }) },
  addressKey: (address: string) => address, hmacKey: Buffer.from('k'), now: Date.now, log: { warn: () => undefined },
} as never).logIn(CONTEXT, { method: 'cloudflare', token: 't', device } as never));

describe('a newcomer with a Cloudflare token', () => {
  it('is registered, linked and joins', async () => {
    expect(await logIn()).toBe('fine');
    expect(done).toEqual(['keep', 'RegisterPerson', 'LinkIdentity', 'join', 'open']);
  });

  it('is let on where the first try died before the identity was linked, as it would be for ever else', async () => {
    log['person'] = { status: 'registered', has_password: false };
    expect(await logIn()).toBe('fine');
    expect(done).toEqual(['LinkIdentity', 'join', 'open']);
  });

  it('is none who took the identity away: their record, with its password, stays as it is', async () => {
    log['person'] = { status: 'registered', has_password: true };
    expect(await logIn()).toBe('CLOUDFLARE.LINK_NEEDED');
    log['person'] = { status: 'registered', has_password: false };
    identities = [{}];
    expect(await logIn()).toBe('CLOUDFLARE.LINK_NEEDED');
    expect(done).toEqual(['RefuseLogIn', 'RefuseLogIn']);
  });

  it('does not come back where somebody took them out', async () => {
    log['person'] = { status: 'registered', has_password: false };
    log['member'] = { status: 'removed' };
    expect(await logIn()).toBe('LOGIN.NOT_A_MEMBER');
    expect(done).not.toContain('join');
  });
});

it('guesses of a whole network count together, and those of a program on this machine not at all', async () => {
  await logIn({ address: '2001:db8::1', network: '2001:db8:0:0::/64', user_agent: '' });
  await logIn({ address: '127.0.0.1', network: '', user_agent: '' });
  expect(guessed).toEqual(['2001:db8:0:0::/64']);
});
