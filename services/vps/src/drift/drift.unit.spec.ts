import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import type { DriftFinding } from '@xanthus/proto/vps';
import type { ProviderServer } from '../providers/provider.js';
import { differences, foreignLabels, isComparable, isOurs, type KnownServer } from './compare.js';
import { driftDecider } from './drift.decide.js';
import type { DriftEvent, DriftSubject } from './drift.js';

const SUBJECT: DriftSubject = { server: '01jd3x8e2v5y9w4z7q6r1s0tab', name: 'web-1', provider_id: '01jd3x8e2v5y9w4z7q6r1s0tpr', provider_ref: '4711' };
const RENAMED: DriftFinding = { kind: 'renamed', expected: 'web-1', actual: 'old' };
const OFF: DriftFinding = { kind: 'powered', expected: 'running', actual: 'off' };
const MISSING: DriftFinding = { kind: 'missing', expected: 'web-1', actual: null };
const found = (finding: DriftFinding): DriftEvent => ({ type: 'DriftFound', data: { ...SUBJECT, ...finding } });
const settled = (kind: DriftFinding['kind'], how: 'accepted' | 'reverted' | 'by_itself'): DriftEvent => ({ type: 'DriftSettled', data: { kind, how } });
const after = (...events: DriftEvent[]) => given(driftDecider, events, { now: '2026-11-21T08:00:00.000Z' });
const compare = (...findings: DriftFinding[]) => ({ type: 'Compare', data: { subject: SUBJECT, findings } }) as const;

describe('a comparison', () => {
  it('tells what is new, once', () => {
    expect(after().when(compare(RENAMED, OFF)).then()).toEqual([found(RENAMED), found(OFF)]);
    expect(after(found(RENAMED)).when(compare(RENAMED)).then()).toEqual([]);
    expect(after().when(compare()).then()).toEqual([]);
  });

  it('tells again what has changed, also after it was ignored', () => {
    const other = { ...RENAMED, actual: 'older' };
    expect(after(found(RENAMED)).when(compare(other)).then()).toEqual([found(other)]);
    expect(after(found(RENAMED), { type: 'DriftIgnored', data: { kind: 'renamed' } }).when(compare(RENAMED)).then()).toEqual([]);
    expect(after(found(RENAMED), { type: 'DriftIgnored', data: { kind: 'renamed' } }).when(compare(other)).then()).toEqual([found(other)]);
  });

  it('ends what is no longer so', () => {
    expect(after(found(RENAMED), found(OFF)).when(compare(OFF)).then()).toEqual([settled('renamed', 'by_itself')]);
    expect(after(found(RENAMED)).when(compare(MISSING)).then()).toEqual([settled('renamed', 'by_itself'), found(MISSING)]);
  });
});

describe('an answer', () => {
  const seen = { kind: 'renamed', actual: 'old' } as const;
  it.each([['accept', 'accepted'], ['revert', 'reverted']] as const)('%s ends the finding', (answer, how) => {
    expect(after(found(RENAMED)).when({ type: 'Settle', data: { ...seen, answer } }).then()).toEqual([settled('renamed', how)]);
  });

  it('to what is over decides nothing, as the reconciler may have seen it first', () => {
    expect(after(found(RENAMED), settled('renamed', 'by_itself')).when({ type: 'Settle', data: { ...seen, answer: 'revert' } }).then()).toEqual([]);
  });

  it('to something else than was seen is refused', () => {
    expect(after(found(RENAMED)).when({ type: 'Ignore', data: { kind: 'renamed', actual: 'older' } }).refusal()).toBe('DRIFT.CHANGED');
    expect(after().when({ type: 'Ignore', data: seen }).refusal()).toBe('DRIFT.NOT_FOUND');
    expect(after(found(MISSING)).when({ type: 'Settle', data: { kind: 'missing', actual: null, answer: 'revert' } }).refusal()).toBe('DRIFT.NOT_POSSIBLE');
  });

  it('a snapshot is kept or deleted, never taken over', () => {
    const left: DriftFinding = { kind: 'snapshot', expected: null, actual: 'before', snapshot: { of: 'web-1', size_bytes: 1, created_at: '2026-11-21T08:00:00.000Z', price: null } };
    const answer = (how: 'accept' | 'revert') => after(found(left)).when({ type: 'Settle', data: { kind: 'snapshot', actual: 'before', answer: how } });
    expect(answer('accept').refusal()).toBe('DRIFT.NOT_POSSIBLE');
    expect(answer('revert').then()).toEqual([settled('snapshot', 'reverted')]);
    expect(after(found(left)).when(compare({ ...left, snapshot: undefined })).then()).toEqual([]);
  });

  it('ignore is said once', () => {
    expect(after(found(RENAMED)).when({ type: 'Ignore', data: seen }).then()).toEqual([{ type: 'DriftIgnored', data: { kind: 'renamed' } }]);
    expect(after(found(RENAMED), { type: 'DriftIgnored', data: { kind: 'renamed' } }).when({ type: 'Ignore', data: seen }).then()).toEqual([]);
  });

  it('that failed is kept with an open finding only', () => {
    const data = { kind: 'renamed', answer: 'revert', reason: { code: 'PROVIDER.NAME_TAKEN', message: 'Taken.' } } as const;
    expect(after(found(RENAMED)).when({ type: 'NoteFailure', data }).then()).toEqual([{ type: 'DriftAnswerFailed', data }]);
    expect(after().when({ type: 'NoteFailure', data }).then()).toEqual([]);
  });
});

describe('what differs', () => {
  const KNOWN: KnownServer = { id: SUBJECT.server ?? '', name: 'web-1', provider_ref: '4711', type: 'cx23', power: 'running', lifecycle: 'ready', busy: false };
  const MACHINE: ProviderServer = {
    ref: '4711', name: 'web-1', status: 'running', address: '192.0.2.10', port: null, ipv4: '192.0.2.10', ipv6: null, type: 'cx23', location: 'fsn1', image: 'ubuntu-24.04', locked: false, disk_bytes: 4e10,
    created_at: '2026-11-21T08:00:00.000Z', labels: { managed_by: 'xanthus', xanthus_tenant: 'acme', xanthus_server: SUBJECT.server ?? '', team: 'a' },
  };
  const ALL = { rename: true, resize: true, power: ['on', 'off'] } as const;
  const kinds = (known: Partial<KnownServer>, machine: Partial<ProviderServer> | null, can: Parameters<typeof differences>[2] = { ...ALL, power: [...ALL.power] }) =>
    differences({ ...KNOWN, ...known }, machine === null ? undefined : { ...MACHINE, ...machine }, can).map(f => f.kind);

  it.each([
    ['nothing', {}, {}, []], ['its name', {}, { name: 'old' }, ['renamed']], ['its type', {}, { type: 'cx33' }, ['resized']], ['its power', {}, { status: 'off' }, ['powered']],
    ['all of it', {}, { name: 'old', type: 'cx33', status: 'off' }, ['renamed', 'resized', 'powered']], ['it is gone', {}, null, ['missing']],
    ['a type that nobody knew', { type: undefined }, { type: 'cx33' }, []], ['power that nobody knew counts as on', { power: undefined }, { status: 'off' }, ['powered']], ['power that nobody can tell', { power: 'unknown' }, { status: 'off' }, []],
    ['on the way to somewhere', {}, { status: 'stopping' }, []], ['work at the provider', {}, { locked: true, type: 'cx33', status: 'off' }, []],
  ] as const)('%s', (_, known, machine, expected) => expect(kinds(known, machine as Partial<ProviderServer> | null)).toEqual(expected));

  it('what its provider can\'t change says nothing', () => expect(kinds({}, { name: 'old', type: 'cx33', status: 'off' }, { rename: false, resize: false, power: [] })).toEqual([]));

  it.each([['ready', false, true], ['failed', false, true], [undefined, false, true], ['creating', false, false], ['setting-up', false, false], ['deleting', false, false], ['removal-failed', false, false], ['ready', true, false]] as const)(
    'a server that is %s (busy: %s) is compared: %s', (lifecycle, busy, expected) => expect(isComparable({ ...KNOWN, lifecycle, busy })).toBe(expected));

  it('is ours by its labels of this tenant, and no longer without them', () => {
    expect([isOurs('acme', MACHINE), isOurs('globex', MACHINE), isOurs('acme', { labels: foreignLabels(MACHINE.labels) })]).toEqual([true, false, false]);
    expect(foreignLabels(MACHINE.labels)).toEqual({ team: 'a' });
  });
});
