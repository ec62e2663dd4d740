import { describe, expect, it } from '@jest/globals';
import { addStep, choicesOf, toSteps } from './steps.js';

const statuses = (...args: Parameters<typeof toSteps>): string[] => toSteps(...args).map(s => s.status);

describe('the five steps of a Cloudflare token', () => {
  it('are waiting before, and one after the other while it runs', () => {
    expect(statuses([], false)).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(statuses([], true)).toEqual(['running', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(statuses([{ name: 'token', status: 'passed' }], true)).toEqual(['passed', 'running', 'waiting', 'waiting', 'waiting']);
    expect(statuses([{ name: 'token', status: 'passed' }, { name: 'permissions', status: 'running' }], true)).toEqual(['passed', 'running', 'waiting', 'waiting', 'waiting']);
  });
  it('are not reached after one that failed, which says why', () => {
    const told = [{ name: 'token', status: 'passed' }, { name: 'permissions', status: 'failed', detail: 'Zone · DNS · Edit is missing', code: 'CLOUDFLARE.PERMISSION_MISSING' }] as const;
    expect(statuses(told, false)).toEqual(['passed', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(toSteps(told, false)[1]).toMatchObject({ detail: 'Zone · DNS · Edit is missing', code: 'CLOUDFLARE.PERMISSION_MISSING' });
  });
  it('are told twice: the later word counts', () => expect(addStep([{ name: 'token', status: 'running' }], { name: 'token', status: 'passed' })).toEqual([{ name: 'token', status: 'passed' }]));
});

describe('several accounts', () => {
  it('are named by the refusal', () => {
    const problem = { code: 'CLOUDFLARE.ACCOUNT_CHOICE', message: 'Choose.', retryable: false, details: { accounts: [{ id: 'a', name: 'Ada' }, { id: 7 }, null] } };
    expect(choicesOf(problem)).toEqual([{ id: 'a', name: 'Ada' }]);
    expect(choicesOf({ ...problem, code: 'DENIED' })).toEqual([]);
    expect(choicesOf(undefined)).toEqual([]);
  });
});
