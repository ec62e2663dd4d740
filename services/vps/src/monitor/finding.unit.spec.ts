import { describe, expect, it } from '@jest/globals';
import type { MetricsSample } from '@xanthus/proto/vps';
import { SshError } from '@xanthus/ssh';
import { FACTS } from '../server/server.fixtures.js';
import type { ServerRow } from '../views/servers.js';
import { findingOf, knownOf, newsOf, seenOf, type Finding } from './finding.js';

const reachable: Finding = { kind: 'reachable', sample: {} as MetricsSample };
const silent: Finding = { kind: 'unreachable', code: 'SERVER.TIMEOUT', message: 'No answer.' };
const known = (more: Partial<ServerRow>) => knownOf({ status: 'reachable', facts: FACTS, reason: null, ...more } as ServerRow);

describe('what is news', () => {
  it('is only what the view does not show', () => {
    expect(newsOf(reachable, undefined)).toBe('reachable');
    expect(newsOf(reachable, known({}))).toBeUndefined();
    expect(newsOf(reachable, known({ status: 'unreachable' }))).toBe('reachable');
    expect(newsOf(silent, known({}))).toBe('SERVER.TIMEOUT');
    expect(newsOf(silent, known({ status: 'unreachable', reason: { code: 'SERVER.REFUSED', message: '' } }))).toBe('SERVER.TIMEOUT');
    expect(newsOf(silent, known({ status: 'unreachable', reason: { code: 'SERVER.TIMEOUT', message: 'other words' } }))).toBeUndefined();
  });

  it('are facts that changed', () => {
    expect(newsOf({ ...reachable, facts: { ...FACTS } }, known({}))).toBeUndefined();
    expect(newsOf({ ...reachable, facts: { ...FACTS, k3s: 'v1.31' } }, known({}))).toBe('facts');
    expect(newsOf({ ...reachable, facts: FACTS }, known({ facts: null }))).toBe('facts');
  });
});

describe('a server from which no answer is expected', () => {
  it('is being made, or was switched off', () => {
    expect([known({}).quiet, known({ lifecycle: 'creating' }).quiet, known({ power: 'off' }).quiet, known({ lifecycle: 'ready', power: 'running' }).quiet]).toEqual([undefined, 'coming', 'off', undefined]);
  });
});

describe('a finding', () => {
  it('tells the server s faults from ours', () => {
    expect(findingOf(new SshError('connect', 'SERVER.REFUSED', 'no'))).toMatchObject({ kind: 'unreachable', code: 'SERVER.REFUSED' });
    expect(findingOf(new SshError('host_key', 'SERVER.HOST_KEY_CHANGED', 'other'))).toMatchObject({ kind: 'host-key' });
    expect(findingOf(new SshError('session', 'SERVER.CANCELLED', 'stopped'))).toMatchObject({ kind: 'none' });
    expect(findingOf(new Error('bug'))).toMatchObject({ kind: 'none' });
    expect(seenOf(findingOf(new Error('bug')))).toBeUndefined();
  });
});
