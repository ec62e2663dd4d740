import { describe, expect, it } from '@jest/globals';
import { createSupervisor, type Pending, type SupervisorOptions } from './supervisor.js';
import { virtualTime } from './virtual-time.fixture.js';

const pending = (id: string, wish = 1, tenant = 'acme'): Pending => ({ tenant, id, wish });
const quiet = { warn: () => undefined, error: () => undefined };

const ground = (work: SupervisorOptions<Pending>['work'], more: Partial<SupervisorOptions<Pending>> = {}) => {
  const time = virtualTime();
  const stop = new AbortController();
  const works = createSupervisor({ log: quiet, pause: time.pause, ...more, work }, stop.signal);
  return { time, stop, works };
};
/** Work that ends when it is stopped. */
const untilStopped = (until: AbortSignal): Promise<void> => new Promise(resolve => {
  if (until.aborted) resolve();
  else until.addEventListener('abort', () => resolve(), { once: true });
});

describe('the supervisor', () => {
  it('does the work of a wish once, however often it is told', async () => {
    const done: string[] = [];
    const { time, works } = ground(async ({ id, wish }) => { done.push(`${id} ${wish}`); });
    works.set('a', pending('a'));
    works.set('a', pending('a'));
    works.set('b', pending('b'));
    await time.run();
    works.set('a', pending('a'));
    works.set('a', pending('a', 2));
    await time.run();
    expect(done).toEqual(['a 1', 'b 1', 'a 2']);
  });

  it('ends the work of the wish before, before that of the next begins', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    const works = createSupervisor<Pending>({ log: quiet, pause: async () => undefined, async work({ wish }, until) {
      told.push(`begin ${wish}`);
      await untilStopped(until);
      await Promise.resolve();
      told.push(`end ${wish}`);
    } }, stop.signal);
    works.set('a', pending('a', 1));
    await works.end('none');
    works.set('a', pending('a', 2));
    works.set('a', { ...pending('a', 3), resting: true });
    await works.end('a');
    works.set('a', pending('a', 4));
    stop.abort();
    await works.end('a');
    // A wish that was over before its turn came never began, or ended at once.
    expect(told.filter(t => t.startsWith('begin')).map(t => t.replace('begin', 'end'))).toEqual(told.filter(t => t.startsWith('end')));
    expect(told).not.toContain('begin 3');
    expect(works.keys()).toEqual([]);
  });

  it('goes on after what interrupts it, with longer pauses, until it is through', async () => {
    const at: number[] = [];
    const { time, works } = ground(async () => {
      at.push(time.now());
      if (at.length < 8) throw new Error('the store is away');
    });
    works.set('a', pending('a'));
    await time.run();
    expect(at.slice(1).map((t, i) => t - (at[i] ?? 0))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('lets so many go on at a time, and of one tenant fewer', async () => {
    const [most, running] = [new Map<string, number>(), new Map<string, number>()];
    const count = (name: string, by: number): void => {
      running.set(name, (running.get(name) ?? 0) + by);
      most.set(name, Math.max(most.get(name) ?? 0, running.get(name) ?? 0));
    };
    const { time, works } = ground(async ({ tenant }, until) => {
      for (const name of [tenant, 'all']) count(name, 1);
      await time.pause(1_000, until);
      for (const name of [tenant, 'all']) count(name, -1);
    }, { atOnce: { all: 3, ofTenant: 2 } });
    for (let n = 0; n < 6; n++) for (const tenant of ['acme', 'beta']) works.set(`${tenant}.${n}`, pending(String(n), 1, tenant));
    await time.run();
    expect(Object.fromEntries(most)).toEqual({ acme: 2, beta: 2, all: 3 });
  });

  it('does nothing more for a tenant that is forgotten', async () => {
    let tries = 0;
    const { time, works } = ground(async () => { tries += 1; throw new Error('its key is gone'); }, { isForgotten: () => tries > 0 });
    works.set('a', pending('a'));
    await time.run();
    expect(tries).toBe(1);
  });
});
