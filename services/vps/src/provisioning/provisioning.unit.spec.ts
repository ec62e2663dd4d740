import { describe, expect, it } from '@jest/globals';
import { given, Refusal, type TryError } from '@xanthus/kernel';
import { INSTALL_STEPS, SET_UP_STEPS, type SetUpStep } from '@xanthus/proto/vps';
import { createPlan, installPlan } from './next-move.js';
import { SET_UP_LIMITS, stepError } from './policy.js';
import { provisioningDecider, type ProvisioningCommand } from './provisioning.decide.js';
import type { ProvisioningEvent } from './provisioning.js';

const NOW = '2026-11-21T08:00:00.000Z';
const after = (...events: readonly ProvisioningEvent[]) => given(provisioningDecider, events, { now: NOW });
const begun: ProvisioningEvent = { type: 'ProvisioningStarted', data: createPlan('web-1') };
const step = (name: SetUpStep, attempt = 1): ProvisioningEvent => ({ type: 'StepStarted', data: { step: name, attempt } });
const done = (name: SetUpStep, more = {}): ProvisioningEvent => ({ type: 'StepFinished', data: { step: name, duration_ms: 1, detail: '', ...more } });
const tried = (name: SetUpStep): ProvisioningEvent => ({ type: 'StepFailed', data: { step: name, attempt: 1, code: 'PROVIDER.TIMEOUT', message: 'No answer.', retryable: true, retry_at: '2026-11-21T08:00:02.000Z' } });
const failed: readonly ProvisioningEvent[] = [begun, step('key'), done('key'), step('server'), { type: 'ProvisioningFailed', data: { step: 'server', code: 'PROVIDER.SOLD_OUT', message: 'm' } }];
const error = (more: Partial<TryError> = {}): TryError => ({ code: 'PROVIDER.TIMEOUT', message: 'No answer.', retryable: true, ...more });
const cancelling: readonly ProvisioningEvent[] = [begun, step('key'), { type: 'ProvisioningCancelRequested', data: {} }];

describe('nothing yet', () => {
  it('begins once', () => {
    expect(after().when({ type: 'Start', data: createPlan('web-1') }).then()).toEqual([begun]);
    expect(after(begun).when({ type: 'Start', data: createPlan('web-1') }).then()).toEqual([]);
  });
  it('has nothing to retry, cancel, or go on with', () => {
    expect(after().when({ type: 'Retry', data: {} }).refusal()).toBe('SERVER.NOT_ALLOWED_NOW');
    expect(after().when({ type: 'RequestCancel' }).refusal()).toBe('SERVER.NOT_ALLOWED_NOW');
    expect(after().when({ type: 'Begin', data: { step: 'key' } }).then()).toEqual([]);
    expect(after().when({ type: 'Cancelled', data: { round: 1 } }).then()).toEqual([]);
  });
});

describe('under way', () => {
  it('counts tries, and goes from step to step with what was made', () => {
    expect(after(begun).when({ type: 'Begin', data: { step: 'key' } }).then()).toEqual([step('key', 1)]);
    expect(after(begun, step('key')).when({ type: 'Begin', data: { step: 'key' } }).then()).toEqual([step('key', 2)]);
    expect(after(begun, step('key'), done('key', { key_ref: '7' }), step('server'), done('server', { provider_ref: '8' })).state()).toMatchObject({ status: 'running', run: { step: 'boot', attempt: 0, made: { key_ref: '7', provider_ref: '8' } } });
  });
  it('ends with the last step, and says how long it took', () => {
    const all = SET_UP_STEPS.slice(0, -1).flatMap(name => [step(name), done(name)]);
    const end = after(begun, ...all, step('ready')).when({ type: 'Finish', data: { step: 'ready', detail: 'READY' } }, { now: '2026-11-21T08:02:00.000Z' });
    expect(end.then().map(e => e.type)).toEqual(['StepFinished', 'ProvisioningFinished']);
    expect(end.then()[1]).toEqual({ type: 'ProvisioningFinished', data: { duration_ms: 120_000 } });
    expect(end.state()).toMatchObject({ status: 'finished', run: { step: null } });
  });
  it('hears no word of another step', () => {
    const state = after(begun, step('key'), done('key'));
    const late: readonly ProvisioningCommand[] = [
      { type: 'Finish', data: { step: 'key', detail: '' } }, { type: 'Fail', data: { step: 'boot', error: error() } }, { type: 'Begin', data: { step: 'boot' } },
      { type: 'Progress', data: { step: 'key', word: 'X', text: 'x', lines: [] } },
    ];
    for (const command of late) expect(state.when(command).then()).toEqual([]);
  });
  it('is tried again by itself, a limited number of times', () => {
    const fail = (...before: readonly ProvisioningEvent[]) => after(begun, ...before, step('key')).when({ type: 'Fail', data: { step: 'key', error: error() } });
    expect(fail().then()).toEqual([tried('key')]);
    expect(fail().state()).toMatchObject({ status: 'running', run: { failures: 1, retry_at: '2026-11-21T08:00:02.000Z' } });
    const last = fail(...Array.from({ length: SET_UP_LIMITS.key.tries - 1 }, () => tried('key')));
    expect(last.then().map(e => e.type)).toEqual(['StepFailed', 'ProvisioningFailed']);
    expect(last.state()).toMatchObject({ status: 'failed', failure: { step: 'key', code: 'PROVIDER.TIMEOUT' } });
  });
  it('asks a person at once for what does not pass', () => {
    expect(after(begun, step('key')).when({ type: 'Fail', data: { step: 'key', error: error({ retryable: false }) } }).state()).toMatchObject({ status: 'failed' });
  });
  it('is cancelled by a wish, once', () => {
    expect(after(begun).when({ type: 'RequestCancel' }).state()).toMatchObject({ status: 'cancelling' });
    expect(after(...cancelling).when({ type: 'RequestCancel' }).then()).toEqual([]);
  });
  it('takes no other set-up beside it', () => {
    expect(after(begun).when({ type: 'Start', data: installPlan('web-1') }).refusal()).toBe('SERVER.BUSY');
  });
});

describe('failed', () => {
  it('goes on from the step that failed, or an earlier one, with fresh tries', () => {
    expect(after(...failed).when({ type: 'Retry', data: {} }).state()).toMatchObject({ status: 'running', run: { step: 'server', attempt: 0, failures: 0, retries: 1, round: 2 } });
    expect(after(...failed).when({ type: 'Retry', data: { from_step: 'key' } }).state()).toMatchObject({ run: { step: 'key' } });
    expect(after(...failed).when({ type: 'Retry', data: { from_step: 'boot' } }).refusal()).toBe('SERVER.NOT_ALLOWED_NOW');
  });
  it('is cancelled, too', () => {
    expect(after(...failed).when({ type: 'RequestCancel' }).state()).toMatchObject({ status: 'cancelling' });
  });
  it('does no step', () => {
    expect(after(...failed).when({ type: 'Begin', data: { step: 'server' } }).then()).toEqual([]);
  });
});

describe('cancelling, cancelled, finished', () => {
  it('a step that ends meanwhile changes nothing', () => {
    expect(after(...cancelling).when({ type: 'Finish', data: { step: 'key', detail: '' } }).then()).toEqual([]);
    expect(after(...cancelling).when({ type: 'Fail', data: { step: 'key', error: error() } }).then()).toEqual([]);
  });
  it('is over only for the round that it is said of', () => {
    expect(after(...cancelling).when({ type: 'Cancelled', data: { round: 1 } }).state()).toMatchObject({ status: 'cancelled' });
    expect(after(...failed, { type: 'ProvisioningRetried', data: { from_step: 'key' } }).when({ type: 'Cancelled', data: { round: 1 } }).then()).toEqual([]);
  });
  it('a finished one can be set up again, which keeps what was made', () => {
    const again = after(begun, step('key'), done('key', { key_ref: '7' }), { type: 'ProvisioningFinished', data: { duration_ms: 1 } }).when({ type: 'Start', data: installPlan('web-1') });
    expect(again.state()).toMatchObject({ status: 'running', run: { step: INSTALL_STEPS[0], round: 2, made: { key_ref: '7' } } });
  });
});

describe('the policy', () => {
  it('asks a person at once where only another wish helps, whatever the provider says of passing', () => {
    expect(stepError(new Refusal('PROVIDER.SOLD_OUT', 'None left.', undefined, true)).retryable).toBe(false);
    expect(stepError(new Refusal('PROVIDER.TIMEOUT', 'No answer.', undefined, true)).retryable).toBe(true);
  });
});
