import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { WORK_KINDS, type DeploymentStep } from '@xanthus/proto/applications';
import { deploymentDecider, type DeploymentCommand } from './deployment.decide.js';
import { initialDeployment, isUnderway, nextStep, type DeploymentEvent, type DeploymentState } from './deployment.js';
import { STEPS } from './steps.js';

const START: DeploymentCommand = { type: 'Start', application: '01jd3x8e2v5y9w4z7q6r1s0tap', kind: 'restart', plan: null, with: {}, reason: '' };
const started = (kind: (typeof WORK_KINDS)[number]): readonly DeploymentEvent[] => given(deploymentDecider).when({ ...START, kind }).then();
const run = (events: readonly DeploymentEvent[], ...commands: readonly DeploymentCommand[]): readonly DeploymentEvent[] => commands.reduce<readonly DeploymentEvent[]>((all, c) => [...all, ...given(deploymentDecider, all).when(c).then()], events);
const begin = (step: DeploymentStep, attempt = 1, back = false): DeploymentCommand => ({ type: 'StartStep', step, attempt, back });
const finish = (step: DeploymentStep, back = false): DeploymentCommand => ({ type: 'FinishStep', step, back, duration_ms: 1 });
const fail = (step: DeploymentStep, more: Partial<Extract<DeploymentCommand, { type: 'FailStep' }>> = {}): DeploymentCommand => ({ type: 'FailStep', step, attempt: 1, back: false, code: 'X.Y', message: 'No.', retry_at: null, undo: true, ...more });
const state = (events: readonly DeploymentEvent[]): DeploymentState => given(deploymentDecider, events).state();
const next = (events: readonly DeploymentEvent[]) => { const s = state(events); return isUnderway(s) ? nextStep(s) : s.status; };
const through = (kind: (typeof WORK_KINDS)[number], until: number): readonly DeploymentEvent[] => run(started(kind), ...STEPS[kind].slice(0, until).flatMap(s => [begin(s), finish(s)]));

describe('a deployment', () => {
  it.each(WORK_KINDS)('%s goes through its steps in order, once each', (kind) => {
    const all = through(kind, 99);
    expect(all.filter(e => e.type === 'DeploymentStepFinished').map(e => e.data.step)).toEqual(STEPS[kind]);
    expect(run(all, ...STEPS[kind].flatMap(s => [begin(s), finish(s), fail(s)]))).toEqual(all);
    expect(state(run(all, { type: 'End', duration_ms: 5 })).status).toBe('done');
    expect(new Set(STEPS[kind]).size).toBe(STEPS[kind].length);
  });

  it('begins once', () => expect(run(started('deploy'), START)).toEqual(started('deploy')));

  it('tries a step again, and counts an answer that comes late once', () => {
    const once = run(started('deploy'), begin('check'), fail('check', { retry_at: '2026-01-01T00:00:01.000Z' }));
    expect(next(once)).toEqual({ do: 'step', step: 'check', attempt: 2, back: false });
    expect(run(once, begin('check'))).toEqual(once);
    const twice = run(once, begin('check', 2));
    expect(run(twice, fail('check'))).toEqual(twice);
    expect(run(twice, finish('namespace'))).toEqual(twice);
  });

  it('is taken back from the last step that was begun, finished or not', () => {
    const failed = run(through('deploy', 3), begin('chart'), fail('chart'));
    expect(next(failed)).toEqual({ do: 'step', step: 'chart', attempt: 1, back: true });
    const undone = run(failed, ...(['chart', 'secrets', 'namespace', 'check'] as const).flatMap(s => [begin(s, 1, true), finish(s, true)]));
    expect(next(undone)).toEqual({ do: 'end-undo', as: 'failed' });
    expect(state(run(undone, { type: 'End', duration_ms: 1 }))).toMatchObject({ status: 'failed', undone: true, left: [], problem: { code: 'X.Y' } });
  });

  it('says what is left where even that fails', () => {
    const made = { sort: 'namespace' as const, kind: 'Namespace', namespace: null, name: 'notes', ref: null };
    const failed = run(started('deploy'), begin('check'), finish('check'), begin('namespace'), { type: 'FinishStep', step: 'namespace', back: false, duration_ms: 1, made: [made] }, begin('secrets'), fail('secrets'), begin('secrets', 1, true), fail('secrets', { back: true }));
    expect(state(failed)).toMatchObject({ status: 'failed', undone: false, left: [made] });
  });

  it('stays as it is where nothing is to be taken back', () => expect(state(run(started('restart'), begin('check'), fail('check', { undo: false })))).toMatchObject({ status: 'failed', undone: false, left: [] }));

  it('is cancelled once everything is seen to be gone', () => {
    const wanted = run(through('deploy', 2), begin('secrets'), { type: 'Cancel' });
    expect(run(wanted, { type: 'Cancel' })).toEqual(wanted);
    expect(next(wanted)).toEqual({ do: 'turn-back' });
    // The step that ran is told of all the same.
    expect(state(run(wanted, finish('secrets')))).toMatchObject({ done: [{ step: 'check' }, { step: 'namespace' }, { step: 'secrets' }] });
    const back = run(wanted, finish('secrets'), { type: 'TurnBack' }, ...(['secrets', 'namespace', 'check'] as const).flatMap(s => [begin(s, 1, true), finish(s, true)]));
    expect(state(back).status).toBe('undoing');
    expect(state(run(back, { type: 'End', duration_ms: 1 })).status).toBe('cancelled');
  });

  it.each(['delete', 'restart', 'stop', 'password'] as const)('a %s cannot be cancelled', kind => expect(given(deploymentDecider, started(kind)).when({ type: 'Cancel' }).refusal()).toBe('APPLICATION.TOO_LATE'));
  it('what has ended, or never was, cannot either', () => {
    expect(given(deploymentDecider, through('deploy', 99)).when({ type: 'Cancel' }).refusal()).toBe('APPLICATION.TOO_LATE');
    expect(given(deploymentDecider).when({ type: 'Cancel' }).refusal()).toBe('APPLICATION.NOT_BUSY');
  });

  it('goes on from where it failed, or anew where all was taken back', () => {
    const stuck = run(through('delete', 2), begin('record-gone'), fail('record-gone', { undo: false }), { type: 'Retry' });
    expect(next(stuck)).toEqual({ do: 'step', step: 'record-gone', attempt: 1, back: false });
    const undone = run(through('deploy', 1), begin('namespace'), fail('namespace'), begin('namespace', 1, true), finish('namespace', true), begin('check', 1, true), finish('check', true), { type: 'End', duration_ms: 1 }, { type: 'Retry' });
    expect(next(undone)).toEqual({ do: 'step', step: 'check', attempt: 1, back: false });
    expect(run(undone, { type: 'Retry' })).toEqual(undone);
  });

  it('bears its events in any order', () => {
    const all = [...run(through('deploy', 2), begin('secrets'), { type: 'Cancel' }, finish('secrets'), { type: 'TurnBack' }, begin('secrets', 1, true), finish('secrets', true))];
    for (let seed = 1; seed <= 500; seed++) {
      const order = all.map((e, n) => [(seed * 6_151 * (n + 5)) % 1_013, e] as const).sort((a, b) => a[0] - b[0]).map(([, e]) => e);
      const folded = order.reduce<DeploymentState>((s, e) => deploymentDecider.evolve(s, e, undefined as never), initialDeployment);
      if (isUnderway(folded)) expect(nextStep(folded).do).toMatch(/^(?:step|turn-back|finish|end-undo)$/);
    }
  });
});
