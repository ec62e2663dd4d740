import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { REMOVAL_STEPS, type RemovalStep } from '@xanthus/proto/vps';
import { removalDecider } from './removal.decide.js';
import type { RemovalEvent } from './removal.js';

const NOW = '2026-11-21T08:00:00.000Z';
const after = (...events: readonly RemovalEvent[]) => given(removalDecider, events, { now: NOW });
const wish = (round: number) => ({ type: 'StartRemoval', data: { reason: 'deleted', name: 'web-1', round } }) as const;
const begun: RemovalEvent = { type: 'RemovalStarted', data: { reason: 'deleted', name: 'web-1' } };
const step = (name: RemovalStep): RemovalEvent => ({ type: 'RemovalStepStarted', data: { step: name, attempt: 1 } });
const done = (name: RemovalStep): RemovalEvent => ({ type: 'RemovalStepFinished', data: { step: name, duration_ms: 1, detail: '' } });
const error = { code: 'PROVIDER.KEY_REFUSED', message: 'm', retryable: false };
const failed: readonly RemovalEvent[] = [begun, step('stop'), done('stop'), step('delete'), { type: 'RemovalFailed', data: { step: 'delete', code: error.code, message: 'm' } }];

describe('a removal', () => {
  it('begins once', () => {
    expect(after().when(wish(1)).then()).toEqual([begun]);
    expect(after(begun).when(wish(2)).then()).toEqual([]);
  });

  it('goes through its steps and ends', () => {
    const all = REMOVAL_STEPS.slice(0, -1).flatMap(name => [step(name), done(name)]);
    expect(after(begun, ...all, step('secrets')).when({ type: 'FinishStep', data: { step: 'secrets', detail: '' } }).then().map(e => e.type)).toEqual(['RemovalStepFinished', 'RemovalFinished']);
  });

  it('hears no word of another step', () => {
    expect(after(begun, step('stop')).when({ type: 'FinishStep', data: { step: 'delete', detail: '' } }).then()).toEqual([]);
    expect(after(begun, step('stop')).when({ type: 'FailStep', data: { step: 'delete', error } }).then()).toEqual([]);
    expect(after(begun, step('stop')).when({ type: 'BeginStep', data: { step: 'delete' } }).then()).toEqual([]);
  });

  it('that failed goes on from its step at the next wish, and at no older one', () => {
    expect(after(begun, step('stop')).when({ type: 'FailStep', data: { step: 'stop', error } }).then().map(e => e.type)).toEqual(['RemovalStepFailed', 'RemovalFailed']);
    expect(after(...failed).when(wish(1)).then()).toEqual([]);
    expect(after(...failed).when(wish(2)).state()).toMatchObject({ status: 'running', run: { step: 'delete', failures: 0, rounds: 2 } });
    expect(after(...failed).when({ type: 'BeginStep', data: { step: 'delete' } }).then()).toEqual([]);
  });

  it('that is over stays so', () => {
    const over: readonly RemovalEvent[] = [begun, { type: 'RemovalFinished', data: { duration_ms: 1 } }];
    expect(after(...over).when(wish(2)).then()).toEqual([]);
  });
});
