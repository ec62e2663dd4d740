import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent, ViewReader } from '@xanthus/kernel';
import { NOTICES_KEPT } from '@xanthus/proto/notifications';
import { noticesProjection } from './notices.js';

const keys = new Map<string, unknown>();
const view: ViewReader = { get: async <T>(key: string) => keys.get(key) as T | undefined };
const raise = async (n: number, topic: string): Promise<void> => {
  const event = {
    id: `e${n}`, type: 'NoticeRaised', schema: 1, tenant: 'acme', aggregate: { service: 'notifications', name: 'notice', id: topic }, occurred_at: '2026-11-22T04:00:00.000Z', stored_at: '2026-11-22T04:00:00.000Z',
    actor: { kind: 'service', id: 'notifications' }, command_id: `c${n}`, correlation_id: `c${n}`, stream: 'NOTIFICATIONS', seq: n,
    data: { notice: `n${n}`, kind: 'server-unreachable', severity: 'error', text: 'web-1 does not answer.', thing: null, event: null, by: null, lasting: true },
  } as unknown as RecordedEvent;
  for (const change of await noticesProjection.project(event, view)) {
    if ('deleted' in change) keys.delete(change.key);
    else keys.set(change.key, change.value);
  }
};
const of = (prefix: string): readonly string[] => [...keys.keys()].filter(key => key.startsWith(prefix));

describe('the newest notices', () => {
  it('are kept, and what is known of their topics goes with them; a topic that came up again stays', async () => {
    await raise(1, 'again');
    for (let n = 2; n <= NOTICES_KEPT; n++) await raise(n, `t${n}`);
    await raise(NOTICES_KEPT + 1, 'again');
    await raise(NOTICES_KEPT + 2, 'last');
    expect(of('acme.notices.')).toHaveLength(NOTICES_KEPT);
    expect(of('_topics.acme.')).toHaveLength(NOTICES_KEPT);
    expect(keys.get('_topics.acme.again')).toEqual({ key: `acme.notices.n${NOTICES_KEPT + 1}` });
    expect(keys.has('_topics.acme.t2')).toBe(false);
  });
});
