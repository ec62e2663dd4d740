import { describe, expect, it } from '@jest/globals';
import { NOTICE_KINDS } from '@xanthus/proto/notifications';
import { isSought, readNoticesSearch } from './notices-search.js';
import { KIND_TITLES, stateOf, titleOf } from './words.js';

const notice = { id: '01jd3x8e2v5y9w4z7q6r1s0tn1', severity: 'warning', text: 'The disk is 93 % full.', lasting: true, resolved_at: null } as const;
const about = { unread: true, title: 'Disk nearly full', name: 'web-1', service: 'vps' };

describe('what is sought among notices', () => {
  it('is read from any address', () => {
    expect(readNoticesSearch({ show: 'unread', severity: 'error', service: 'vps', q: 'x', notice: notice.id })).toEqual({ show: 'unread', severity: 'error', service: 'vps', q: 'x', notice: notice.id });
    expect(readNoticesSearch({ show: 'x', severity: 3, service: 'A B', q: '', notice: '../x' })).toEqual({});
  });

  it('fits by state, severity, service and words; what a message led to always', () => {
    expect([{}, { show: 'unread' }, { show: 'open' }, { severity: 'warning' }, { service: 'vps' }, { q: 'WEB disk' }].map(s => isSought(readNoticesSearch(s), notice, about))).toEqual(Array(6).fill(true));
    expect([{ severity: 'error' }, { service: 'dns' }, { q: 'cpu' }].map(s => isSought(readNoticesSearch(s), notice, about))).toEqual([false, false, false]);
    expect([isSought({ show: 'unread' }, notice, { ...about, unread: false }), isSought({ show: 'open' }, { ...notice, resolved_at: 'x' }, about), isSought({ severity: 'error', notice: notice.id }, notice, about)]).toEqual([false, false, true]);
  });

  it('has words for every kind', () => {
    expect(Object.keys(KIND_TITLES).sort()).toEqual(Object.keys(NOTICE_KINDS).sort());
    expect([titleOf({ kind: 'of-a-newer-service' }), stateOf({ ...notice, resolved_at: 'x' }).tone, stateOf({ ...notice, lasting: false, resolved_at: 'x' }).tone]).toEqual([undefined, 'ok', 'warn']);
  });
});
