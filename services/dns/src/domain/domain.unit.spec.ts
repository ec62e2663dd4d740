import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { DOMAIN_STEPS } from '@xanthus/proto/dns';
import { domainDecider, type DomainCommand } from './domain.decide.js';
import { nextDomainStep, type ConfigurationEvent, type DomainStep, type UnderwayDomain } from './domain.js';

const run = (events: ConfigurationEvent[], ...commands: DomainCommand[]): ConfigurationEvent[] => commands.reduce((so, command) => [...so, ...given(domainDecider, so).when(command).then()], events);
const state = (events: ConfigurationEvent[]) => given(domainDecider, events).state();
const next = (events: ConfigurationEvent[]) => nextDomainStep(state(events) as UnderwayDomain);
const configure: DomainCommand = { type: 'Configure', name: 'example.com', redirect_www: true };
const forward = (step: DomainStep): DomainCommand[] => [
  { type: 'StartStep', step, back: false, attempt: 1 }, { type: 'ObserveStep', step, before: { [step]: 'was' } }, { type: 'FinishStep', step, back: false, after: { [step]: 'is' }, text: 'Done.', duration_ms: 1 },
];
const back = (step: DomainStep): DomainCommand[] => [{ type: 'StartStep', step, back: true, attempt: 1 }, { type: 'FinishStep', step, back: true, after: { [step]: 'was' }, text: 'Back.', duration_ms: 1 }];
const configured = () => run([], configure, ...DOMAIN_STEPS.flatMap(forward), { type: 'End', duration_ms: 9 });

describe('a domain', () => {
  it('is configured step by step, and taken back in the reverse', () => {
    expect(state(configured()).status).toBe('configured');
    const undone = [...DOMAIN_STEPS].reverse().reduce((so, step) => {
      expect(next(so)).toMatchObject({ step, back: true, known: { before: { [step]: 'was' } } });
      return run(so, ...back(step));
    }, run(configured(), { type: 'Undo' }));
    expect(state(run(undone, { type: 'End', duration_ms: 1 }))).toEqual({ status: 'undone', name: 'example.com', used_by: [] });
    expect(run(undone, { type: 'End', duration_ms: 1 }, configure).at(-1)?.type).toBe('DomainConfigureStarted');
  });

  it('is not taken back while it is used', () => {
    const by = { service: 'applications', id: '01jd3x8e2v5y9w4z7q6r1s0tap', name: 'Shop' } as const;
    const used = run([], { type: 'Use', by }, { type: 'Use', by }, configure, ...DOMAIN_STEPS.flatMap(forward), { type: 'End', duration_ms: 9 });
    expect(used.filter(e => e.type === 'DomainUsed')).toHaveLength(1);
    expect(given(domainDecider, used).when({ type: 'Undo' }).refusal()).toBe('DNS.IN_USE');
    expect(run(used, { type: 'Use', by: { ...by, name: 'Store' } }).at(-1)).toMatchObject({ type: 'DomainUsed', data: { by: { name: 'Store' } } });
    expect(run(used, { type: 'Unuse', by }, { type: 'Unuse', by }, { type: 'Undo' }).map(e => e.type).slice(-2)).toEqual(['DomainUnused', 'DomainUndoStarted']);
  });

  it('keeps what was before the first try, also when a later try finds something else', () => {
    const tried = run([], configure, { type: 'StartStep', step: 'ssl_mode', back: false, attempt: 1 }, { type: 'ObserveStep', step: 'ssl_mode', before: { ssl: 'flexible' } }, { type: 'FailStep', step: 'ssl_mode', back: false, attempt: 1, code: 'X', message: 'x', retry_at: '2026-01-01T00:00:00.000Z' });
    const again = run(tried, { type: 'StartStep', step: 'ssl_mode', back: false, attempt: 2 }, { type: 'ObserveStep', step: 'ssl_mode', before: { ssl: 'strict' } });
    expect(state(again)).toMatchObject({ steps: { ssl_mode: { before: { ssl: 'flexible' } } } });
  });

  it('that failed half-way takes back what was begun, and nothing else', () => {
    const half = run([], configure, ...forward('ssl_mode'), { type: 'StartStep', step: 'certificate', back: false, attempt: 1 }, { type: 'ObserveStep', step: 'certificate', before: { certificate: null } }, { type: 'FailStep', step: 'certificate', back: false, attempt: 1, code: 'X', message: 'x', retry_at: null });
    expect(state(half)).toMatchObject({ status: 'failed', step: 'certificate', back: false });
    expect(next(run(half, { type: 'Retry' }))).toMatchObject({ step: 'certificate', back: false, attempt: 1 });
    const undoing = run(half, { type: 'Undo' });
    expect(next(undoing)).toMatchObject({ step: 'certificate', back: true });
    expect(next(run(undoing, ...back('certificate')))).toMatchObject({ step: 'ssl_mode', back: true });
    expect(next(run(undoing, ...back('certificate'), ...back('ssl_mode')))).toEqual({ do: 'end' });
  });

  it('counts an answer that comes twice, or too late, once', () => {
    const once = run([], configure, ...forward('ssl_mode'));
    expect(run(once, ...forward('ssl_mode'))).toEqual(once);
    expect(run(configured(), { type: 'FailStep', step: 'redirect', back: false, attempt: 1, code: 'X', message: 'x', retry_at: null })).toEqual(configured());
  });

  it.each<[string, DomainCommand, string]>([['configured twice', configure, 'DNS.CONFIGURED'], ['retried', { type: 'Retry' }, 'DNS.NOT_FAILED']])('cannot be %s', (_what, command, code) => {
    expect(given(domainDecider, configured()).when(command).refusal()).toBe(code);
  });
});
