import { describe, expect, it } from '@jest/globals';
import { MOST, requireRoom } from './room.js';

const holding = (ids: readonly string[]) => ({ list: async <T>() => ids.map(id => ({ id, value: {} as never as { readonly schema: number; readonly seq: number; readonly time: string; readonly data: T } })) });

describe('room for one more', () => {
  it.each(Object.entries(MOST) as [keyof typeof MOST, number][])('%s: %i and no more; a repeat of the last one is none', async (view, most) => {
    const ids = Array.from({ length: most }, (_, i) => `t${i}`);
    await requireRoom(holding(ids.slice(1)), 'acme', view, 'new', 'AREA');
    await expect(requireRoom(holding(ids), 'acme', view, 'new', 'AREA')).rejects.toMatchObject({ code: 'AREA.LIMIT_REACHED', details: { limit: most }, retryable: false });
    await requireRoom(holding(ids), 'acme', view, ids[0] ?? '', 'AREA');
  });
});
