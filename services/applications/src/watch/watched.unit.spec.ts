import { describe, expect, it } from '@jest/globals';
import { compareObjects } from '../drift/compare.js';
import { healthOf } from '../life/health.js';
import { packed, unpacked } from '../life/logs.js';
import { isNews } from './watched.js';

const seen = (more: object = {}) => ({ health: 'deployed', sentence: '1 of 1 pods ready', pods: { ready: 1, wanted: 1, restarts: 0 }, address: 'answers', ...more }) as never;

describe('news', () => {
  it.each([
    ['nothing', {}, false],
    ['another health', { health: 'degraded' }, true],
    ['another address', { address: 'silent' }, true],
    ['fewer pods', { pods: { ready: 0, wanted: 1, restarts: 0 } }, true],
    ['a first restart', { pods: { ready: 1, wanted: 1, restarts: 1 } }, true],
    ['another number in the sentence', { sentence: '2 of 2 pods ready' }, false],
    ['another sentence', { sentence: 'The image cannot be pulled.' }, true],
  ] as const)('%s: %j: %s', (_what, more, expected) => { expect(isNews(seen(), seen(more))).toBe(expected); });

  it('of a pod that crashes for ever comes ever more seldom', () => {
    let [last, told] = [0, 0];
    for (let restarts = 1; restarts <= 1_000; restarts += 1) {
      if (!isNews(seen({ pods: { ready: 0, wanted: 1, restarts: last } }), seen({ pods: { ready: 0, wanted: 1, restarts } }))) continue;
      [last, told] = [restarts, told + 1];
    }
    expect(told).toBeLessThan(14);
  });
});

describe('health', () => {
  const inventory = (ready: number, wanted: number) => ({ pods: [], workloads: [{ workload: 'Deployment/web', ready, wanted, settled: true }], volumes: [], events: [], stuck: [] });
  it.each([
    [null, 1, 1, 'missing'], [{ status: 'deployed' }, 1, 1, 'deployed'], [{ status: 'deployed' }, 0, 1, 'degraded'], [{ status: 'failed' }, 1, 1, 'failed'], [{ status: 'pending-upgrade' }, 1, 1, 'pending'], [{ status: 'uninstalling' }, 1, 1, 'pending'],
    ['unasked', 1, 2, 'degraded'], ['unasked', 0, 0, 'deployed'],
  ] as const)('Helm says %j, %d of %d ready: %s', (helm, ready, wanted, health) => { expect(healthOf(helm, inventory(ready, wanted)).health).toBe(health); });
});

describe('objects beside their release', () => {
  const object = (kind: string, name: string, more: object) => ({ apiVersion: 'v1', kind, metadata: { name, uid: '', resourceVersion: '1', labels: {}, annotations: {}, ownerReferences: [] }, ...more });
  const LONG = 'long-secret-'.repeat(8);
  const compare = (there: object, would: object, kind = 'Deployment', scaled = {}) => compareObjects({ there: [object(kind, 'web', there)], would: [{ ...object(kind, 'web', would), metadata: { ...object(kind, 'web', {}).metadata, resourceVersion: '2' } }], wanted: [{ kind, name: 'web' }], scaled, mask: text => text.replaceAll(LONG, '•••') });

  it('are the same whatever the cluster notes of them', () => { expect(compare({ spec: { a: [1, { b: 2 }] }, status: { ready: 1 } }, { spec: { a: [1, { b: 2 }] }, status: {} })).toEqual([]); });
  it('differ by what they say', () => {
    expect(compare({ spec: { replicas: 3, image: 'b' } }, { spec: { replicas: 1, image: 'a' } })).toEqual([{ kind: 'Deployment', name: 'web', what: 'changed', detail: 'spec.replicas: 1 → 3; spec.image: a → b' }]);
    expect(compare({ spec: { replicas: 3 } }, { spec: { replicas: 1 } }, 'Deployment', { 'Deployment/web': 3 })).toEqual([]);
  });
  it('of a Secret tell no value', () => { expect(compare({ data: { password: 'bmV3' } }, { data: { password: 'b2xk' } }, 'Secret')).toEqual([{ kind: 'Secret', name: 'web', what: 'changed', detail: 'data.password' }]); });
  it('is told without secrets, also of those that are longer than what is shown', () => {
    const [finding] = compare({ text: `a ${LONG}` }, { text: 'b' });
    expect(finding?.detail).toBe('text: b → a •••');
  });

  it('are missing, or not known', () => {
    expect(compareObjects({ there: [], would: [], wanted: [{ kind: 'Service', name: 'web' }], scaled: {}, mask: text => text })).toMatchObject([{ what: 'missing' }]);
    expect(compareObjects({ there: [object('Job', 'web', {})], would: [], wanted: [{ kind: 'Job', name: 'web' }], scaled: {}, mask: text => text })).toMatchObject([{ what: 'unknown' }]);
  });
});

it('a followed pod is one word of a key', () => {
  for (const [pod, container] of [['web.1-x', 'main'], ['a', undefined]] as const) {
    expect(packed(pod, container)).toMatch(/^[\w-]+$/);
    expect(unpacked(packed(pod, container))).toEqual({ pod, container: container ?? null });
  }
});
