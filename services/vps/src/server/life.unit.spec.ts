import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { NO_ABILITIES, type Abilities, type OperationKind } from '@xanthus/proto/vps';
import type { Operation } from './life-state.js';
import { serverDecider, type ServerCommand } from './server.decide.js';
import { deleted, reachable, unreachable } from './server.fixtures.js';
import type { ServerEvent } from './server.js';

const ALL: Abilities = { power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, rebuild: true, snapshots: true };
const OP = '01jd3x8e2v5y9w4z7q6r1s0tqp';
const start = (kind: OperationKind, wish: Operation['wish'] = {}, abilities: Abilities = ALL, confirm_name?: string): ServerCommand => ({ type: 'StartOperation', data: { operation: OP, kind, wish, abilities, ...(confirm_name === undefined ? {} : { confirm_name }) } });
const begun = (kind: OperationKind, wish: Operation['wish'] = {}, before: Operation['before'] = { power: 'running' }): ServerEvent => ({ type: 'OperationStarted', data: { operation: OP, kind, way: 'provider', wish, before } });
const off: ServerEvent = { type: 'PowerChanged', data: { from: 'running', to: 'off' } };
const finish: ServerCommand = { type: 'FinishOperation', data: { operation: OP, duration_ms: 5, snapshot: { id: '7', size_bytes: 3 } } };
const after = (...events: readonly ServerEvent[]) => given(serverDecider, [...reachable, ...events]);

describe('long work', () => {
  it('begins with what it was before, by the way that the table says', () => {
    expect(after().when(start('reboot')).then()).toEqual([{ type: 'OperationStarted', data: { operation: OP, kind: 'reboot', way: 'provider', wish: {}, before: { power: 'running' } } }]);
    expect(after().when(start('reboot', {}, NO_ABILITIES)).then()).toMatchObject([{ data: { way: 'ssh' } }]);
    expect(after(off, { type: 'ServerResized', data: { from: null, to: 'm1' } }, { type: 'ServerRebuilt', data: { from: null, image: 'ubuntu' } }).when(start('resize', { type: 'm2' })).then()).toMatchObject([{ data: { before: { power: 'off', type: 'm1', image: 'ubuntu' } } }]);
  });

  it.each<[string, readonly ServerEvent[], ServerCommand, string]>([
    ['while something runs', [begun('resize')], start('reboot'), 'SERVER.BUSY'],
    ['without a provider', [], start('power-off', {}, NO_ABILITIES), 'SERVER.NOT_SUPPORTED'],
    ['that is off already', [off], start('power-off'), 'SERVER.NOT_ALLOWED_NOW'],
    ['to the type that it has', [off, { type: 'ServerResized', data: { from: null, to: 'm1' } }], start('resize', { type: 'm1' }), 'SERVER.SAME_TYPE'],
    ['to another type while it runs', [], start('resize', { type: 'm2' }), 'SERVER.NOT_ALLOWED_NOW'],
    ['that throws all away, with another name', [], start('rebuild', { image: 'x' }, ALL, 'web-2'), 'SERVER.NAME_NOT_CONFIRMED'],
    ['on what is deleted', [{ type: 'ServerDeleted', data: {} }], start('reboot'), 'SERVER.NOT_FOUND'],
  ])('is refused %s', (_name, events, command, code) => expect(after(...events).when(command).refusal()).toBe(code));

  it.each<[OperationKind, Operation['wish'], Operation['before'], readonly ServerEvent[]]>([
    ['power-on', {}, { power: 'off' }, [{ type: 'PowerChanged', data: { from: 'off', to: 'running', operation: OP } }]],
    ['power-off', {}, { power: 'running' }, [{ type: 'PowerChanged', data: { from: 'running', to: 'off', operation: OP } }]],
    ['shutdown', {}, { power: 'unknown' }, [{ type: 'PowerChanged', data: { from: 'unknown', to: 'off', operation: OP } }]],
    ['reboot', {}, { power: 'running' }, []],
    ['resize', { type: 'm2' }, { power: 'off', type: 'm1' }, [{ type: 'ServerResized', data: { from: 'm1', to: 'm2', operation: OP } }]],
    ['rebuild', { image: 'debian' }, { power: 'running', image: 'ubuntu' }, [{ type: 'ServerRebuilt', data: { from: 'ubuntu', image: 'debian', operation: OP } }]],
    ['create-snapshot', { description: 'x' }, { power: 'running' }, [{ type: 'SnapshotCreated', data: { snapshot: '7', description: 'x', operation: OP, size_bytes: 3 } }]],
    ['delete-snapshot', { snapshot: '6' }, { power: 'running' }, [{ type: 'SnapshotDeleted', data: { snapshot: '6', operation: OP } }]],
  ])('%s ends with what has become of the server', (kind, wish, before, events) => {
    const decision = after(begun(kind, wish, before)).when(finish);
    expect(decision.then()).toEqual([...events, { type: 'OperationFinished', data: { operation: OP, duration_ms: 5 } }]);
    expect(decision.state()).not.toHaveProperty('machine.operation');
  });

  it('is told on only while it runs, and only news', () => {
    const progress: ServerCommand = { type: 'ProgressOperation', data: { operation: OP, percent: 40, action: 'a' } };
    expect(after(begun('resize')).when(progress).then()).toEqual([{ type: 'OperationProgressed', data: { operation: OP, percent: 40, action: 'a' } }]);
    expect(after(begun('resize'), { type: 'OperationProgressed', data: { operation: OP, percent: 40, action: 'a' } }).when(progress).then()).toEqual([]);
    const failed: ServerEvent = { type: 'OperationFailed', data: { operation: OP, reason: { code: 'X.Y', message: 'no' }, retryable: false } };
    for (const late of [progress, finish, { type: 'FailOperation', data: failed.data } as ServerCommand]) {
      expect(after(begun('resize'), failed).when(late).then()).toEqual([]);
      expect(given(serverDecider, deleted).when(late).then()).toEqual([]);
    }
    expect(after(begun('resize')).when({ type: 'FailOperation', data: failed.data }).then()).toEqual([failed]);
  });
});

describe('what is seen of a server', () => {
  const see = (data: Extract<ServerCommand, { type: 'ObserveLife' }>['data']): ServerCommand => ({ type: 'ObserveLife', data });
  it('at its provider is news once, and none while we work on it', () => {
    expect(after().when(see({ power: 'off', type: 'm2' })).then()).toEqual([{ type: 'PowerChanged', data: { from: 'running', to: 'off' } }, { type: 'ServerResized', data: { from: null, to: 'm2' } }]);
    expect(after(off).when(see({ power: 'off' })).then()).toEqual([]);
    expect(after(begun('shutdown')).when(see({ power: 'off' })).then()).toEqual([]);
  });

  it('over SSH: what answers is on', () => {
    const state = given(serverDecider, [...unreachable, off, { type: 'ServerBecameReachable', data: {} }]).state();
    expect(state).toMatchObject({ status: 'reachable', machine: { power: 'running' } });
  });
});

describe('short work', () => {
  it('is noted of a server that is there', () => {
    const note: ServerCommand = { type: 'Note', data: { type: 'TimeZoneSet', data: { from: 'Etc/UTC', to: 'Asia/Tokyo' } } };
    expect(after().when(note).state()).toMatchObject({ machine: { time_zone: 'Asia/Tokyo' } });
    expect(given(serverDecider, deleted).when(note).refusal()).toBe('SERVER.NOT_FOUND');
  });
});
