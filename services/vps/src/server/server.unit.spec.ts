import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import fc from 'fast-check';
import { serverDecider, type ServerCommand } from './server.decide.js';
import { adopted, blocked, deleted, FACTS, KEY, MACHINE, OTHER_KEY, reachable, TIMEOUT, unreachable } from './server.fixtures.js';
import type { ServerEvent } from './server.js';

const after = (events: typeof adopted = []) => given(serverDecider, events);
const pinned = KEY.fingerprint;

describe('no server', () => {
  it('is adopted', () => {
    expect(after().when({ type: 'Adopt', data: MACHINE }).then()).toEqual([{ type: 'ServerAdopted', data: MACHINE }]);
  });

  it('has nothing to rename, accept or delete', () => {
    expect(after().when({ type: 'Rename', data: { name: 'x' } }).refusal()).toBe('SERVER.NOT_FOUND');
    expect(after().when({ type: 'AcceptHostKey', data: { fingerprint: pinned } }).refusal()).toBe('SERVER.NOT_FOUND');
    expect(after().when({ type: 'Delete' }).refusal()).toBe('SERVER.NOT_FOUND');
  });

  it('is not observed', () => {
    expect(after().when({ type: 'ObserveReachable', data: { pinned, facts: FACTS } }).then()).toEqual([]);
  });
});

describe('an adopted server', () => {
  it('is connecting until it is seen', () => {
    expect(after(adopted).state()).toMatchObject({ status: 'connecting', machine: { name: 'web-1', facts: null } });
    expect(after(adopted).when({ type: 'ObserveReachable', data: { pinned, facts: FACTS } }).then().map(e => e.type)).toEqual(['ServerBecameReachable', 'ServerFactsObserved']);
    expect(after(adopted).when({ type: 'ObserveUnreachable', data: { pinned, reason: TIMEOUT } }).state()).toMatchObject({ status: 'unreachable', reason: TIMEOUT });
  });

  it('carries tags, each once, in place of those before', () => {
    const tag = (tags: string[]) => ({ type: 'Tag', data: { tags } }) as const;
    expect(after(adopted).when(tag(['web', 'staging', 'web'])).then()).toEqual([{ type: 'ServerTagged', data: { tags: ['staging', 'web'] } }]);
    const marked: ServerEvent[] = [...adopted, { type: 'ServerTagged', data: { tags: ['staging', 'web'] } }];
    expect(after(marked).when(tag(['web', 'staging'])).then()).toEqual([]);
    expect(after(marked).when(tag([])).then()).toEqual([{ type: 'ServerTagged', data: { tags: [] } }]);
    expect(after(adopted).when(tag([])).then()).toEqual([]);
    expect(after(deleted).when(tag(['web'])).refusal()).toBe('SERVER.NOT_FOUND');
  });

  it('is not adopted again', () => {
    expect(after(adopted).when({ type: 'Adopt', data: MACHINE }).refusal()).toBe('SERVER.EXISTS');
  });
});

describe('a reachable server', () => {
  it('is no news while nothing changes', () => {
    expect(after(reachable).when({ type: 'ObserveReachable', data: { pinned, facts: { ...FACTS } } }).then()).toEqual([]);
    expect(after(reachable).when({ type: 'ObserveReachable', data: { pinned } }).then()).toEqual([]);
  });

  it('has new facts', () => {
    expect(after(reachable).when({ type: 'ObserveReachable', data: { pinned, facts: { ...FACTS, k3s: 'v1.30' } } }).state()).toMatchObject({ machine: { facts: { k3s: 'v1.30' } } });
  });

  it('is renamed once', () => {
    expect(after(reachable).when({ type: 'Rename', data: { name: 'web-2' } }).state()).toMatchObject({ status: 'reachable', machine: { name: 'web-2' } });
    expect(after(reachable).when({ type: 'Rename', data: { name: 'web-1' } }).then()).toEqual([]);
  });

  it('has no host key to accept', () => {
    expect(after(reachable).when({ type: 'AcceptHostKey', data: { fingerprint: pinned } }).refusal()).toBe('SERVER.NOT_BLOCKED');
  });

  it('is blocked by another host key', () => {
    expect(after(reachable).when({ type: 'ObserveHostKey', data: { pinned, presented: OTHER_KEY } }).state()).toMatchObject({ status: 'blocked', presented: OTHER_KEY });
  });

  it('ignores what was seen under an older host key', () => {
    const data = { pinned: OTHER_KEY.fingerprint };
    expect(after(reachable).when({ type: 'ObserveUnreachable', data: { ...data, reason: TIMEOUT } }).then()).toEqual([]);
    expect(after(reachable).when({ type: 'ObserveHostKey', data: { ...data, presented: KEY } }).then()).toEqual([]);
    expect(after(reachable).when({ type: 'ObserveHostKey', data: { pinned, presented: KEY } }).then()).toEqual([]);
  });
});

describe('an unreachable server', () => {
  it('says so once per reason', () => {
    expect(after(unreachable).when({ type: 'ObserveUnreachable', data: { pinned, reason: { ...TIMEOUT, message: 'other words' } } }).then()).toEqual([]);
    expect(after(unreachable).when({ type: 'ObserveUnreachable', data: { pinned, reason: { code: 'SERVER.REFUSED', message: 'x' } } }).then()).toHaveLength(1);
  });

  it('recovers by itself', () => {
    expect(after(unreachable).when({ type: 'ObserveReachable', data: { pinned, facts: FACTS } }).then()).toEqual([{ type: 'ServerBecameReachable', data: {} }]);
  });
});

describe('a blocked server', () => {
  it('stays blocked whatever is observed', () => {
    expect(after(blocked).when({ type: 'ObserveReachable', data: { pinned, facts: FACTS } }).then()).toEqual([]);
    expect(after(blocked).when({ type: 'ObserveUnreachable', data: { pinned, reason: TIMEOUT } }).then()).toEqual([]);
    expect(after(blocked).when({ type: 'ObserveHostKey', data: { pinned, presented: OTHER_KEY } }).then()).toEqual([]);
  });

  it('takes the key that it shows, and no other', () => {
    expect(after(blocked).when({ type: 'AcceptHostKey', data: { fingerprint: pinned } }).refusal()).toBe('SERVER.FINGERPRINT_MISMATCH');
    const accept = after(blocked).when({ type: 'AcceptHostKey', data: { fingerprint: OTHER_KEY.fingerprint } });
    expect(accept.then()).toEqual([{ type: 'ServerHostKeyAccepted', data: { host_key: OTHER_KEY } }]);
    expect(accept.state()).toMatchObject({ status: 'connecting', machine: { host_key: OTHER_KEY } });
  });
});

describe('a deleted server', () => {
  it('is gone for good', () => {
    expect(after(deleted).when({ type: 'Delete' }).refusal()).toBe('SERVER.NOT_FOUND');
    expect(after(deleted).when({ type: 'Adopt', data: MACHINE }).refusal()).toBe('SERVER.EXISTS');
    expect(after(deleted).when({ type: 'ObserveReachable', data: { pinned, facts: FACTS } }).then()).toEqual([]);
  });
});

describe('whatever happens in whatever order', () => {
  const fingerprint = fc.constantFrom(KEY.fingerprint, OTHER_KEY.fingerprint);
  const key = fc.constantFrom(KEY, OTHER_KEY);
  const command: fc.Arbitrary<ServerCommand> = fc.oneof(
    fc.constant({ type: 'Adopt' as const, data: MACHINE }),
    fc.record({ type: fc.constant('Rename' as const), data: fc.record({ name: fc.constantFrom('web-1', 'web-2') }) }),
    fc.record({ type: fc.constant('AcceptHostKey' as const), data: fc.record({ fingerprint }) }),
    fc.constant({ type: 'Delete' as const }),
    fc.record({ type: fc.constant('ObserveReachable' as const), data: fc.record({ pinned: fingerprint, facts: fc.constantFrom(FACTS, { ...FACTS, k3s: 'v1' }) }) }),
    fc.record({ type: fc.constant('ObserveUnreachable' as const), data: fc.record({ pinned: fingerprint, reason: fc.constantFrom(TIMEOUT, { code: 'SERVER.REFUSED', message: '' }) }) }),
    fc.record({ type: fc.constant('ObserveHostKey' as const), data: fc.record({ pinned: fingerprint, presented: key }) }),
  );

  it('nothing unblocks a server but a person, and every event changes something', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 40 }), commands => {
      const events: ServerEvent[] = [];
      for (const next of commands) {
        const server = after(events);
        const before = server.state();
        const decision = server.when(next);
        if (decision.refusal() !== undefined) continue;
        const decided = decision.then();
        const now = decision.state();
        if (before.status === 'blocked' && now.status !== 'blocked') expect(['AcceptHostKey', 'Delete']).toContain(next.type);
        if (decided.length > 0) expect(now).not.toEqual(before);
        if (before.status === 'deleted') expect(decided).toEqual([]);
        events.push(...decided);
      }
    }), { numRuns: 300 });
  });
});

describe('the fold', () => {
  it('skips events that it does not know', () => {
    const state = after(reachable).state();
    expect(serverDecider.evolve(state, { type: 'ServerPainted', data: {} } as never, {} as never)).toBe(state);
  });
});
