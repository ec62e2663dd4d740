import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { installation, type InstallationEvent } from './installation.js';

const link = (token_sha256: string): InstallationEvent => ({ type: 'SetupLinkIssued', data: { token_sha256, expires_at: '2026-01-01T01:00:00.000Z' } });
const owned: InstallationEvent = { type: 'SetupCompleted', data: { tenant: 'acme', person: '01jd3x8e2v5y9w4z7q6r1s0tcd' } };
const complete = { type: 'CompleteSetup', token_sha256: 'a', tenant: 'acme', person: '01jd3x8e2v5y9w4z7q6r1s0tcd' } as const;

describe('an installation that nobody owns', () => {
  it('issues a link', () => {
    expect(given(installation.decider).when({ type: 'IssueSetupLink', token_sha256: 'a', expires_at: '2026-01-01T01:00:00.000Z' }).then()).toEqual([link('a')]);
  });
  it('takes the newest link', () => {
    expect(given(installation.decider, [link('a')]).when(complete).then()).toEqual([owned]);
  });
  it('checks a link and changes nothing', () => {
    expect(given(installation.decider, [link('a')]).when({ type: 'CheckSetupLink', token_sha256: 'a' }).then()).toEqual([]);
  });
  it('refuses a link that a newer one ended', () => {
    expect(given(installation.decider, [link('a'), link('b')]).when(complete).refusal()).toBe('SETUP.LINK_INVALID');
  });
  it('refuses any link where none was issued', () => {
    expect(given(installation.decider).when(complete).refusal()).toBe('SETUP.LINK_INVALID');
  });
  it('refuses a link at the minute it expires', () => {
    expect(given(installation.decider, [link('a')]).when(complete, { now: '2026-01-01T01:00:00.000Z' }).refusal()).toBe('SETUP.LINK_EXPIRED');
  });
});

describe('an installation with an owner', () => {
  it('issues no link and takes none', () => {
    const done = given(installation.decider, [link('a'), owned]);
    expect(done.when({ type: 'IssueSetupLink', token_sha256: 'b', expires_at: '2026-01-01T02:00:00.000Z' }).refusal()).toBe('SETUP.ALREADY_DONE');
    expect(done.when(complete).refusal()).toBe('SETUP.ALREADY_DONE');
  });
});
