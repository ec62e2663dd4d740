/** Nobody is told apart from somebody by what is done for them: counted, because time on a busy machine says little. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AggregateCache, MemoryEventStore, MemorySnapshotStore, newId, type CommandContext, type EventStore } from '@xanthus/kernel';
import type { SessionTokens } from '@xanthus/proto/auth';
import { deviceTokens } from '../../adapters/device-tokens.js';
import type { Attempt, Guess } from '../../adapters/login-throttle.js';
import { hashPassword } from '../../adapters/passwords.js';
import { NOBODY, type PersonRecord, type Persons } from '../../adapters/persons.js';
import { person } from '../../domain/person.js';
import { handleWith } from '../handle.js';
import type { Passwords } from '../passwords.js';
import type { SecondFactors } from '../second-factors.js';
import type { Sessions } from '../sessions.js';
import { passwordLogInWith } from './password.js';

const ADA = newId();
const DEVICE = { address: '192.0.2.7', user_agent: 'spec' };
const context = (): CommandContext => ({ tenant: 'xanthus', id: newId(), actor: { kind: 'service', id: 'gateway' }, now: '2026-01-01T00:00:00.000Z', command_id: newId(), correlation_id: 'c', presumed_new: true });
let hash: string;
beforeAll(async () => { hash = await hashPassword('vlinder-kaas-fiets'); });

const world = async (o: { hash?: string | undefined; totp?: boolean; after?: (records: Map<string, PersonRecord>) => Promise<void> } = {}) => {
  const inner = new MemoryEventStore();
  const done: string[] = [];
  const store = new Proxy<EventStore>(inner, { get: (target, name: keyof EventStore) => (...args: never[]) => { done.push(String(name)); return (target[name] as (...a: never[]) => unknown).call(target, ...args); } });
  const handle = handleWith(store, new MemorySnapshotStore(), new AggregateCache());
  await handle(person, { ...context(), id: ADA }, { type: 'RegisterPerson', secret: 'x' });
  if (o.totp === true) {
    await handle(person, { ...context(), id: ADA }, { type: 'StartTotp', secret: 'totp-a' });
    await handle(person, { ...context(), id: ADA }, { type: 'EnableTotp', secret: 'totp-a', step: 1, recovery: 'recovery-a', codes: 10 });
  }
  const records = new Map<string, PersonRecord>([[ADA, { email: 'ada@example.com', name: 'Ada', ...('hash' in o ? (o.hash === undefined ? {} : { password_hash: o.hash }) : { password_hash: hash }) }], [NOBODY, { email: '', name: '', password_hash: hash }]]);
  const persons = {
    emailKey: (email: string) => `key-${email}`,
    findByEmail: async (email: string) => { done.push('findByEmail'); return email === 'ada@example.com' ? ADA : undefined; },
    record: async (id: string) => { done.push('record'); return records.get(id); },
  } as unknown as Persons;
  const guesses: Guess[][] = [];
  const counts = { unknown: 0, tooMany: 0 };
  const outcome: string[] = [];
  let session: 'opened' | 'ended' | undefined;
  const sessions = {
    tenantOf: async () => 'acme', open: async () => { session = 'opened'; await o.after?.(records); return { session: 's' } as SessionTokens; }, end: async () => { session = 'ended'; },
  } as unknown as Sessions;
  const attempt: Attempt = { pause: 0, succeeded: async kinds => void outcome.push(`succeeded ${kinds.join(' ')}`), forgiven: async () => void outcome.push('forgiven') };
  const logIn = passwordLogInWith({
    handle, persons, sessions, secondFactors: { accept: async (_c: unknown, _f: unknown, code: string) => (code === 'good-code' ? 'totp' : undefined) } as unknown as SecondFactors, passwords: { rehash: async () => void outcome.push('rehashed') } as unknown as Passwords,
    throttle: { begin: async g => { guesses.push([...g]); return attempt; } }, devices: deviceTokens(Buffer.alloc(32, 1)), refusals: { unknownAccount: () => void counts.unknown++, tooMany: () => void counts.tooMany++, flush: async () => undefined },
    addressKey: address => `address-${address}`, log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const attemptWith = async (email: string, password: string, code?: string): Promise<{ refusal: unknown; work: string[] }> => {
    done.length = 0;
    outcome.length = 0;
    const refusal = await logIn(context(), { method: 'password', email, password, device: DEVICE, ...(code === undefined ? {} : { code }) }).then(() => undefined, (e: { code: string; message: string; details?: unknown }) => ({ code: e.code, message: e.message, details: e.details }));
    return { refusal, work: [...done] };
  };
  return { attemptWith, guesses, counts, outcome, sessionIs: () => session };
};
/** What is recorded of somebody is written after the answer, which does not wait for it. */
const beforeTheAnswer = (work: readonly string[]): string[] => work.filter(w => w !== 'append').sort();

describe('a refused log-in', () => {
  it('does for nobody what it does for somebody, with one hash each, and says the same', async () => {
    const w = await world();
    await w.attemptWith('ada@example.com', 'wrong password');
    await w.attemptWith('nobody@example.com', 'wrong password');
    const [known, unknown] = [await w.attemptWith('ada@example.com', 'wrong password'), await w.attemptWith('nobody@example.com', 'wrong password')];
    expect(unknown.refusal).toEqual(known.refusal);
    expect(beforeTheAnswer(unknown.work)).toEqual(beforeTheAnswer(known.work));
    expect(unknown.work).toEqual(expect.arrayContaining(['findByEmail', 'record', 'lastSequence']));
    expect(w.guesses.at(-1)?.map(g => g.kind)).toEqual(w.guesses.at(-2)?.map(g => g.kind));
    expect(w.counts).toEqual({ unknown: 2, tooMany: 0 });
    expect(w.outcome).toEqual([]);
  });
  it('says the same of somebody who has no password, or a second factor', async () => {
    const none = await world({ hash: undefined });
    const totp = await world({ totp: true });
    const refusals = [await none.attemptWith('ada@example.com', 'wrong password'), await totp.attemptWith('ada@example.com', 'wrong password', 'good-code'), await totp.attemptWith('nobody@example.com', 'wrong password', 'good-code')].map(a => a.refusal);
    expect(new Set(refusals.map(r => JSON.stringify(r))).size).toBe(1);
  });
  it('with the right password and no code is no guess; with a wrong code it is one', async () => {
    const w = await world({ totp: true });
    expect((await w.attemptWith('ada@example.com', 'vlinder-kaas-fiets')).refusal).toMatchObject({ code: 'LOGIN.SECOND_FACTOR_NEEDED' });
    expect(w.outcome).toEqual(['forgiven']);
    expect((await w.attemptWith('ada@example.com', 'vlinder-kaas-fiets', 'bad-code')).refusal).toMatchObject({ code: 'LOGIN.WRONG_CODE' });
    expect(w.outcome).toEqual([]);
    expect((await w.attemptWith('ada@example.com', 'vlinder-kaas-fiets', 'good-code')).refusal).toBeUndefined();
    expect(w.outcome).toEqual(['succeeded account device']);
  });
  it('leaves no session behind when the password was changed meanwhile', async () => {
    const w = await world({ after: async records => void records.set(ADA, { email: 'ada@example.com', name: 'Ada', password_hash: await hashPassword('acht blauwe peren') }) });
    expect((await w.attemptWith('ada@example.com', 'vlinder-kaas-fiets')).refusal).toMatchObject({ code: 'LOGIN.REFUSED' });
    expect(w.sessionIs()).toBe('ended');
  });
});
