import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import type { CreateCommand } from './decide-create.js';
import { serverDecider } from './server.decide.js';
import { adopted, FACTS, KEY } from './server.fixtures.js';
import type { ServerRequested } from './creation-state.js';
import type { ServerEvent } from './server.js';

const DATA: ServerRequested = {
  name: 'web-1', provider: 'hetzner', provider_id: '01jd3x8e2v5y9w4z7q6r1s0tpr', location: 'fsn1', type: 'cx22', image: 'ubuntu-24.04', user: 'root', port: 22, credential: { kind: 'private_key', secret: 'server-1' },
  public_key: 'ssh-ed25519 AAAA', host_key: KEY, host_key_secret: 'server-hostkey-1', authorized_keys: [], time_zone: 'Etc/UTC', price: null,
};
const requested: readonly ServerEvent[] = [{ type: 'ServerRequested', data: DATA }];
const placed: readonly ServerEvent[] = [...requested, { type: 'ServerPlaced', data: { host: '192.0.2.1', port: 22, provider_ref: '4711' } }];
const ready: readonly ServerEvent[] = [...placed, { type: 'ServerBecameReady', data: {} }];
const failed: readonly ServerEvent[] = [...placed, { type: 'ServerSetUpFailed', data: { step: 'k3s', code: 'C', message: 'm' } }];
const deleting: readonly ServerEvent[] = [...ready, { type: 'ServerRemovalRequested', data: { reason: 'deleted' } }];
const stuck: readonly ServerEvent[] = [...deleting, { type: 'ServerRemovalFailed', data: { step: 'delete', reason: { code: 'C', message: 'm' } } }];

const after = (events: readonly ServerEvent[] = []) => given(serverDecider, events);
const lifecycle = (events: readonly ServerEvent[], command: CreateCommand): string | undefined => {
  const state = after(events).when(command).state();
  return state.status === 'absent' ? 'absent' : state.status === 'deleted' ? 'deleted' : state.machine.lifecycle;
};
const nothing = (events: readonly ServerEvent[], command: CreateCommand): void => expect(after(events).when(command).then()).toEqual([]);
const fail = (round: number): CreateCommand => ({ type: 'FailSetUp', data: { step: 'k3s', code: 'C', message: 'm', round } });
const remove: CreateCommand = { type: 'Delete', data: { confirm_name: 'web-1' } };

describe('a server that is made here', () => {
  it('is wanted once, and nowhere at first', () => {
    expect(after().when({ type: 'Request', data: DATA }).state()).toMatchObject({ status: 'connecting', machine: { host: '', lifecycle: 'creating', set_up_round: 1 } });
    expect(after(requested).when({ type: 'Request', data: DATA }).refusal()).toBe('SERVER.EXISTS');
    expect(after(adopted).when({ type: 'Request', data: DATA }).refusal()).toBe('SERVER.EXISTS');
  });

  it('has a place when the provider has given it one', () => {
    const place: CreateCommand = { type: 'Place', data: { host: '192.0.2.1', port: 22, provider_ref: '4711' } };
    expect(after(requested).when(place).state()).toMatchObject({ machine: { host: '192.0.2.1', provider_ref: '4711' } });
    nothing(placed, place);
    nothing([], place);
  });

  it('is not lost while it starts for the first time', () => {
    const silent = { type: 'ObserveUnreachable', data: { pinned: KEY.fingerprint, reason: { code: 'SERVER.REFUSED', message: 'm' } } } as const;
    expect(after(placed).when(silent).then()).toEqual([]);
    expect(after(ready).when(silent).then().map(e => e.type)).toEqual(['ServerBecameUnreachable']);
    expect(after(placed).when({ type: 'ObserveReachable', data: { pinned: KEY.fingerprint, facts: FACTS } }).state()).toMatchObject({ status: 'reachable', machine: { lifecycle: 'creating' } });
  });

  it('becomes ready, or fails, by a word of this set-up and no earlier one', () => {
    expect(lifecycle(placed, { type: 'MarkReady', data: { round: 1 } })).toBe('ready');
    expect(lifecycle(placed, fail(1))).toBe('failed');
    const again: readonly ServerEvent[] = [...failed, { type: 'ServerSetUpStarted', data: { step: 'k3s', round: 2 } }];
    expect(after(again).state()).toMatchObject({ machine: { lifecycle: 'creating', set_up_round: 2 } });
    nothing(again, fail(1));
    nothing(again, { type: 'MarkReady', data: { round: 1 } });
    nothing(again, { type: 'StartSetUp', data: { step: 'k3s', round: 2 } });
    expect(lifecycle(again, fail(2))).toBe('failed');
    nothing(ready, fail(1));
  });

  it('is set up again, which may be stopped', () => {
    const again: readonly ServerEvent[] = [...ready, { type: 'ServerSetUpStarted', data: { step: 'prepare', round: 2 } }];
    expect(after(again).state()).toMatchObject({ machine: { lifecycle: 'setting-up' } });
    expect(lifecycle(again, { type: 'StopSetUp', data: { round: 2 } })).toBe('ready');
    nothing(ready, { type: 'StopSetUp', data: { round: 1 } });
    expect(lifecycle(adopted, { type: 'StartSetUp', data: { step: 'prepare', round: 1 } })).toBe('setting-up');
  });

  it('is deleted by its name, and gone only when that was seen', () => {
    for (const events of [requested, placed, ready, failed, stuck]) {
      expect(after(events).when({ type: 'Delete', data: { confirm_name: 'web' } }).refusal()).toBe('SERVER.NAME_NOT_CONFIRMED');
      expect(after(events).when({ type: 'Delete' }).refusal()).toBe('SERVER.NAME_NOT_CONFIRMED');
      expect(lifecycle(events, remove)).toBe('deleting');
    }
    nothing(deleting, remove);
    expect(lifecycle(deleting, { type: 'FinishRemoval' })).toBe('deleted');
    nothing(ready, { type: 'FinishRemoval' });
    expect(after([...deleting, { type: 'ServerDeleted', data: {} }]).when(remove).refusal()).toBe('SERVER.NOT_FOUND');
  });

  it('stays listed when it can not be deleted; a failure of an earlier wish counts no more', () => {
    const problem = (round: number): CreateCommand => ({ type: 'FailRemoval', data: { step: 'delete', reason: { code: 'C', message: 'm' }, round } });
    expect(lifecycle(deleting, problem(1))).toBe('removal-failed');
    const twice: readonly ServerEvent[] = [...stuck, { type: 'ServerRemovalRequested', data: { reason: 'deleted' } }];
    nothing(twice, problem(1));
    expect(lifecycle(twice, problem(2))).toBe('removal-failed');
  });

  it('does nothing else while it goes', () => {
    for (const events of [deleting, stuck]) {
      nothing(events, { type: 'StartSetUp', data: { step: 'key', round: 9 } });
      nothing(events, { type: 'MarkReady', data: { round: 9 } });
      nothing(events, fail(9));
      nothing(events, { type: 'CancelCreation' });
    }
  });

  it('that is cancelled goes, an adopted one does not', () => {
    expect(lifecycle(placed, { type: 'CancelCreation' })).toBe('deleting');
    nothing(adopted, { type: 'CancelCreation' });
    expect(after(adopted).when({ type: 'Delete', data: {} }).then()).toEqual([{ type: 'ServerDeleted', data: {} }]);
  });
});
