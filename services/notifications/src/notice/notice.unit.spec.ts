import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { noticeDecider, type NoticeCommand } from './notice.decide.js';
import type { NoticeEvent, Raised } from './notice.js';

const data = (over: Partial<Raised> = {}): Raised => ({ notice: '01jd3x8e2v5y9w4z7q6r1s0tn1', kind: 'alert-disk', severity: 'warning', text: 'Full.', thing: null, event: { stream: 'VPS', seq: 1 }, by: null, lasting: true, ...over });
const raise = (over: Partial<Raised> = {}): NoticeCommand => ({ type: 'Raise', data: data(over) });
const over: NoticeCommand = { type: 'Resolve', text: 'Over.', event: { stream: 'VPS', seq: 2 } };
const types = (events: readonly NoticeEvent[]): string[] => events.map(e => e.type);
const at = (now: string) => ({ now });

describe('a notice', () => {
  it('is open once for one kind and thing; what comes again is counted', () => {
    const open: NoticeEvent[] = [{ type: 'NoticeRaised', data: data() }];
    const again = given(noticeDecider, open).when(raise({ notice: '01jd3x8e2v5y9w4z7q6r1s0tn2', severity: 'error', text: 'Fuller.' })).then();
    expect(again).toEqual([{ type: 'NoticeRepeated', data: { notice: data().notice, severity: 'error', text: 'Fuller.', times: 2, event: { stream: 'VPS', seq: 1 } } }]);
    expect(given(noticeDecider, [...open, ...again]).when(raise()).then()).toMatchObject([{ data: { times: 3 } }]);
    const done = given(noticeDecider, [...open, ...again]).when(over).then();
    expect(types(done)).toEqual(['NoticeResolved']);
    expect(given(noticeDecider, [...open, ...done]).when(over).then()).toEqual([]);
    expect(types(given(noticeDecider, [...open, ...done]).when(raise()).then())).toEqual(['NoticeRaised']);
    expect(given(noticeDecider).when(over).then()).toEqual([]);
  });

  it('of a moment is told again after an hour', () => {
    const moment: NoticeEvent[] = [{ type: 'NoticeRaised', data: data({ lasting: false }) }];
    const ran = (now: string) => types(given(noticeDecider, moment, at('2026-11-21T08:00:00.000Z')).when(raise({ lasting: false }), at(now)).then());
    expect([ran('2026-11-21T08:30:00.000Z'), ran('2026-11-21T09:30:00.000Z')]).toEqual([['NoticeRepeated'], ['NoticeRaised']]);
  });

  it('of several things is over when all are', () => {
    const found: NoticeEvent[] = [{ type: 'NoticeRaised', data: data({ items: ['a', 'b'] }) }];
    const more = given(noticeDecider, found).when(raise({ items: ['b', 'c'] })).then();
    expect(more).toMatchObject([{ data: { items: ['c'] } }]);
    const eased = given(noticeDecider, [...found, ...more]).when({ ...over, items: ['a', 'b', 'x'] }).then();
    expect(eased).toMatchObject([{ type: 'NoticeEased', data: { items: ['a', 'b'] } }]);
    expect(types(given(noticeDecider, [...found, ...more, ...eased]).when({ ...over, items: ['c'] }).then())).toEqual(['NoticeResolved']);
  });
});
