import { describe, expect, it } from '@jest/globals';
import type { Client } from '@xanthus/client';
import { obstacle, PATIENCE, withRules } from './sending.js';

const at = (change: { past?: string; behind?: number; online?: boolean }) => ({ past: () => change.past, behind: () => change.behind, online: () => change.online ?? true, now: () => 100_000 });

describe('a command', () => {
  it.each([
    [{}, undefined], [{ online: false }, undefined],
    // The gateway restarts: it may still be sent.
    [{ behind: 100_000 - PATIENCE }, undefined],
    [{ behind: 100_000 - PATIENCE - 1 }, 'NOT_SENT'], [{ behind: 99_999, online: false }, 'NOT_SENT'], [{ past: '2026-11-21T10:00:00.000Z' }, 'PAST'],
  ])('%p: %p', (change, code) => expect(obstacle(at(change))?.code).toBe(code));

  it('waits five seconds for a connection and is then said not to be sent', async () => {
    const asked: unknown[] = [];
    const client = { command: (_c: unknown, _i: unknown, options: unknown) => { asked.push(options); return Promise.reject(Object.assign(new Error('x'), { code: 'EXPIRED' })); } } as unknown as Client;
    await expect(withRules(client, at({})).command({ service: 'vps', aggregate: 'server' } as never, {} as never, { id: 'a' })).rejects.toMatchObject({ code: 'NOT_SENT', retryable: true });
    expect(asked).toEqual([{ expiry: PATIENCE, id: 'a' }]);
  });
  it('keeps the service’s own refusal', async () => {
    const client = { command: () => Promise.reject(Object.assign(new Error('x'), { code: 'SERVER.NAME_TAKEN' })) } as unknown as Client;
    await expect(withRules(client, at({})).command({ service: 'vps', aggregate: 'server' } as never, {} as never)).rejects.toMatchObject({ code: 'SERVER.NAME_TAKEN' });
  });
});
