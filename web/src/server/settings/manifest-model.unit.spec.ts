import { describe, expect, it } from '@jest/globals';
import { MANIFEST_LIMIT, manifestObject } from '@xanthus/proto/vps';
import type { ManifestPlan } from '../../contracts.js';
import { applyBlocked, diffLines, LIMIT, OUTCOMES, tooLong } from './manifest-model.js';

const plan = (...outcomes: ManifestPlan['objects'][number]['outcome'][]): ManifestPlan => ({ plan: '', sha256: '', applied: false, objects: outcomes.map(outcome => ({ kind: 'Pod', name: 'a', namespace: null, outcome })) });

describe('a manifest', () => {
  it('has the limit of the service, in bytes', () => {
    expect(LIMIT).toBe(MANIFEST_LIMIT);
    expect(tooLong('é'.repeat(LIMIT / 2))).toBeUndefined();
    expect(tooLong('é'.repeat(LIMIT / 2 + 1))).toBe('41 KiB; at most 40 KiB can be applied at once.');
  });
  it('has words for every outcome', () => expect(Object.keys(OUTCOMES).toSorted()).toEqual([...manifestObject.shape.outcome.options].toSorted()));
  it('is applied only when it was seen, and would be taken', () => {
    expect([undefined, plan('unchanged'), plan('created', 'refused')].map(applyBlocked)).toEqual(['See what it would do first.', 'Nothing would change.', 'The cluster would refuse a part of it.']);
    expect(applyBlocked(plan('created', 'unchanged'))).toBeUndefined();
  });
  it('shows what differs', () => expect(diffLines('--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n').map(([kind]) => kind)).toEqual(['place', 'place', 'place', 'removed', 'added', 'same']));
});
