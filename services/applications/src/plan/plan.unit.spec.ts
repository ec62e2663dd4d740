import { describe, expect, it } from '@jest/globals';
import { given, Refusal } from '@xanthus/kernel';
import { planEvents } from '@xanthus/proto/applications';
import { checkPlan, planDecider, type Wanted } from './plan.decide.js';
import type { PlanAbout, PlanState } from './plan.js';

const about = planEvents.ApplicationPlanMade.data.parse(planEvents.ApplicationPlanMade.example) as PlanAbout;
const wanted: Wanted = { kind: 'deploy', application: null, hash: about.hash, accept: [], now: '2026-11-21T08:30:00.000Z' };
const draft = (detail: Partial<PlanAbout['detail']> = {}): PlanState => ({ status: 'draft', ...about, detail: { ...about.detail, ...detail } });
const refused = (state: PlanState, more: Partial<Wanted> = {}): string => {
  try {
    checkPlan(state, { ...wanted, ...more });
    return 'taken';
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
};

describe('a plan', () => {
  it('is made once, and carried out once', () => {
    const made = given(planDecider).when({ type: 'Make', ...about }).then();
    expect(made).toEqual([{ type: 'ApplicationPlanMade', data: about }]);
    expect(given(planDecider, made).when({ type: 'Make', ...about }).then()).toEqual([]);
    const take = { type: 'Take', application: '01jd3x8e2v5y9w4z7q6r1s0tap', deployment: '01jd3x8e2v5y9w4z7q6r1s0tdp' } as const;
    const taken = [...made, ...given(planDecider, made).when(take).then()];
    expect(given(planDecider, taken).state().status).toBe('taken');
    expect(given(planDecider, taken).when(take).then()).toEqual([]);
    expect(given(planDecider).when(take).then()).toEqual([]);
    expect(refused(given(planDecider, taken).state())).toBe('PLAN.OVER');
  });

  it.each([
    ['taken', draft(), {}], ['PLAN.UNKNOWN', { status: 'absent' }, {}], ['PLAN.OTHER_KIND', draft(), { kind: 'upgrade' }], ['PLAN.OTHER_KIND', draft(), { application: '01jd3x8e2v5y9w4z7q6r1s0tap' }], ['PLAN.OTHER_HASH', draft(), { hash: '0'.repeat(64) }],
    ['PLAN.OVER', draft(), { now: '2026-11-21T09:00:00.001Z' }], ['PLAN.CONFLICTS', draft({ conflicts: [{ kind: 'name', message: 'No.', at: '' }] }), {}],
    ['PLAN.WARNING_NOT_ACCEPTED', draft({ warnings: [{ kind: 'memory', asks_again: true, message: 'Too little.' }] }), {}],
    ['taken', draft({ warnings: [{ kind: 'memory', asks_again: true, message: 'Too little.' }, { kind: 'simulated', asks_again: false, message: 'To play with.' }] }), { accept: ['memory'] }],
  ] as const)('%s', (code, state, more) => expect(refused(state as PlanState, more as Partial<Wanted>)).toBe(code));
});
