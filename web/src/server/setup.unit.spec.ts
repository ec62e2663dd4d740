import { describe, expect, it } from '@jest/globals';
import { SET_UP_STEPS, SET_UP_WORDS, setUpView } from '@xanthus/proto/vps';
import type { SetUp } from '../contracts.js';
import { elapsed, headline, nextTry, remedyFor, retrySteps, setUpSteps, usualTimes } from './setup.js';

const example = setUpView.example as SetUp;
const START = Date.parse(example.started_at);
const setUp = (change: Partial<SetUp>): SetUp => ({ ...example, ...change });
const at = (failed: number): SetUp['steps'] => SET_UP_STEPS.map((name, i) => ({
  name, state: i < failed ? 'done' : i === failed ? 'failed' : 'pending', attempt: i <= failed ? 1 : 0, started_at: i <= failed ? example.started_at : null, duration_ms: i <= failed ? 1_000 * (i + 1) : null, text: null,
}));

describe('the set-up of a server', () => {
  it('shows each step with its state, its sentence and how long it takes', () => {
    const steps = setUpSteps(example, START + 12_400, new Map());
    expect(steps.map(s => s.key)).toEqual(SET_UP_STEPS);
    expect(steps[0]).toMatchObject({ status: 'passed', ms: 1_200 });
    expect(steps[2]).toEqual({ key: 'boot', label: SET_UP_WORDS.boot, status: 'running', detail: 'The machine starts.', ms: 12_000 });
    expect(steps[3]).toMatchObject({ status: 'waiting' });
    expect(steps[3]).not.toHaveProperty('ms');
  });
  it('does not say twice what the note above the steps says', () => {
    const steps = example.steps.map(s => (s.name === 'boot' ? { ...s, state: 'failed' as const, text: 'No stock.' } : s));
    expect(setUpSteps({ steps, problem: { code: 'X', message: 'No stock.' } }, START, new Map())[2]).not.toHaveProperty('detail');
    expect(setUpSteps({ steps, problem: null }, START, new Map())[2]?.detail).toBe('No stock.');
  });
  it('counts tries, and does not run backwards when clocks differ', () => {
    const steps = setUpSteps({ steps: example.steps.map(s => (s.name === 'boot' ? { ...s, attempt: 3, state: 'waiting' } : s)) }, START - 5_000, new Map());
    expect(steps[2]).toMatchObject({ label: `${SET_UP_WORDS.boot} (try 3)`, status: 'warning' });
    expect(setUpSteps(example, START - 5_000, new Map())[2]).not.toHaveProperty('ms');
  });
  it('says what is usual by the other servers, not by a guess', () => {
    const others = [at(9), at(9), at(9)].map((steps, i) => setUp({ server: `s${i}`, steps: steps.map(s => ({ ...s, duration_ms: s.duration_ms === null ? null : s.duration_ms * (i + 1) * 10 })) }));
    const usual = usualTimes([...others, setUp({ steps: at(9) })], example.server);
    expect(usual.get('boot')).toBe(60_000);
    expect(setUpSteps(example, START, usual)[2]?.detail).toBe('The machine starts. Usually 1 min here.');
    expect(usualTimes([example], example.server).size).toBe(0);
  });
  it.each([
    ['running', 'Making web-1: machine starts'], ['failed', 'Stopped at “Machine starts” after 20 s'], ['finished', 'Ready after 20 s'], ['cancelling', 'Being cancelled: what was made is deleted'],
    ['cancelled', 'Cancelled; nothing of it is left'], ['removing', 'web-1 is being deleted'], ['removal-failed', 'web-1 could not be deleted'],
  ] as const)('has a sentence for %s', (state, text) => expect(headline(setUp({ state, ended_at: new Date(START + 20_000).toISOString() }), START + 99_000).text).toBe(text));
  it('measures until now, or until its end', () => {
    expect(elapsed(example, START + 61_000)).toBe(61);
    expect(elapsed(setUp({ ended_at: new Date(START + 5_000).toISOString() }), START + 61_000)).toBe(5);
  });
  it('can be tried again from where it failed, or before', () => {
    expect(retrySteps({ steps: at(3) })).toEqual(['ssh', 'boot', 'server', 'key']);
    expect(retrySteps(example)).toEqual([]);
  });
  it('says when it tries again by itself', () => expect([nextTry({ retry_at: null }, START), nextTry({ retry_at: new Date(START + 3_200).toISOString() }, START), nextTry({ retry_at: example.started_at }, START + 9_000)]).toEqual([undefined, 4, 0]));
  it('knows what helps', () => expect(['PROVIDER.SOLD_OUT', 'PROVIDER.KEY_REFUSED', 'SET_UP.TIMEOUT', undefined].map(remedyFor)).toEqual(['choose-again', 'replace-key', undefined, undefined]));
});
