import { describe, expect, it } from '@jest/globals';
import { AggregateCache, MemoryEventStore, MemorySnapshotStore, newId, type CommandContext } from '@xanthus/kernel';
import { installation } from '../domain/installation.js';
import { member } from '../domain/member.js';
import { ownership } from '../domain/ownership.js';
import { handleWith, readWith } from './handle.js';
import { Members } from './members.js';
import type { Roles } from './roles.js';
import { ensureOperator } from './tenants.js';

const HASH = 'a'.repeat(64);
const context = (id: string, tenant = 'xanthus'): CommandContext => ({ tenant, id, actor: { kind: 'system', id: 'spec' }, now: '2026-01-01T00:00:00.000Z', command_id: newId(), correlation_id: 'c' });

const world = () => {
  const store = new MemoryEventStore();
  const copy = () => ({ handle: handleWith(store, new MemorySnapshotStore(), new AggregateCache()), read: readWith(store) });
  return { ...copy(), copy };
};

describe('the operator of the installation', () => {
  const owned = async () => {
    const w = world();
    await w.handle(installation, context('xanthus'), { type: 'IssueSetupLink', token_sha256: HASH, expires_at: '2026-01-02T00:00:00.000Z' });
    await w.handle(installation, context('xanthus'), { type: 'CompleteSetup', token_sha256: HASH, tenant: 'acme', person: 'ada' });
    return w;
  };
  const role = async (w: Awaited<ReturnType<typeof owned>>) => {
    const state = await w.read(member, 'xanthus', 'ada');
    return state.status === 'member' ? state.role : state.status;
  };

  it('is who set it up, also where that was before there were operators; once', async () => {
    const w = await owned();
    expect(await role(w)).toBe('none');
    await Promise.all([ensureOperator(w), ensureOperator(w.copy())]);
    await ensureOperator(w);
    expect(await role(w)).toBe('owner');
  });

  it('who was removed is not made one again', async () => {
    const w = await owned();
    await ensureOperator(w);
    const since = await w.read(member, 'xanthus', 'ada').then(s => (s.status === 'member' ? s.since : 0));
    await w.handle(member, context('ada'), { type: 'LeaveTenant', departure: since });
    await ensureOperator(w);
    expect(await role(w)).toBe('removed');
  });

  it('is nobody while nobody owns the installation', async () => {
    const w = world();
    await ensureOperator(w);
    expect((await w.read(member, 'xanthus', 'ada')).status).toBe('none');
  });
});

describe('owners, over two copies on one log', () => {
  const owners = ['ada', 'bob', 'cleo'];
  /** A copy with its own memory; its view of who is owner is the log's. */
  const members = (w: ReturnType<typeof world>): Members => {
    const { handle, read } = w.copy();
    const list = async () => (await Promise.all(owners.map(async id => ({ id, state: await read(member, 'acme', id) })))).flatMap(({ id, state }) => (state.status === 'member' ? [{ id, value: { data: { person: id, role: state.role } } }] : []));
    const roles = { granter: async (_tenant: string, mine: string | null) => ({ role: mine, roles: {} }) } as unknown as Roles;
    return new Members({ handle, read, roles, views: { list, waitFor: async () => true } as never, persons: {} as never, requireStrong: async () => undefined });
  };

  it.each(Array.from({ length: 20 }, (_, i) => [i] as const))('all of them leave at once, round %i: one stays', async () => {
    const w = world();
    for (const id of owners) await w.handle(member, context(id, 'acme'), { type: 'AddMember', role: 'owner', granter: null });
    const copies = [members(w), members(w), members(w)];
    const gone = await Promise.all(owners.map((id, i) => copies[i]!.leave(context(id, 'acme')).then(() => true, (error: { code?: string }) => (error.code === 'MEMBER.LAST_OWNER' || error.code === 'MEMBER.CHANGED' ? false : Promise.reject(error as Error)))));
    const left = (await Promise.all(owners.map(id => w.read(member, 'acme', id)))).filter(s => s.status === 'member');
    expect([gone.filter(Boolean).length, left.length]).toEqual([2, 1]);
  });

  it('a departure that got no further keeps the others, and is finished when it is tried again', async () => {
    const w = world();
    for (const id of ['ada', 'bob']) await w.handle(member, context(id, 'acme'), { type: 'AddMember', role: 'owner', granter: null });
    const since = await w.read(member, 'acme', 'ada').then(s => (s.status === 'member' ? s.since : 0));
    const all = [{ person: 'ada', since }, { person: 'bob', since: since + 1 }];
    await w.handle(ownership, context('acme', 'acme'), { type: 'AdmitDeparture', leaving: all[0]!, owners: all, seen: 0 });
    await expect(members(w).leave(context('bob', 'acme'))).rejects.toMatchObject({ code: 'MEMBER.LAST_OWNER' });
    await members(w).leave(context('ada', 'acme'));
    expect((await w.read(member, 'acme', 'ada')).status).toBe('removed');
  });
});
