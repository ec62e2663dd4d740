import { describe, expect, it } from '@jest/globals';
import { ApiError, fieldProblems, problemDetails, toProblem } from './problem.js';

describe('errors for people', () => {
  it('keeps code, message and correlation id, and adds what to do', () => {
    const shown = toProblem(new ApiError('DENIED', 'No right to do this.', 403, false, 'corr-1'));
    expect(shown).toMatchObject({ code: 'DENIED', message: 'No right to do this.', retryable: false, correlation_id: 'corr-1' });
    expect(shown.advice).toMatch(/owner or administrator/);
  });
  it('takes the correlation id out of the details too', () => expect(toProblem({ code: 'INTERNAL', message: 'x', details: { correlation_id: 'c2' } }).correlation_id).toBe('c2'));
  it('says offline for a network failure, which may be tried again', () => expect(toProblem(new TypeError('Failed to fetch'))).toMatchObject({ code: 'OFFLINE', retryable: true }));
  it.each([undefined, null, 'text', 7, {}])('makes something of %p', thrown => expect(toProblem(thrown)).toMatchObject({ code: 'INTERNAL', message: 'Something went wrong.' }));
  it('names the refused fields, however the list is wrapped', () => {
    const issues = [{ path: ['tenant', 'slug'], message: 'too short' }, { path: 'host', message: 'a host name' }, { path: ['host'], message: 'second' }];
    for (const details of [issues, { issues }]) expect(fieldProblems({ code: 'INVALID', details })).toEqual({ 'tenant.slug': 'too short', host: 'a host name' });
    expect(fieldProblems({ code: 'DENIED', details: issues })).toEqual({});
  });
  it('copies what support needs', () =>
    expect(problemDetails({ code: 'A.B', message: 'm', retryable: false, correlation_id: 'c', details: { x: 1 } }, '2026-11-21T08:00:00Z')).toBe('code: A.B\nmessage: m\ncorrelation id: c\ntime: 2026-11-21T08:00:00Z\ndetails: {"x":1}'));
});
