import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { person, type PersonEvent } from './person.js';

const registered: PersonEvent = { type: 'PersonRegistered', data: { secret: 'person-x', has_password: true } };
const started = (secret = 'totp-a'): PersonEvent => ({ type: 'TotpStarted', data: { secret } });
const enabled: PersonEvent = { type: 'TotpEnabled', data: { secret: 'totp-a', recovery: 'recovery-a', codes: 10, step: 100 } };
const ON: readonly PersonEvent[] = [registered, started(), enabled];
const enable = { type: 'EnableTotp', secret: 'totp-a', step: 100, recovery: 'recovery-a', codes: 10 } as const;

describe('a second factor', () => {
  it('is on once a code of the newest secret was given', () => {
    expect(given(person.decider, [registered]).when({ type: 'StartTotp', secret: 'totp-a' }).then()).toEqual([started()]);
    expect(given(person.decider, [registered, started()]).when(enable).then()).toEqual([enabled]);
    expect(given(person.decider, [registered, started(), started('totp-b')]).when(enable).refusal()).toBe('TOTP.NOT_STARTED');
    expect(given(person.decider, [registered]).when(enable).refusal()).toBe('TOTP.NOT_STARTED');
  });
  it('that is on is not replaced: it is turned off first', () => {
    expect(given(person.decider, ON).when({ type: 'StartTotp', secret: 'totp-b' }).refusal()).toBe('TOTP.ALREADY_ON');
    expect(given(person.decider, ON).when(enable).refusal()).toBe('TOTP.ALREADY_ON');
    expect(given(person.decider, ON).when({ type: 'DisableTotp' }).then()).toEqual([{ type: 'TotpDisabled', data: { reason: 'disabled' } }]);
    expect(given(person.decider, [registered]).when({ type: 'DisableTotp' }).refusal()).toBe('TOTP.OFF');
  });
  it('takes no step twice, none from before, and not the one that it was turned on with', () => {
    const on = given(person.decider, ON);
    expect([99, 100].map(step => on.when({ type: 'UseTotp', step }).refusal())).toEqual(['TOTP.WRONG_CODE', 'TOTP.WRONG_CODE']);
    expect(on.when({ type: 'UseTotp', step: 101 }).then()).toEqual([{ type: 'TotpUsed', data: { step: 101 } }]);
    expect(given(person.decider, [...ON, { type: 'TotpUsed', data: { step: 101 } }]).when({ type: 'UseTotp', step: 101 }).refusal()).toBe('TOTP.WRONG_CODE');
  });
  it('takes each recovery code once, and none of a set that was renewed', () => {
    const use = (index: number, recovery = 'recovery-a') => ({ type: 'UseRecoveryCode', recovery, index }) as const;
    const used: PersonEvent = { type: 'RecoveryCodeUsed', data: { index: 3 } };
    expect(given(person.decider, ON).when(use(3)).then()).toEqual([used]);
    expect(given(person.decider, [...ON, used]).when(use(3)).refusal()).toBe('TOTP.WRONG_CODE');
    const renewed: PersonEvent = { type: 'RecoveryCodesRenewed', data: { recovery: 'recovery-b', codes: 10 } };
    expect(given(person.decider, [...ON, used, renewed]).when(use(3)).refusal()).toBe('TOTP.WRONG_CODE');
    expect(given(person.decider, [...ON, used, renewed]).when(use(3, 'recovery-b')).then()).toEqual([used]);
  });
});

describe('a link to set a new password', () => {
  const link = (hash: string, second_factor_too = false): PersonEvent => ({ type: 'ResetLinkIssued', data: { token_sha256: hash, expires_at: '2026-01-01T01:00:00.000Z', second_factor_too } });
  const use = (hash: string) => ({ type: 'UseResetLink', token_sha256: hash }) as const;
  const reset: PersonEvent = { type: 'PasswordChanged', data: { reason: 'reset' } };
  it('is good once, within the hour, and only the newest', () => {
    expect(given(person.decider, [registered, link('a')]).when(use('a')).then()).toEqual([reset]);
    expect(given(person.decider, [registered, link('a')]).when({ ...use('a'), check: true }).then()).toEqual([]);
    expect(given(person.decider, [registered, link('a'), reset]).when(use('a')).refusal()).toBe('RESET.LINK_INVALID');
    expect(given(person.decider, [registered, link('a'), link('b')]).when(use('a')).refusal()).toBe('RESET.LINK_INVALID');
    expect(given(person.decider, [registered, link('a')]).when(use('a'), { now: '2026-01-01T01:00:00.000Z' }).refusal()).toBe('RESET.LINK_EXPIRED');
    expect(given(person.decider).when(use('a')).refusal()).toBe('RESET.LINK_INVALID');
  });
  it('ends when the person changes the password, and outlives a new hash of the same one', () => {
    const changed = (reason: 'changed' | 'rehashed'): PersonEvent => ({ type: 'PasswordChanged', data: { reason } });
    expect(given(person.decider, [registered, link('a'), changed('changed')]).when(use('a')).refusal()).toBe('RESET.LINK_INVALID');
    expect(given(person.decider, [registered, link('a'), changed('rehashed')]).when(use('a')).refusal()).toBeUndefined();
  });
  it('takes the second factor away only where its maker said so', () => {
    expect(given(person.decider, [...ON, link('a')]).when(use('a')).then()).toEqual([reset]);
    expect(given(person.decider, [...ON, link('a', true)]).when(use('a')).then()).toEqual([reset, { type: 'TotpDisabled', data: { reason: 'reset' } }]);
    expect(given(person.decider, [registered, link('a', true)]).when(use('a')).then()).toEqual([reset]);
  });
});
