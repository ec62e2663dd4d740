import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { known, record, sorted, zone } from '../records/records.fixtures.js';
import { sameRecord, type KnownRecord } from '../records/record.js';
import { applyChanges, hashOf, planWishes, planZone, staleBecause, undoOf, type Change } from './plan.js';

const ours = () => true;
let made = 0;
const newId = (): string => `made-${made += 1}`;
const byId = (records: readonly KnownRecord[]) => new Map(records.map(r => [r.id, r]));

describe('a plan for a whole zone', () => {
  it('changes nothing when the zone is as wanted', () => {
    fc.assert(fc.property(zone, wanted => {
      const { changes, obstacles } = planZone(known(wanted), [...wanted].reverse(), ours);
      expect([changes, obstacles]).toEqual([[], []]);
    }), { numRuns: 2_000 });
  });

  it('once applied leaves nothing to do: plan(apply(plan)) is empty', () => {
    fc.assert(fc.property(zone, zone, (state, wanted) => {
      const after = applyChanges(known(state), planZone(known(state), wanted, ours).changes, newId);
      expect(sorted(after)).toEqual(sorted(wanted));
      expect(planZone(after, wanted, ours).changes).toEqual([]);
    }), { numRuns: 3_000 });
  });

  it('is the same whatever the order of its input', () => {
    fc.assert(fc.property(zone, zone, (state, wanted) => {
      const one = planZone(known(state), wanted, ours).changes;
      const other = planZone(known(state).reverse(), [...wanted].reverse(), ours).changes;
      expect(hashOf('z', other)).toBe(hashOf('z', one));
    }), { numRuns: 2_000 });
  });
});

describe('undo', () => {
  it('restores the zone byte for byte', () => {
    fc.assert(fc.property(zone, zone, (state, wanted) => {
      const before = known(state);
      const { changes } = planZone(before, wanted, ours);
      const after = applyChanges(before, changes, newId);
      const undo = undoOf(changes, after);
      expect(undo.obstacles).toEqual([]);
      expect(sorted(applyChanges(after, undo.changes, newId))).toEqual(sorted(before));
    }), { numRuns: 3_000 });
  });

  it('leaves alone what was changed again since, and says so', () => {
    fc.assert(fc.property(zone, zone, record, fc.nat(), (state, wanted, other, n) => {
      const before = known(state);
      const { changes } = planZone(before, wanted, ours);
      const after = applyChanges(before, changes, newId);
      const touched = after[n % Math.max(1, after.length)];
      if (!touched) return;
      const now = after.map(r => (r === touched ? { ...other, id: touched.id } : r));
      if (sameRecord(touched, other)) return;
      for (const change of undoOf(changes, now).changes) if (change.op !== 'create') expect(byId(now).get(change.before.id)).toEqual(change.before);
    }), { numRuns: 2_000 });
  });
});

describe('records of others', () => {
  /** Sequences of plans of every kind over zones in which some records are not ours: 5 plans in each of 20,000 zones. */
  it('are never touched by any sequence of plans', () => {
    const step = fc.oneof(
      zone.map(wanted => ({ kind: 'zone' as const, wanted })),
      fc.array(fc.record({ at: fc.nat(), record, op: fc.constantFrom('create' as const, 'update' as const, 'delete' as const) }), { maxLength: 4 }).map(wishes => ({ kind: 'wishes' as const, wishes })),
      fc.constant({ kind: 'undo' as const }),
    );
    fc.assert(fc.property(zone, fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }), fc.array(step, { minLength: 5, maxLength: 5 }), (start, whose, steps) => {
      let state = known(start);
      const foreign = new Map(state.filter((_, i) => whose[i]).map(r => [r.id, r]));
      const owns = (r: KnownRecord): boolean => !foreign.has(r.id);
      let last: readonly Change[] = [];
      for (const one of steps) {
        const draft = one.kind === 'undo' ? undoOf(last, state)
          : one.kind === 'zone' ? planZone(state, one.wanted, owns)
          : planWishes(state, one.wishes.map(w => (w.op === 'create' ? { op: w.op, record: w.record } : { op: w.op, id: state[w.at % Math.max(1, state.length)]?.id ?? 'none', record: w.record })), owns);
        for (const change of draft.changes) if (change.op !== 'create' && foreign.has(change.before.id)) throw new Error(`touches ${change.before.id}`);
        state = applyChanges(state, draft.changes, newId);
        last = draft.changes;
      }
      for (const [id, record] of foreign) if (byId(state).get(id) !== record) throw new Error(`${id} is not as it was`);
    }), { numRuns: Number(process.env['DNS_CASES'] ?? 4_000) });
  });
});

describe('a stale plan', () => {
  it('is told by what it would change, not by the rest of the zone', () => {
    fc.assert(fc.property(zone, zone, record, (state, wanted, other) => {
      const before = known(state);
      const { changes } = planZone(before, wanted, ours);
      expect(staleBecause(changes, before)).toEqual([]);
      const [first] = changes;
      if (!first) return;
      const after = applyChanges(before, [first], newId);
      expect(staleBecause(changes, after)).toContain(first);
      const beside = before.filter(r => !changes.some(c => c.op !== 'create' && c.before.id === r.id));
      const moved = before.map(r => (beside.includes(r) ? { ...r, comment: `${r.comment}!` } : r));
      expect(staleBecause(changes, moved)).toEqual([]);
      expect(other.name).not.toBe('');
    }), { numRuns: 1_000 });
  });
});
