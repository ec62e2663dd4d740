import { describe, expect, it } from '@jest/globals';
import { SESSION_ENDS, SESSION_ROLES, sessionView } from '@xanthus/proto/terminals';
import { endWords, groupSessions, megabytes, ROLE_WORDS, stateOfSession, stateOfTerminal } from './session-words.js';
import { readTerminalSearch } from './terminal-search.js';

const session = (change: object): ReturnType<typeof sessionView.data.parse> => sessionView.data.parse({ ...sessionView.example, ...change });
const [me, other] = [sessionView.example.owner, '01jd3x8e2v5y9w4z7q6r1s0tp2'];

describe('words of sessions', () => {
  it('say how each ended, and what each role may', () => {
    for (const how of SESSION_ENDS) expect(endWords(how)).not.toBe(endWords('something new'));
    expect([endWords('exit', 0), endWords('exit', 3), endWords('exit', null, 'SIGKILL')]).toEqual(['The shell ended', 'The shell ended with code 3', 'The shell ended (signal SIGKILL)']);
    for (const role of SESSION_ROLES) expect(ROLE_WORDS[role]).toBeDefined();
  });

  it('put each session where it belongs, newest first', () => {
    const all = [
      session({ id: '01jd3x8e2v5y9w4z7q6r1s0t01', requested_at: '2026-11-21T19:00:00.000Z' }), session({ id: '01jd3x8e2v5y9w4z7q6r1s0t02', requested_at: '2026-11-21T20:00:00.000Z' }),
      session({ id: '01jd3x8e2v5y9w4z7q6r1s0t03', owner: other }), session({ id: '01jd3x8e2v5y9w4z7q6r1s0t04', owner: other, participants: [] }),
      session({ id: '01jd3x8e2v5y9w4z7q6r1s0t05', state: 'ended', ended_at: '2026-11-21T21:00:00.000Z' }),
    ];
    const groups = groupSessions(all, me);
    expect(Object.entries(groups).map(([g, list]) => [g, list.map(s => s.id.slice(-2))])).toEqual([['mine', ['02', '01']], ['shared', ['03']], ['others', ['04']], ['ended', ['05']]]);
  });

  it('say in which state a terminal is, and why', () => {
    const since = 1_000;
    const reason = { code: 'UNAVAILABLE', message: 'The connection was lost.', retryable: true };
    expect(stateOfTerminal({ state: 'reconnecting', since, retry_at: 4_200, reason }, 1_500)).toEqual({ tone: 'warn', moving: true, label: 'Reconnecting in 3 s', detail: 'The connection was lost.' });
    expect(stateOfTerminal({ state: 'live', since, opening: true }, 0).label).toBe('Opening');
    expect(stateOfTerminal({ state: 'interrupted', since }, 0).detail).toContain('lives on');
    expect(stateOfTerminal({ state: 'ended', since, exit: { code: null, signal: null, reason: 'killed', message: 'Maintenance begins' } }, 0).detail).toBe('The session was ended by an administrator. Maintenance begins');
    expect(stateOfTerminal({ state: 'ended', since, reason: { ...reason, message: 'No such session.' } }, 0).detail).toBe('No such session.');
    expect([stateOfSession(session({ state: 'interrupted', interruption: 'Away.' })).detail, stateOfSession(session({ state: 'open' })).label]).toEqual(['Away.', 'Open']);
  });

  it('say how much was skipped', () => {
    expect([1, 20_000, 2_600_000].map(megabytes)).toEqual(['1 kB', '20 kB', '2.6 MB']);
  });

  it('leave out of an address what is none', () => {
    expect(readTerminalSearch({ l: '*h50(a~b)', alone: 'true', open: 'new' })).toEqual({ l: '*h50(a~b)', alone: true, open: 'new' });
    expect(readTerminalSearch({ l: '<script>', alone: 'yes', open: '../x', more: 1 })).toEqual({});
  });
});
