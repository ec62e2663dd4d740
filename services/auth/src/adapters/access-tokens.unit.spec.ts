import { describe, expect, it } from '@jest/globals';
import type { Logger, Views } from '@xanthus/jetstream';
import { AggregateCache, MemoryEventStore, MemorySnapshotStore, type RecordedEvent } from '@xanthus/kernel';
import type { Vault } from '@xanthus/vault';
import { decodeProtectedHeader } from 'jose';
import { handleWith, type Handle } from '../app/handle.js';
import { jwks } from '../views/jwks.js';
import { accessTokens, KEY_LIFE } from './access-tokens.js';

const DAY = 24 * 3_600_000;

/** The log in memory, the view folded from it by the real projection, a vault that is a map. */
const world = () => {
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const keys = new Map<string, { data: { kid: string; created_at: string } }>();
  const secrets = new Map<string, string>();
  const inner = handleWith(new MemoryEventStore(), new MemorySnapshotStore(), new AggregateCache());
  const handle: Handle = async (...args) => {
    const result = await inner(...args);
    for (const event of result.events) for (const change of await jwks.project(event as RecordedEvent, { get: key => keys.get(key)?.data as never })) {
      if ('deleted' in change) keys.delete(change.key);
      else keys.set(change.key, { data: change.value as { kid: string; created_at: string } });
    }
    return result;
  };
  const views = { list: async () => [...keys].map(([id, value]) => ({ id, value })), waitFor: async () => true } as unknown as Views;
  const vault = { put: async (_t: string, n: string, v: string) => void secrets.set(n, v), getText: async (_t: string, n: string) => secrets.get(n)!, destroy: async (_t: string, n: string) => void secrets.delete(n) } as unknown as Vault;
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } as Logger;
  const tokens = accessTokens({ handle, vault, views, log, now: () => now });
  const kidOf = async (): Promise<string> => decodeProtectedHeader((await tokens.issue({ person: 'p', session: 's', tenant: 'acme' })).token).kid!;
  return { tokens, keys, secrets, kidOf, pass: (ms: number) => { now += ms; } };
};

describe('keys of access tokens', () => {
  it('the first is made when it is needed, once', async () => {
    const w = world();
    const kids = await Promise.all([w.kidOf(), w.kidOf(), w.kidOf()]);
    expect(new Set(kids).size).toBe(1);
    expect(w.keys.size).toBe(1);
  });

  it('rotate: the new one signs when every gateway has had time to learn it, the old one verifies for a day more', async () => {
    const w = world();
    await w.tokens.rotate();
    const first = await w.kidOf();
    w.pass(KEY_LIFE + 1);
    await w.tokens.rotate();
    expect(w.keys.size).toBe(2);
    w.pass(1_000);
    expect(await w.kidOf()).toBe(first);
    w.pass(61_000);
    const second = await w.kidOf();
    expect(second).not.toBe(first);
    await w.tokens.rotate();
    expect(w.keys.size).toBe(2);
    w.pass(DAY);
    await w.tokens.rotate();
    expect([...w.keys.values()].map(k => k.data.kid)).toEqual([second]);
    expect([...w.secrets.keys()]).toEqual([`signing-key-${second}`]);
  });
});
