/**
 * What every service must do with the events that were ever stored: the golden examples in `proto/examples` are all of them, one file per
 * type and schema version. An old shape that nobody lifts, a type that nobody folds, a fold that throws: each fails here, before it meets real data.
 */
import { describe, expect, it } from '@jest/globals';
import { eventSubject, INSTALLATION, parseViewKey, type EventEnvelope, type ServiceContracts } from '@xanthus/proto';
import type { AggregateType } from './decider.js';
import { recordEvent } from './envelope.js';
import type { DomainEvent, RecordedEvent } from './event.js';
import type { Projection } from './projection.js';
import { mergeSchemas, upcastEvent } from './upcast.js';

export interface GoldensUnderTest {
  readonly contracts: Pick<ServiceContracts, 'events' | 'views'>;
  readonly aggregates: readonly AggregateType<unknown, unknown, DomainEvent>[];
  readonly projections: readonly Projection[];
  /** Envelopes of the golden events of the service. */
  readonly goldens: readonly EventEnvelope[];
  /** Types that are there to be read and change nothing in the state that decides. */
  readonly forTheRecord?: readonly string[];
  /** Aggregates that are the installation's, whoever they serve. */
  readonly ofInstallation?: readonly string[];
  /** Subjects beside a tenant's own whose events its views are made of, as `foldViews` is told. */
  readonly also?: (tenant: string) => readonly string[];
}

/** JSON, maps and sets too. */
const textOf = (state: unknown): string => JSON.stringify(state, (_key, value: unknown) => (value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value));

/** All there is, forwards and backwards, and any three, of few any four: a log is stored as it came, so no order may break a fold. */
const orders = <T>(events: readonly T[]): readonly (readonly T[])[] => [events, events.toReversed(), ...triples(events), ...(events.length > FEW ? [] : triples(events).flatMap(t => events.map(e => [...t, e])))];
const FEW = 14;
const triples = <T>(events: readonly T[]): readonly (readonly T[])[] => events.flatMap(a => events.flatMap(b => events.map(c => [a, b, c])));
const pairs = <T>(events: readonly T[]): readonly (readonly T[])[] => events.flatMap(a => events.map(b => [a, b]));

export const goldenFeatures = ({ contracts, aggregates, projections, goldens, forTheRecord = [], ofInstallation = [], also = () => [] }: GoldensUnderTest): void => {
  const events = Object.values(contracts.events);
  const known = mergeSchemas(...aggregates);
  const lifted = goldens.map((golden, i) => upcastEvent(known, recordEvent(golden, 'GOLDENS', i + 1, golden.occurred_at)));

  describe('golden events', () => {
    it.each(events)('$type: every version up to the current one is there, and its aggregate knows it', event => {
      const versions = goldens.filter(g => g.type === event.type).map(g => g.schema).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: event.schema }, (_, i) => i + 1));
      const owners = aggregates.filter(a => Object.hasOwn(a.schemas, event.type));
      expect(owners.map(a => [a.name, (a.schemas as Readonly<Record<string, number>>)[event.type]])).toEqual([[event.aggregate, event.schema]]);
    });

    it('are all of declared types, and no aggregate knows another', () => {
      const declared = events.map(e => e.type).sort();
      expect([...new Set(goldens.map(g => g.type))].sort()).toEqual(declared);
      expect(Object.keys(known.schemas).sort()).toEqual(declared);
    });

    it.each(lifted)('$type.v$schema has the current shape once it is lifted', event => {
      const contract = contracts.events[event.type];
      expect(contract?.data.parse(event.data)).toEqual(event.data);
    });

    it.each(aggregates)('fold into $name in any order, and each of them counts', ({ name, decider }) => {
      const own = lifted.filter(e => e.aggregate.name === name);
      const changing = new Set<string>();
      for (const order of orders(own)) {
        let state = decider.initialState;
        for (const e of order) {
          const next = decider.evolve(state, { type: e.type, data: e.data }, { tenant: e.tenant, id: e.aggregate.id, seq: e.seq, occurred_at: e.occurred_at, actor: e.actor });
          if (textOf(next) !== textOf(state)) changing.add(e.type);
          state = next;
        }
      }
      const types = own.map(e => e.type);
      expect(types.filter(type => !changing.has(type))).toEqual(types.filter(type => forTheRecord.includes(type)));
    });

    it.each(projections)('fold into the view $name in any order, and what is shown fits its contract', async projection => {
      // Events that this view passes over, alone and after any other, make no difference among three.
      const heard = new Set<RecordedEvent>();
      const fold = async (order: readonly RecordedEvent[]): Promise<void> => {
        const view = new Map<string, unknown>();
        for (const event of order) {
          const changes = await projection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined });
          if (changes.length > 0) heard.add(event);
          for (const change of changes) {
            if ('deleted' in change) view.delete(change.key);
            else view.set(change.key, change.value);
          }
        }
        for (const [key, value] of view) {
          const problem = contracts.views[parseViewKey(key)?.view ?? '']?.data.safeParse(value).error;
          if (problem !== undefined) throw new Error(`${key} after ${order.map(e => e.type).join(', ')}`, { cause: problem });
        }
      };
      for (const order of [lifted, lifted.toReversed(), ...pairs(lifted)]) await fold(order);
      for (const order of triples(lifted.filter(e => heard.has(e)))) await fold(order);
    });
  });

  describe('the past of views', () => {
    const keptViews = Object.values(contracts.views).filter(v => v.no_past === undefined);

    it('is folded by a projection of the same name, or the view says in a sentence why there is none (no_past)', () => {
      const names = projections.map(p => p.name);
      expect(keptViews.map(v => v.view).filter(view => !names.includes(view))).toEqual([]);
      for (const { view, no_past } of Object.values(contracts.views)) expect([view, no_past ?? 'Kept.']).toEqual([view, expect.stringMatching(/^[A-Z].+\.$/)]);
    });

    it('is made of a tenant\'s own events alone', async () => {
      const shown = new Set(keptViews.map(v => v.view));
      /** Rows of a tenant, from the events that fit. */
      const rowsOf = async (order: readonly RecordedEvent[], tenant: string, fits: (event: RecordedEvent) => boolean): Promise<Record<string, unknown>> => {
        const view = new Map<string, unknown>();
        for (const event of order.filter(fits)) {
          for (const projection of projections) {
            for (const change of await projection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined })) {
              if ('deleted' in change) view.delete(change.key);
              else view.set(change.key, change.value);
            }
          }
        }
        return Object.fromEntries([...view].filter(([key]) => { const ref = parseViewKey(key); return ref?.tenant === tenant && shown.has(ref.view); }));
      };
      const both = lifted.flatMap(e => (ofInstallation.includes(e.aggregate.name) ? [INSTALLATION] : ['globex', 'acme']).map((tenant, i): RecordedEvent => ({ ...e, tenant, seq: 2 * e.seq + i })));
      for (const order of [both, both.toReversed()]) {
        for (const tenant of ['acme', INSTALLATION]) {
          const subjects = tenant === INSTALLATION ? [] : also(tenant);
          const own = (e: RecordedEvent): boolean => e.tenant === tenant || subjects.includes(eventSubject({ tenant: e.tenant, service: e.aggregate.service, aggregate: e.aggregate.name, id: e.aggregate.id }));
          expect(await rowsOf(order, tenant, own)).toEqual(await rowsOf(order, tenant, () => true));
        }
      }
    });
  });
};
