import { describe, expect, it } from '@jest/globals';
import { Refusal, UncertainError } from '@xanthus/kernel';
import { startAhead } from './view-at-ahead.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
interface Tick { readonly position: number; readonly tenants?: Readonly<Record<string, number>>; readonly active?: boolean; readonly fails?: Error }

/** Whom it advances at each tick, where every checkpoint holds ten events; `-`: it did not even ask who there is. */
const ticked = async (...ticks: readonly Tick[]): Promise<string[]> => {
  const told: string[] = [];
  let now: Tick = { position: 0 };
  await new Promise<void>(resolve => {
    const rest = [...ticks];
    const ahead = startAhead({
      service: 'vps', log: silent, every: 10, interval: 0,
      position() {
        const next = rest.shift();
        if (next === undefined) void ahead.stop().then(resolve);
        else told.push('-');
        now = next ?? { position: 0, active: false };
        return now.position;
      },
      active: () => now.active !== false,
      past: { tenants: async () => { told[told.length - 1] = ''; return new Map(Object.entries(now.tenants ?? {})); } },
      views: { advance: async tenant => { told[told.length - 1] += tenant; if (now.fails !== undefined) throw now.fails; } },
    });
  });
  return told;
};

describe('checkpoints are made ahead', () => {
  it('of tenants that have grown by one since, and nothing is asked while nothing moves', async () => {
    expect(await ticked(
      { position: 9 }, { position: 40, tenants: { a: 25, b: 9 } }, { position: 40 }, { position: 42 }, { position: 45, tenants: { a: 29, b: 10 } }, { position: 48, tenants: { a: 30, b: 19 } },
    )).toEqual(['-', 'a', '-', '-', 'b', 'a']);
  });
  it('by the copy that folds', async () => {
    expect(await ticked({ position: 40, active: false }, { position: 40, tenants: { a: 40 } })).toEqual(['-', 'a']);
  });
  it('anew of another stream', async () => {
    expect(await ticked({ position: 40, tenants: { a: 40 } }, { position: 5 }, { position: 12, tenants: { a: 12 } })).toEqual(['a', '-', 'a']);
  });
  it('again where one failed, after the others had their turn, but not again and again of what is too large', async () => {
    const tick = { position: 40, tenants: { a: 20, b: 20 } };
    expect(await ticked({ ...tick, fails: new UncertainError('away') }, tick, { position: 45, tenants: { a: 22, b: 23 } })).toEqual(['ab', 'ab', '']);
    expect(await ticked({ ...tick, fails: new Refusal('PAST.TOO_LARGE', 'Too large.') }, tick)).toEqual(['ab', '-']);
  });
});
