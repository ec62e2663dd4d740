import { describe, expect, it } from '@jest/globals';
import { isUlid } from '@xanthus/proto';
import { counter } from './event-store.features.js';
import { given } from './given.js';
import { newId } from './ids.js';
import { keyedProjection } from './projection.js';

const { decider } = counter();

describe('given … when … then', () => {
  it('answers events, refusals and the state after', () => {
    expect(given(decider).when({ count: [1] }).then()).toEqual([{ type: 'Counted', data: { by: 1 } }]);
    expect(given(decider, [{ type: 'Counted', data: { by: 2 } }]).when({ count: [1] }).state().total).toBe(3);
    expect(given(decider, [{ type: 'Closed', data: {} }]).when('close').refusal()).toBe('COUNTER.CLOSED');
    expect(given(decider).when('close').refusal()).toBeUndefined();
  });
});

describe('newId', () => {
  it('makes lower-case ULIDs that sort as they were made', () => {
    const ids = Array.from({ length: 50 }, newId);
    expect(ids.every(isUlid)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('keyedProjection', () => {
  it('changes only the keys whose fold changed, and deletes what folds to nothing', async () => {
    const projection = keyedProjection<{ n: number }>({
      name: 'p', version: 1, schema: 1, keys: () => ['a', 'b', 'c'], evolve: (data, _event, key) => (key === 'a' ? { n: (data?.n ?? 0) + 1 } : key === 'b' ? undefined : data),
    });
    const view = { get: <T>(key: string) => (key === 'c' ? undefined : { n: 1 }) as T | undefined };
    expect(await projection.project({} as never, view)).toEqual([{ key: 'a', value: { n: 2 } }, { key: 'b', deleted: true }]);
  });
});
