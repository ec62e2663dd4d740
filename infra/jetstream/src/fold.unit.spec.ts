import { describe, expect, it } from '@jest/globals';
import { TOKEN, type ViewValue } from '@xanthus/proto';
import { keyedProjection, type Projection } from '@xanthus/kernel';
import { pauseAfter } from './durable.js';
import { markerKey } from './event-store.js';
import { Fold, frozenOfParkedKey, type FoldOptions } from './fold.js';
import { isRecent } from './provision.js';

const message = (seq: number, id: string, data: unknown) => ({
  subject: `evt.acme.vps.counter.${id}`, seq, time: '2026-01-01T00:00:00.000Z', headers: undefined,
  data: Buffer.from(JSON.stringify({ id: 'e', type: 'Counted', schema: 1, tenant: 'acme', aggregate: { service: 'vps', name: 'counter', id }, data })),
});
const sums = (name = 'sums'): Projection =>
  keyedProjection<{ n: number }>({ name, version: 1, schema: 3, keys: (event) => [`acme.${name}.${event.aggregate.id}`], evolve: (data, event) => ({ n: (data?.n ?? 0) + (event.data as { n: number }).n }) });

const foldOf = (projections: Projection[], options: Partial<FoldOptions> = {}) => {
  const parked: string[] = [];
  const fold = new Fold({
    stream: 'VPS', projections, schemas: undefined, fresh: true, read: async () => undefined, onParked: ({ projection, seq, error }) => parked.push(`${projection} ${seq} ${error}`), ...options,
  });
  const written = () => Object.fromEntries(fold.take().map(({ key, text }) => [key, text === undefined ? undefined : (JSON.parse(text) as ViewValue).data]));
  return { fold, parked, written };
};

describe('Fold', () => {
  it('writes each changed key once, with schema, sequence and the time of the stream', async () => {
    const { fold } = foldOf([sums()]);
    await fold.apply(message(1, 'a', { n: 1 }));
    await fold.apply(message(2, 'a', { n: 2 }));
    const [only, ...rest] = fold.take();
    expect(rest).toEqual([]);
    expect(JSON.parse(only?.text ?? '')).toEqual({ schema: 3, seq: 2, time: '2026-01-01T00:00:00.000Z', data: { n: 3 } });
    expect(fold.size).toBe(0);
  });

  it('reads from the bucket what it does not know, once, and not at all when the bucket was empty', async () => {
    const reads: string[] = [];
    const read = async (key: string) => {
      reads.push(key);
      return { schema: 3, seq: 1, time: '', data: { n: 40 } };
    };
    const { fold, written } = foldOf([sums()], { fresh: false, read });
    await fold.apply(message(2, 'a', { n: 1 }));
    await fold.apply(message(3, 'a', { n: 1 }));
    expect(reads).toEqual(['acme.sums.a']);
    expect(written()).toEqual({ 'acme.sums.a': { n: 42 } });
    await foldOf([sums()], { fresh: true, read }).fold.apply(message(2, 'b', { n: 1 }));
    expect(reads.length).toBe(1);
  });

  it('fails, and parks nothing, when the bucket cannot be read', async () => {
    const { fold, parked } = foldOf([sums()], { fresh: false, read: () => Promise.reject(new Error('NATS is away')) });
    await expect(fold.apply(message(1, 'a', { n: 1 }))).rejects.toThrow('NATS is away');
    expect(parked).toEqual([]);
  });

  it('parks in the projection that cannot, and goes on in the others', async () => {
    const many: Projection = { name: 'many', version: 1, schema: 1, project: (event) => Array.from({ length: 201 }, (_, i) => ({ key: `acme.many.${event.seq}-${i}`, value: i })) };
    const large: Projection = { name: 'large', version: 1, schema: 1, project: () => [{ key: 'acme.large.x', value: 'x'.repeat(1_000_001) }] };
    const { fold, parked, written } = foldOf([large, sums(), many]);
    await fold.apply(message(1, 'a', { n: 1 }));
    await fold.apply(message(2, 'a', { n: 1 }));
    expect(parked).toEqual(['large 1 the value of acme.large.x has 1000065 characters', 'many 1 more than 200 changes by one event']);
    expect(written()).toMatchObject({ 'acme.sums.a': { n: 2 }, '_parked.large.acme.counter.a': { projection: 'large', seq: 1, type: 'Counted' }, '_parked.many.acme.counter.a': { seq: 1 } });
  });

  it('knows the frozen aggregates from their parked keys', async () => {
    const fold = new Fold({ stream: 'VPS', projections: [sums()], schemas: undefined, fresh: true, read: async () => undefined, onParked: () => undefined }, [frozenOfParkedKey('_parked.sums.acme.counter.a', 'vps') ?? '']);
    await fold.apply(message(1, 'a', { n: 1 }));
    await fold.apply(message(2, 'b', { n: 1 }));
    expect(fold.take().map(({ key }) => key)).toEqual(['acme.sums.b']);
    expect(frozenOfParkedKey('_parked.sums.seq-7', 'vps')).toBeUndefined();
  });

  it('lifts old shapes before folding', async () => {
    const { fold, written, parked } = foldOf([sums()], { schemas: { schemas: { Counted: 2 }, upcasts: { Counted: { 1: (data) => ({ n: (data as { amount: number }).amount }) } } } });
    await fold.apply(message(1, 'a', { amount: 5 }));
    expect(written()).toEqual({ 'acme.sums.a': { n: 5 } });
    expect(parked).toEqual([]);
  });
});

describe('small rules', () => {
  it('makes marker keys that are subject tokens and do not depend on how a name is written', () => {
    const key = Buffer.from('secret');
    expect(markerKey(key, ' Éda@Example.org')).toBe(markerKey(key, 'e\u0301da@example.org'));
    expect(markerKey(key, 'a')).toMatch(TOKEN);
    expect(markerKey(key, 'a')).not.toBe(markerKey(Buffer.from('other'), 'a'));
    expect(markerKey(key, 'a').length).toBe(52);
  });

  it('pauses longer after each failure, five minutes at most', () => {
    expect([1, 2, 3, 20, 1_000].map(pauseAfter)).toEqual([300, 600, 1_200, 300_000, 300_000]);
  });

  it('compares versions of the server', () => {
    expect(['2.14.2', '2.9.10', '2.14.3', '2.15.0-RC.1', '3.0.0', '10.1.0'].map((version) => isRecent(version))).toEqual([false, false, true, true, true, true]);
  });
});
