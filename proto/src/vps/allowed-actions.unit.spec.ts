import { describe, expect, it } from '@jest/globals';
import { allowedAction, allowedActions, NO_ABILITIES, POWER_COMMANDS, SERVER_ACTIONS, type Abilities, type ActionSubject, type ServerAction } from './allowed-actions.js';

const ALL: Abilities = { power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, rebuild: true, snapshots: true };
const FACTS = { k3s: 'v1.31.1+k3s1', sudo: true };
const here: ActionSubject = { status: 'reachable', power: 'running', facts: FACTS };
const off: ActionSubject = { status: 'unreachable', power: 'off', facts: FACTS };
const can = (s: ActionSubject, a?: Abilities): ServerAction[] => SERVER_ACTIONS.filter(action => allowedAction(action, s, a).allowed);

describe('what may be done with a server', () => {
  const overSsh: ServerAction[] = ['set-time-zone', 'apply-manifest', 'read-kubeconfig', 'change-keys', 'read-logs'];
  it.each<[string, ActionSubject, Abilities, ServerAction[]]>([
    ['rented, running', here, ALL, ['power-off', 'reboot', 'reset', 'shutdown', 'rebuild', 'create-snapshot', 'delete-snapshot', ...overSsh]],
    ['rented, off', off, ALL, ['power-on', 'resize', 'rebuild', 'create-snapshot', 'delete-snapshot']],
    ['rented, nobody knows', { status: 'connecting' }, ALL, ['power-on', 'power-off', 'reboot', 'reset', 'shutdown', 'rebuild', 'create-snapshot', 'delete-snapshot', ...overSsh]],
    ['rented, does not answer', { ...here, status: 'unreachable' }, ALL, ['power-off', 'reboot', 'reset', 'shutdown', 'rebuild', 'create-snapshot', 'delete-snapshot']],
    ['rented, host key changed', { ...here, status: 'blocked' }, ALL, ['power-off', 'reboot', 'reset', 'shutdown', 'rebuild', 'create-snapshot', 'delete-snapshot']],
    ['adopted, running', here, NO_ABILITIES, ['reboot', 'shutdown', ...overSsh]],
    ['adopted, off', off, NO_ABILITIES, []],
    ['adopted, host key changed', { ...here, status: 'blocked' }, NO_ABILITIES, []],
    ['adopted, without sudo', { ...here, facts: { ...FACTS, sudo: false } }, NO_ABILITIES, ['change-keys', 'read-logs']],
    ['adopted, without K3s', { ...here, facts: { ...FACTS, k3s: null } }, NO_ABILITIES, ['reboot', 'shutdown', 'set-time-zone', 'change-keys', 'read-logs']],
    ['busy', { ...here, operation: { kind: 'reboot' } }, ALL, overSsh],
    ['being set up', { ...here, lifecycle: 'setting-up' }, ALL, overSsh],
    ['being made', { ...here, lifecycle: 'creating' }, ALL, ['read-logs']],
    ['being deleted', { ...here, lifecycle: 'deleting' }, ALL, []],
    ['half deleted', { ...here, lifecycle: 'removal-failed' }, ALL, []],
    ['ready, or failed to get ready', { ...here, lifecycle: 'failed' }, ALL, ['power-off', 'reboot', 'reset', 'shutdown', 'rebuild', 'create-snapshot', 'delete-snapshot', ...overSsh]],
  ])('%s', (_name, subject, abilities, expected) => {
    expect(can(subject, abilities)).toEqual(SERVER_ACTIONS.filter(a => expected.includes(a)));
  });

  it('gives a reason for every no, and warns where something is lost or nobody can undo it', () => {
    const subjects: ActionSubject[] = [here, off, { status: 'connecting' }, { ...here, status: 'blocked' }, { ...here, operation: { kind: 'resize' } }, { ...here, lifecycle: 'deleting' }];
    for (const s of subjects) {
      for (const a of [ALL, NO_ABILITIES]) {
        for (const verdict of Object.values(allowedActions(s, a))) if (!verdict.allowed) expect([verdict.code, verdict.reason]).toEqual([expect.stringMatching(/^SERVER\.[A-Z_]+$/), expect.stringMatching(/^[A-Z].*\.$/)]);
      }
    }
    expect(allowedAction('shutdown', here)).toMatchObject({ way: 'ssh', warning: expect.stringContaining('Nobody can switch it on again from here') });
    expect(allowedAction('shutdown', here, ALL)).toEqual({ allowed: true, way: 'provider' });
    expect(allowedAction('rebuild', here, ALL)).toMatchObject({ warning: expect.stringContaining('lost') });
    expect(allowedAction('power-off', here, ALL)).toMatchObject({ warning: expect.stringContaining('lost') });
  });

  it('asks the provider only for what it declares', () => {
    for (const command of POWER_COMMANDS) {
      const verdict = allowedAction(command, command === 'power-on' ? off : here, { ...NO_ABILITIES, power: [] });
      expect(verdict.allowed && verdict.way === 'provider').toBe(false);
    }
  });
});
