import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { RECORDS_PER_EVENT } from '@xanthus/proto/dns';
import type { Change, MadeChange } from './changes.js';
import { planDecider, type Draft, type PlanCommand } from './plan.decide.js';
import { nextStep, NOT_MADE, oppositeOf, type PlanEvent, type UnderwayPlan } from './plan.js';

const record = (n: number) => ({ name: `h${n}.example.com`, data: { type: 'A' as const, address: '192.0.2.1' }, ttl: 300, proxied: false, comment: '', tags: [] });
const creates = (count: number): Change[] => Array.from({ length: count }, (_, n) => ({ op: 'create', after: record(n) }));
const draft = (changes: readonly Change[], risks: Draft['risks'] = []): Draft => ({ zone: 'z', zone_name: 'example.com', from: 'wishes', undoes: null, reason: '', hash: 'f'.repeat(64), changes, risks, records: 10 });
const MAIL = { kind: 'mail', asks_again: true, message: 'Mail moves.', names: ['example.com'] } as const;
const apply: PlanCommand = { type: 'Apply', hash: 'f'.repeat(64), accept: [] };

/** Events after these commands, one after the other. */
const after = (...commands: PlanCommand[]): PlanEvent[] => commands.reduce<PlanEvent[]>((events, command) => [...events, ...given(planDecider, events).when(command).then()], []);
const state = (events: PlanEvent[]) => given(planDecider, events).state();
const made = (changes: readonly Change[]): MadeChange[] => changes.map((change, n) => ({ change, id: `${n}`.padStart(32, '0') }));
const two = creates(RECORDS_PER_EVENT + 1);
const started = (part: number, back = false, attempt = 1): PlanCommand => ({ type: 'StartPart', part, back, attempt });
const finished = (part: number, changes: readonly MadeChange[], back = false): PlanCommand => ({ type: 'FinishPart', part, back, changes, duration_ms: 1, found_done: false });
const failed = (part: number, retry_at: string | null, back = false, attempt = 1): PlanCommand => ({ type: 'FailPart', part, back, attempt, retry_at, code: 'DNS.UNAVAILABLE', message: 'Away.' });

describe('a draft', () => {
  it('holds its changes in parts', () => {
    expect(after({ type: 'Make', draft: draft(two) }).map(e => e.type)).toEqual(['PlanMade', 'PlanPart', 'PlanPart']);
    expect(state(after({ type: 'Make', draft: draft(two) }))).toMatchObject({ status: 'draft', parts: [{ length: RECORDS_PER_EVENT }, { length: 1 }] });
  });

  it.each<[string, PlanCommand, string]>([
    ['another hash', { type: 'Apply', hash: '0'.repeat(64), accept: [] }, 'DNS.PLAN_OTHER_HASH'],
    ['a zone that has changed', { ...apply, stale: { message: 'Changed.', names: ['a'] } }, 'DNS.PLAN_STALE'],
    ['a risk that nobody accepted', apply, 'DNS.RISK_NOT_ACCEPTED'],
    ['nothing under way to cancel', { type: 'Cancel', roll_back: true }, 'DNS.PLAN_OVER'],
  ])('refuses %s', (_what, command, code) => {
    expect(given(planDecider, after({ type: 'Make', draft: draft(two, [MAIL]) })).when(command).refusal()).toBe(code);
  });

  it('is applied with the risk accepted, or thrown away', () => {
    const events = after({ type: 'Make', draft: draft(two, [MAIL]) });
    expect(given(planDecider, events).when({ ...apply, accept: ['mail'] }).then()).toEqual([{ type: 'PlanApplyStarted', data: { accept: ['mail'] } }]);
    expect(state([...events, { type: 'PlanDiscarded', data: {} }]).status).toBe('discarded');
  });
});

describe('one that is applied', () => {
  const begun = () => after({ type: 'Make', draft: draft(two) }, apply);
  const [first, second] = [two.slice(0, RECORDS_PER_EVENT), two.slice(RECORDS_PER_EVENT)];

  it('goes part by part to its end, and what is told twice counts once', () => {
    const events = begun();
    const all: PlanCommand[] = [started(0), started(0), finished(0, made(first)), finished(0, made(first)), started(1), finished(1, made(second)), { type: 'End', duration_ms: 9 }, { type: 'End', duration_ms: 9 }];
    const end = all.reduce<PlanEvent[]>((so, command) => [...so, ...given(planDecider, so).when(command).then()], events);
    expect(end.slice(events.length).map(e => e.type)).toEqual(['PlanPartStarted', 'PlanPartDone', 'PlanPartStarted', 'PlanPartDone', 'PlanApplied']);
  });

  it('tries a part again by itself, and fails when it may not', () => {
    const waiting = [...begun(), ...given(planDecider, begun()).when(started(0)).then()];
    const again = given(planDecider, waiting).when(failed(0, '2026-01-01T00:00:01.000Z')).then();
    expect(again.map(e => e.type)).toEqual(['PlanPartFailed']);
    expect(nextStep(state([...waiting, ...again]) as UnderwayPlan)).toMatchObject({ do: 'part', part: 0, attempt: 2 });
    expect(given(planDecider, waiting).when(failed(0, null)).then().map(e => e.type)).toEqual(['PlanPartFailed', 'PlanFailed']);
  });

  it('that failed half-way goes on, or back to where it began', () => {
    const half = [started(0), finished(0, made(first)), started(1), failed(1, null)].reduce<PlanEvent[]>((so, command) => [...so, ...given(planDecider, so).when(command).then()], begun());
    expect(state(half)).toMatchObject({ status: 'failed', back: false });
    const on = [...half, ...given(planDecider, half).when({ type: 'Resume', how: 'apply' }).then()];
    expect(nextStep(state(on) as UnderwayPlan)).toMatchObject({ part: 1, back: false, attempt: 1 });
    const back = [...half, ...given(planDecider, half).when({ type: 'Resume', how: 'roll_back' }).then()];
    // the second part may have been made before its answer was lost
    expect(nextStep(state(back) as UnderwayPlan)).toMatchObject({ do: 'look', part: 1, back: false });
    const looked = [...back, ...given(planDecider, back).when({ type: 'FailPart', part: 1, back: false, attempt: 0, retry_at: '2026-01-01T00:00:00.000Z', code: NOT_MADE, message: 'No.' }).then()];
    expect(nextStep(state(looked) as UnderwayPlan)).toEqual({ do: 'part', part: 0, back: true, attempt: 1, changes: oppositeOf(made(first)) });
    const undone = [started(0, true), finished(0, [], true), { type: 'End', duration_ms: 1 } as const].reduce<PlanEvent[]>((so, command) => [...so, ...given(planDecider, so).when(command).then()], looked);
    expect(state(undone).status).toBe('rolled-back');
  });

  it('is still for whom it was made once it goes on after a failure', () => {
    const mark = { service: 'applications' as const, id: '01jd3x8e2v5y9w4z7q6r1s0tap', name: 'Notes' };
    const all: PlanCommand[] = [{ type: 'Make', draft: { ...draft(two), mark } }, apply, started(0), failed(0, null), { type: 'Resume', how: 'apply' }];
    expect(state(after(...all.slice(0, 2)))).toMatchObject({ mark });
    expect(state(all.reduce<PlanEvent[]>((so, command) => [...so, ...given(planDecider, so).when(command).then()], []))).toMatchObject({ status: 'applying', mark });
  });

  it('stops between parts, or takes back what was done, also of the part that was under way', () => {
    const running = [started(0)].reduce<PlanEvent[]>((so, command) => [...so, ...given(planDecider, so).when(command).then()], begun());
    const stopping = [...running, ...given(planDecider, running).when({ type: 'Cancel', roll_back: false }).then()];
    const stopped = [finished(0, made(first)), { type: 'End', duration_ms: 1 } as const].reduce<PlanEvent[]>((so, command) => [...so, ...given(planDecider, so).when(command).then()], stopping);
    expect(state(stopped).status).toBe('stopped');
    const taking = [...running, ...given(planDecider, running).when({ type: 'Cancel', roll_back: true }).then()];
    const taken = [...taking, ...given(planDecider, taking).when(finished(0, made(first))).then()];
    expect(nextStep(state(taken) as UnderwayPlan)).toMatchObject({ do: 'part', part: 0, back: true });
  });
});
