import { describe, expect, it } from '@jest/globals';
import type { PastState } from '@xanthus/jetstream';
import { serverView } from '@xanthus/proto/vps';
import type { Call } from './call.js';
import type { Past } from './past.js';
import { answerViewAt } from './view-at.js';

const row = (data: unknown): string => JSON.stringify({ schema: 1, seq: 1, time: '2026-11-22T01:00:00.000Z', data });
const pastOf = (rows: Readonly<Record<string, unknown>>): Past => {
  const texts = new Map(Object.entries(rows).map(([key, data]) => [key, row(data)]));
  const state: PastState = { seq: 9, upTo: 9, time: null, events: 9, characters: 0, texts };
  return { views: () => ({ views: { at: async () => state } }) } as unknown as Past;
};
const ask = (past: Past, id: string, cursor?: string) => answerViewAt(past, serverView, { seq: 9, limit: 1_000, ...(cursor === undefined ? {} : { cursor }) }, { tenant: 'acme', id } as Call);

describe('a page of the past', () => {
  it('fits into a message of NATS in any script, and all pages together are all rows', async () => {
    const past = pastOf(Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`acme.servers.s${String(i).padStart(3, '0')}`, { note: '漢'.repeat(1_200) }])));
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await ask(past, 'all', cursor);
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(1_000_000);
      ids.push(...page.items.map(i => i.id));
      if (page.next_cursor === undefined) break;
      cursor = page.next_cursor;
    }
    expect([ids.length, new Set(ids).size]).toEqual([600, 600]);
  });

  it('holds nothing of another view, of another tenant, of another thing, and nothing internal', async () => {
    const past = pastOf({ 'acme.servers.a': 1, 'acme.servers.ab': 2, 'acme.servers-old.a': 3, 'globex.servers.a': 4, '_servers.acme.a': 5, '_parked.servers.globex.server.a': 6, 'xanthus.servers.acme.a': 7 });
    expect((await ask(past, 'all')).items.map(i => [i.id, i.data])).toEqual([['a', 1], ['ab', 2]]);
    expect((await ask(past, 'a')).items.map(i => [i.id, i.data])).toEqual([['a', 1]]);
    expect(await ask(past, 'b')).toEqual({ items: [], as_of: { stream: 'VPS', seq: 9, time: null } });
  });
});
