/** A set-up that dies after any step is finished by opening the link again. */
import { describe, expect, it } from '@jest/globals';
import { AggregateCache, given, MemoryEventStore, MemorySnapshotStore, newId, type CommandContext } from '@xanthus/kernel';
import type { SessionTokens } from '@xanthus/proto/auth';
import type { PersonRecord, Persons } from '../adapters/persons.js';
import { member } from '../domain/member.js';
import { handleWith, readWith, type Handle } from './handle.js';
import type { Sessions } from './sessions.js';
import { SetUp } from './set-up.js';

const context = (): CommandContext => ({ tenant: 'xanthus', id: 'xanthus', actor: { kind: 'service', id: 'gateway' }, now: new Date().toISOString(), command_id: newId(), correlation_id: 'c' });
const INPUT = { email: 'ada@example.com', password: 'vlinder-kaas-fiets', name: 'Ada', tenant: { slug: 'acme', name: 'Acme' }, device: { address: '192.0.2.7', user_agent: '' } };

const world = () => {
  const store = new MemoryEventStore();
  const records = new Map<string, PersonRecord>();
  const owners = new Map<string, string>();
  const persons: Persons = {
    emailKey: email => email.replaceAll(/[^a-z]/g, ''),
    findByEmail: async email => owners.get(email),
    record: async id => records.get(id),
    keep: async (id, record) => {
      records.set(id, record);
      owners.set(record.email, id);
    },
    change: async (id, fn) => void records.set(id, fn(records.get(id)!)),
    forget: async id => void records.delete(id),
  };
  const opened: string[] = [];
  const sessions = { open: async (_c: CommandContext, who: { person: string }) => { opened.push(who.person); return { session: newId() } as SessionTokens; } } as unknown as Sessions;
  const handle = handleWith(store, new MemorySnapshotStore(), new AggregateCache());
  const read = readWith(store);
  return { opened, read, records, handle, setUpWith: (h: Handle) => new SetUp({ handle: h, read, persons, requireStrong: async () => undefined, sessions }) };
};

describe('a set-up', () => {
  // CheckSetupLink, CreateTenant, RegisterPerson, AddMember (of the tenant, of the installation), CompleteSetup: each done or not when it dies
  it.each([1, 2, 3, 4, 5, 6].flatMap(n => [[n, 'before'], [n, 'after']] as const))('that dies at command %i, %s it, is finished by the same link', async (n, when) => {
    const w = world();
    const { token } = await w.setUpWith(w.handle).issueLink(context());
    let count = 0;
    const dying: Handle = async (...args) => {
      count++;
      if (count === n && when === 'before') throw new Error('died');
      const result = await w.handle(...args);
      if (count === n && when === 'after') throw new Error('died');
      return result;
    };
    await expect(w.setUpWith(dying).complete(context(), { token, ...INPUT })).rejects.toThrow('died');
    const again = w.setUpWith(w.handle).complete(context(), { token, ...INPUT });
    if (n === 6 && when === 'after') {
      // all was done but the answer: there is an owner who can log in
      await expect(again).rejects.toMatchObject({ code: 'SETUP.ALREADY_DONE' });
    } else {
      await again;
      expect(w.opened).toHaveLength(1);
    }
    expect(w.records.size).toBe(1);
    expect(await w.read(member, 'acme', [...w.records.keys()][0]!)).toMatchObject({ status: 'member', role: 'owner' });
    expect(await w.setUpWith(w.handle).done()).toBe(true);
  });

  it('by two at once makes one owner', async () => {
    const w = world();
    const { token } = await w.setUpWith(w.handle).issueLink(context());
    await Promise.allSettled([1, 2].map(() => w.setUpWith(w.handle).complete(context(), { token, ...INPUT })));
    expect(w.records.size).toBe(1);
    expect(await w.setUpWith(w.handle).done()).toBe(true);
  });

  it('starts with an installation that nobody owns', async () => {
    expect(await world().setUpWith(world().handle).done()).toBe(false);
    expect(given(member.decider).state()).toEqual({ status: 'none' });
  });
});
