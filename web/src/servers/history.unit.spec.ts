import { describe, expect, it } from '@jest/globals';
import { vpsEvents } from '@xanthus/proto/vps';
import { actorName, toHistory, toHistoryRow } from './history.js';

const envelope = (type: string, data: unknown) => ({
  id: '01jd3x8e2v5y9w4z7q6r1s0tev', type, schema: 1, tenant: 'acme', aggregate: { service: 'vps', name: 'server', id: '01jd3x8e2v5y9w4z7q6r1s0tab' }, occurred_at: '2026-11-21T08:00:00.000Z',
  actor: { kind: 'person', id: 'p1' }, command_id: 'c', correlation_id: 'corr', data,
});
const item = (seq: number, payload: unknown) => ({ seq, subject: 'evt.acme.vps.server.x', time: '2026-11-21T08:00:00.000Z', payload });

describe('history', () => {
  it.each(Object.values(vpsEvents))('has words for $type', ({ type, example }) => {
    const row = toHistoryRow(item(1, envelope(type, example)));
    expect(row?.text).toBeTruthy();
    expect(row?.text).not.toContain('undefined');
    // Its own words, not the spelled-out name.
    expect(row?.text.toLowerCase().replaceAll(' ', '')).not.toBe(type.toLowerCase());
  });
  it('shows an event of next month by its name', () => expect(toHistoryRow(item(1, envelope('ServerPoweredOff', {})))?.text).toBe('Server powered off'));
  it('survives data of another shape', () => expect(toHistoryRow(item(1, envelope('ServerFactsObserved', 'odd')))?.text).toBe('Facts observed'));
  it('leaves out what is no event', () => expect(toHistory([item(1, null), item(2, { $base64: 'AA==' }), item(3, envelope('ServerDeleted', {}))]).map(r => r.seq)).toEqual([3]));
  it('is newest first', () => expect(toHistory([item(1, envelope('ServerAdopted', {})), item(2, envelope('ServerDeleted', {}))]).map(r => r.seq)).toEqual([2, 1]));
  it('names who did it', () => {
    const names = new Map([['p2', 'Bob']]);
    expect([
      actorName({ kind: 'person', id: 'p1' }, 'p1', names), actorName({ kind: 'person', id: 'p2' }, 'p1', names), actorName({ kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, 'p1', names),
      actorName({ kind: 'service', id: 'vps' }, 'p1', names), actorName({ kind: 'system', id: 'setup' }, 'p1', names), actorName({ kind: 'credential', id: 'short' }, 'p1', names),
    ]).toEqual(['You', 'Bob', 'Person …1s0tcd', 'Xanthus', 'Xanthus', 'Credential short']);
  });
});
