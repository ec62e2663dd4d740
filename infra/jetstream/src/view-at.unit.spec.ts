import { describe, expect, it } from '@jest/globals';
import { keyedProjection, Refusal, type Projection } from '@xanthus/kernel';
import { eventSubject, viewKey } from '@xanthus/proto';
import fc from 'fast-check';
import { Fold } from './fold.js';
import { PastViews } from './view-at.js';
import { isoOfNanos, nanosOf } from './view-at-time.js';
import type { Checkpoints, PastLog, PastMessage, PastOptions } from './view-at.types.js';
import { historyOf, keepNewest } from './view-history.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const POISON = 66;

/** A row that is made of its own events only. */
const sums: Projection = keyedProjection<{ sum: number; last: number }>({
  name: 'sums', version: 1, schema: 3, own: { view: 'sums', aggregates: ['counter'] },
  evolve(row, event) {
    const { by } = event.data as { by: number };
    if (by === POISON) throw new Error('cannot be folded');
    return by === 0 ? undefined : { sum: (row?.sum ?? 0) + by, last: by };
  },
});
/** One that another one changes too: the largest of the tenant, and how many there are. Reads what `sums` wrote. */
const tops: Projection = {
  name: 'tops', version: 1, schema: 1,
  async project(event, view) {
    const key = viewKey(event.tenant, 'tops', 'top');
    const top = await view.get<{ sum: number; of: string }>(key);
    const row = await view.get<{ sum: number }>(viewKey(event.tenant, 'sums', event.aggregate.id));
    if (row === undefined) return top?.of === event.aggregate.id ? [{ key, deleted: true }] : [];
    return top === undefined || row.sum > top.sum ? [{ key, value: { sum: row.sum, of: event.aggregate.id } }] : [];
  },
};
const projections = [sums, tops];

interface Step { readonly tenant: string; readonly id: string; readonly by: number; /** Sequences that are not events, before it. */ readonly gap: number }
const steps = fc.array(fc.record({
  tenant: fc.constantFrom('acme', 'acme', 'globex'), id: fc.constantFrom('a', 'b', 'c'), by: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(POISON) }),
  gap: fc.integer({ min: 0, max: 2 }),
}), { maxLength: 40 });

const messagesOf = (all: readonly Step[]): PastMessage[] => {
  let seq = 0;
  return all.map(({ tenant, id, by, gap }, i) => {
    seq += 1 + gap;
    const data = { id: `e${i}`, type: 'Counted', schema: 1, tenant, aggregate: { service: 'vps', name: 'counter', id }, occurred_at: '2026-01-01T00:00:00.000Z', actor: { kind: 'system', id: 's' }, command_id: 'c', correlation_id: 'c', data: { by } };
    // several in one millisecond
    return { subject: eventSubject({ tenant, service: 'vps', aggregate: 'counter', id }), seq, time: isoOfNanos(1_767_225_600_000_000_000n + BigInt(i) * 400_000n), data: Buffer.from(JSON.stringify(data)) };
  });
};

/** A stream in memory, in pages of three. */
const logOf = (all: readonly PastMessage[]): PastLog & { reads: number } => {
  const fits = (filters: readonly string[], m: PastMessage): boolean => filters.some(f => (f.endsWith('.>') ? m.subject.startsWith(f.slice(0, -1)) : m.subject === f));
  const log = {
    reads: 0,
    epoch: async () => 'e',
    async bound(filters: readonly string[], moment: { time: string } | { seq: number }) {
      const own = all.filter(m => fits(filters, m));
      const behind = own.find(m => ('seq' in moment ? m.seq > moment.seq : nanosOf(m.time) > nanosOf(moment.time)));
      return { upTo: behind === undefined ? (own.at(-1)?.seq ?? 0) : behind.seq - 1, known: filters.map(() => own.at(-1)?.seq ?? 0) };
    },
    left: async (filters: readonly string[], after: number) => all.filter(m => fits(filters, m) && m.seq > after).length,
    async tenants() {
      const counts = new Map<string, number>();
      for (const { subject } of all) counts.set(subject.split('.')[1] ?? '', (counts.get(subject.split('.')[1] ?? '') ?? 0) + 1);
      return counts;
    },
    async *read(filters: readonly string[], after: number, { upTo }: { upTo: number }) {
      log.reads++;
      const own = all.filter(m => fits(filters, m) && m.seq > after && m.seq <= upTo);
      for (let i = 0; i < own.length; i += 3) yield own.slice(i, i + 3);
    },
  };
  return log;
};

/** Kept in memory; `lose` says which are gone when they are wanted. */
const memory = (lose: (events: number) => boolean = () => false) => {
  const kept = new Map<string, { version: string; events: number; seq: number; time: string | null; texts: ReadonlyMap<string, string> }[]>();
  const of = (tenant: string, version: string) => (kept.get(tenant) ?? []).filter(c => c.version === version);
  const checkpoints: Checkpoints = {
    list: async (tenant, version) => of(tenant, version).map(({ seq, events, time }) => ({ seq, events, time, parts: 1, bytes: 1 })),
    load: async (tenant, version, { events }) => (lose(events) ? undefined : of(tenant, version).find(c => c.events === events)?.texts),
    save: async (tenant, version, { seq, events, time, texts }) => { kept.set(tenant, [...of(tenant, version).filter(c => c.events !== events), { version, seq, events, time, texts }].sort((a, b) => a.seq - b.seq)); },
    drop: async tenant => { kept.delete(tenant); },
  };
  return { checkpoints, kept };
};

/** The live view after each event, of one tenant: what a projector over the whole stream writes. */
const lived = async (all: readonly PastMessage[], tenant: string): Promise<{ seq: number; rows: Record<string, string> }[]> => {
  const fold = new Fold({ stream: 'VPS', projections, schemas: undefined, fresh: true, read: async () => undefined, onParked: () => undefined });
  const view = new Map<string, string>();
  const states: { seq: number; rows: Record<string, string> }[] = [];
  for (const m of all) {
    await fold.apply({ ...m, time: new Date(m.time).toISOString() });
    for (const { key, text } of fold.take()) {
      if (text === undefined) view.delete(key);
      else view.set(key, text);
    }
    states.push({ seq: m.seq, rows: Object.fromEntries([...view].filter(([key]) => key.startsWith(`${tenant}.`)).sort()) });
  }
  return states;
};
const optionsOf = (past: PastLog, checkpoints: Checkpoints): PastOptions => ({ service: 'vps', projections, past, checkpoints, log: silent, every: 4 });
const shown = (texts: ReadonlyMap<string, string>): Record<string, string> => Object.fromEntries([...texts].filter(([key]) => key.startsWith('acme.')).sort());

describe('a view at a sequence', () => {
  it('is what the live view was there, in any order of questions, with checkpoints, without them, and with some of them lost', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), fc.boolean(), fc.integer({ min: 1, max: 5 }), async (all, asked, again, lost) => {
      const messages = messagesOf(all);
      const states = await lived(messages, 'acme');
      const { checkpoints } = memory(events => events % (lost * 4) === 0);
      const log = logOf(messages);
      let views = new PastViews(optionsOf(log, checkpoints));
      for (const n of asked) {
        const index = n % (states.length + 1);
        const { seq, rows } = states[index - 1] ?? { seq: 0, rows: {} };
        expect(shown((await views.at('acme', { seq })).texts)).toEqual(rows);
        const at = messages[index - 1]?.time ?? '2020-01-01T00:00:00Z';
        expect(shown((await views.at('acme', { time: at })).texts)).toEqual(rows);
        await views.settled();
        // another copy of the service knows what was kept, and nothing else
        if (again) views = new PastViews(optionsOf(log, checkpoints));
      }
    }), { numRuns: 150 });
  });

  it('is asked for once by many who ask for the same moment, and costs nothing the second time', async () => {
    const messages = messagesOf(Array.from({ length: 30 }, (_, i) => ({ tenant: 'acme', id: 'a', by: 1 + (i % 5), gap: 1 })));
    const log = logOf(messages);
    const views = new PastViews({ ...optionsOf(log, memory().checkpoints), every: 1_000 });
    const asked = await Promise.all(Array.from({ length: 20 }, () => views.at('acme', { seq: messages[20]!.seq })));
    expect(new Set(asked).size).toBe(1);
    // between two events it is the same moment
    await views.at('acme', { seq: messages[20]!.seq + 1 });
    expect(log.reads).toBe(1);
  });

  it('lets others do their work meanwhile', async () => {
    const messages = messagesOf(Array.from({ length: 30_000 }, (_, i) => ({ tenant: 'acme', id: `a${i % 500}`, by: 1, gap: 0 })));
    const views = new PastViews({ ...optionsOf(logOf(messages), memory().checkpoints), every: 100_000 });
    let turns = 0;
    let folding = true;
    const others = (): void => { turns++; if (folding) setImmediate(others); };
    setImmediate(others);
    await views.at('acme', { seq: messages.at(-1)!.seq });
    folding = false;
    expect(turns).toBeGreaterThan(3);
  });

  it('keeps checkpoints up to now after the first question, and nothing of a tenant that is forgotten', async () => {
    const messages = messagesOf(Array.from({ length: 30 }, () => ({ tenant: 'acme', id: 'a', by: 1, gap: 0 })));
    const { checkpoints, kept } = memory();
    const views = new PastViews(optionsOf(logOf(messages), checkpoints));
    await views.at('acme', { seq: 2 });
    await views.settled();
    expect(kept.get('acme')?.map(c => c.events)).toEqual([4, 8, 12, 16, 20, 24, 28]);
    await views.drop('acme');
    expect(kept.size).toBe(0);
  });

  it('keeps nothing of a tenant that is forgotten while the base of a fold is read', async () => {
    const messages = messagesOf(Array.from({ length: 30 }, () => ({ tenant: 'acme', id: 'a', by: 1, gap: 0 })));
    const { checkpoints, kept } = memory();
    const log = logOf(messages.slice(0, 10));
    await new PastViews(optionsOf(log, checkpoints)).advance('acme');
    const views: PastViews = new PastViews(optionsOf(logOf(messages), { ...checkpoints, load: async (...asked) => {
      const found = await checkpoints.load(...asked);
      await views.drop('acme');
      return found;
    } }));
    await views.advance('acme');
    expect([...kept.keys()]).toEqual([]);
  });

  it('stops without taking up who waits to be advanced', async () => {
    const messages = messagesOf(Array.from({ length: 30 }, () => ({ tenant: 'acme', id: 'a', by: 1, gap: 0 })));
    const log = logOf(messages);
    const views = new PastViews(optionsOf(log, memory().checkpoints));
    const waiting = Promise.allSettled(['acme', 'globex'].map(tenant => views.advance(tenant)));
    await views.stop();
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(log.reads).toBe(0);
  });

  it('of another version of a projection begins anew', async () => {
    const messages = messagesOf(Array.from({ length: 10 }, () => ({ tenant: 'acme', id: 'a', by: 1, gap: 0 })));
    const { checkpoints } = memory();
    const first = new PastViews(optionsOf(logOf(messages), checkpoints));
    await first.at('acme', { seq: 10 });
    await first.settled();
    const twice: Projection = keyedProjection<{ sum: number }>({ name: 'sums', version: 2, schema: 3, own: { view: 'sums', aggregates: ['counter'] }, evolve: (row, event) => ({ sum: (row?.sum ?? 0) + 2 * (event.data as { by: number }).by }) });
    const second = new PastViews({ ...optionsOf(logOf(messages), checkpoints), projections: [twice] });
    expect(JSON.parse((await second.at('acme', { seq: 9 })).texts.get('acme.sums.a') ?? '')).toMatchObject({ seq: 9, data: { sum: 18 } });
  });

  it('refuses when too many different moments wait', async () => {
    const messages = messagesOf(Array.from({ length: 200 }, () => ({ tenant: 'acme', id: 'a', by: 1, gap: 0 })));
    const views = new PastViews({ ...optionsOf(logOf(messages), memory().checkpoints), every: 1_000 });
    const asked = await Promise.allSettled(messages.map(m => views.at('acme', { seq: m.seq })));
    const refused = asked.flatMap(a => (a.status === 'rejected' ? [(a.reason as Refusal).code] : []));
    expect(new Set(refused)).toEqual(new Set(['RATE_LIMITED']));
    expect(refused.length).toBeLessThan(messages.length);
  });
});

describe('the history of a row', () => {
  it('is every change of the live view, newest first, in pages of any size, on the quick way and on the long one', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.constantFrom('sums', 'tops'), fc.integer({ min: 1, max: 7 }), async (all, view, limit) => {
      const messages = messagesOf(all);
      const id = view === 'sums' ? 'a' : 'top';
      const states = await lived(messages, 'acme');
      const key = `acme.${view}.${id}`;
      const expected = states.flatMap(({ seq, rows }, i) => (rows[key] === states[i - 1]?.rows[key] ? [] : [{ seq, before: states[i - 1]?.rows[key], after: rows[key] }])).reverse();
      const options = optionsOf(logOf(messages), memory().checkpoints);
      const views = new PastViews(options);
      await views.at('acme', { seq: messages.at(-1)?.seq ?? 0 });
      const found: unknown[] = [];
      for (let before: number | undefined; ;) {
        const { steps: page, next } = await historyOf(views, options, { tenant: 'acme', view, id: [id], before, limit, until: performance.now() + 10_000 });
        expect(page.length).toBeLessThanOrEqual(limit);
        found.push(...page.map(s => ({ seq: s.message.seq, before: s.before, after: s.after })));
        if (next === undefined) break;
        before = next;
      }
      const dataOf = (text: string | undefined): unknown => (text === undefined ? undefined : (JSON.parse(text) as { data: unknown }).data);
      expect(found).toEqual(expected.map(e => ({ seq: e.seq, before: dataOf(e.before), after: dataOf(e.after) })));
    }), { numRuns: 150 });
  });
});

it('of many changes only a page is held, and the one that tells of more', () => {
  const kept: number[] = [];
  let most = 0;
  for (let i = 0; i < 1_000; i++) {
    keepNewest(kept, i, 3);
    most = Math.max(most, kept.length);
  }
  expect([most, kept.slice(-4)]).toEqual([8, [996, 997, 998, 999]]);
});

it('times are kept to the nanosecond', () => {
  expect(nanosOf('2026-01-01T00:00:00.1Z')).toBe(nanosOf('2026-01-01T01:00:00.100000000+01:00'));
  expect(isoOfNanos(nanosOf('2026-11-21T23:51:09.876195085Z') + 1n)).toBe('2026-11-21T23:51:09.876195086Z');
  expect(() => nanosOf('yesterday')).toThrow(TypeError);
});
