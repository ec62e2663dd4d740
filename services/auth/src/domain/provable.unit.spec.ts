import { describe, expect, it } from '@jest/globals';
import type { CommandContext } from '@xanthus/kernel';
import { Invitations } from '../app/invitations.js';
import { Members } from '../app/members.js';
import { requireProvable, type OwnRoles } from './roles.js';

const roles: OwnRoles = {
  'key-maker': [{ permission: 'auth.api-key.create', resources: 'all' }], 'role-keeper': [{ permission: 'auth.role.define', resources: 'id:helper' }], reader: [{ permission: 'auth.api-key.read', resources: 'all' }],
};
const code = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'fine', (error: { code?: string }) => error.code ?? 'went on');
const hands = (kind: 'person' | 'credential' | 'service', role: string) => code((async () => requireProvable({ kind }, role, { role: 'owner', roles }))());

describe('a key or credential', () => {
  it.each(['owner', 'admin', 'key-maker', 'role-keeper'])('does not hand out %s, which may do what asks for a proof', async (role) => {
    expect(await hands('credential', role)).toBe('ROLE.TOO_HIGH');
    expect(await hands('person', role)).toBe('fine');
    expect(await hands('service', role)).toBe('fine');
  });

  it.each(['operator', 'viewer', 'guest', 'reader'])('hands out %s', async (role) => {
    expect(await hands('credential', role)).toBe('fine');
  });

  it('is asked wherever a role is handed out', async () => {
    const deps = { roles: { granter: async () => ({ role: 'owner', roles }) }, read: async () => ({ status: 'active' }), persons: { findByEmail: () => Promise.reject(new Error('went on')) }, handle: () => Promise.reject(new Error('went on')) } as never;
    const context: CommandContext = { tenant: 'acme', id: 'x', actor: { kind: 'credential', id: 'k' }, now: '2026-11-21T08:00:00.000Z', command_id: 'c', correlation_id: 'k' };
    const every = (role: string) => Promise.all([
      code(new Members(deps).add(context, 'owner', { email: 'eve@example.com', name: 'Eve', role, password: 'vlinder-kaas-fiets' })), code(new Members(deps).assign(context, 'owner', role)),
      code(new Invitations(deps).create(context, 'owner', { email: 'eve@example.com', role })),
    ]);
    expect(await every('admin')).toEqual(['ROLE.TOO_HIGH', 'ROLE.TOO_HIGH', 'ROLE.TOO_HIGH']);
    expect(await every('operator')).toEqual(['went on', 'went on', 'went on']);
  });
});
